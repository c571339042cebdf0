"""Append to the journal. Called inside the transaction of the operation that makes the change."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from juncture.web.access.viewer import Viewer
from juncture.web.journal.models import Change, Opening

SAME_OPENING = timedelta(minutes=10)


def record_change(  # noqa: PLR0913 - the columns of a change
    viewer: Viewer,
    *,
    action: str,
    object_kind: str,
    object_id: str,
    incident_id: int | None = None,
    postmortem_id: int | None = None,
    before: Any = None,  # noqa: ANN401 - a JSON value
    after: Any = None,  # noqa: ANN401 - a JSON value
) -> None:
    """Append one change by `viewer`. `before` and `after` are JSON values; incident and postmortem are given by their keys."""
    Change.objects.create(
        by_id=viewer.user_id,
        through=viewer.through,
        action=action,
        object_kind=object_kind,
        object_id=object_id,
        incident_id=incident_id,
        postmortem_id=postmortem_id,
        before=before,
        after=after,
    )


def record_opening(viewer: Viewer, *, object_kind: str, object_id: str, incident_id: int | None = None) -> None:
    """Append that `viewer` opened something that is watched: an artefact, a restricted page, an export.

    Opened again within ten minutes it is the same opening: one entry.
    """
    opened = Opening.objects.filter(by=viewer.user_id, at__gt=timezone.now() - SAME_OPENING)
    if opened.filter(object_kind=object_kind, object_id=object_id).exists():
        return
    Opening.objects.create(
        by_id=viewer.user_id,
        through=viewer.through,
        object_kind=object_kind,
        object_id=object_id,
        incident_id=incident_id,
    )
