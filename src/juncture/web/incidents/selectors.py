"""Read incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident


class IncidentView(Struct, frozen=True):
    """An incident as a viewer sees it."""

    id: str
    url: str
    title: str
    severity: str | None
    services: tuple[str, ...]
    visibility: str
    team: str | None
    started_at: datetime | None
    created_at: datetime
    postmortems: tuple[str, ...] = ()


def incidents(viewer: Viewer, *, limit: int = 50, before: int | None = None) -> tuple[list[IncidentView], int | None]:
    """Return incidents, newest first, and where the next page goes on (None: nowhere)."""
    found = Incident.objects.visible_to(viewer).prefetch_related("postmortems").order_by("-id")
    rows = list((found.filter(id__lt=before) if before else found)[: limit + 1])
    return [view_of(row, viewer) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None


def incident_row(viewer: Viewer, public_id: str) -> Incident:
    """Return the row of an incident that the viewer may see. Raises NotFound. For operations, not for views."""
    row = Incident.objects.visible_to(viewer).filter(public_id=public_id).first()
    if row is None:
        raise NotFound
    return row


def incident(viewer: Viewer, public_id: str) -> IncidentView:
    """Return one incident. Raises NotFound."""
    return view_of(incident_row(viewer, public_id), viewer)


def view_of(row: Incident, viewer: Viewer) -> IncidentView:
    """Return what a viewer sees of a row that is open to them."""
    postmortems: Sequence[str] = [
        postmortem.public_id for postmortem in row.postmortems.get_queryset() if viewer.may_write or postmortem.published_number
    ]
    return IncidentView(
        row.public_id,
        f"/incidents/{row.public_id}/",
        row.title,
        row.severity or None,
        tuple(row.services),
        row.visibility,
        row.team or None,
        row.started_at,
        row.created_at,
        tuple(postmortems),
    )
