"""What every change of an action has in common: who may, the row under its lock, the journal, the search index."""

from __future__ import annotations

import datetime as dt
from typing import Any

from juncture.web.access.errors import Moved, NotAllowed, NotFound, SignInNeeded
from juncture.web.access.viewer import Scope, Viewer
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.models import FormerAddress
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.models import RECORDS

KIND = "action"
"""How the journal calls an action item."""


def may_change(viewer: Viewer, row: ActionItem) -> bool:
    """Whether a viewer may change an action that they see: who may write, and its owner whatever their role."""
    owns = viewer.known and row.owner_id == viewer.user_id and viewer.scope >= Scope.WRITE
    return viewer.may_write or owns


def action_row(viewer: Viewer, action_id: str) -> ActionItem:
    """Return the row of an action that the viewer may see. Raises NotFound, or Moved. For operations, not for views."""
    row = (
        ActionItem.objects.visible_to(viewer)
        .select_related("incident", "postmortem", "owner")
        .defer(*(f"postmortem__{name}" for name in RECORDS))
        .filter(public_id=action_id)
        .first()
    )
    if row is None:
        raise _moved(viewer, action_id) or NotFound
    return row


def _moved(viewer: Viewer, action_id: str) -> Moved | None:
    """Return where an action is whose incident was restricted, if the viewer may see it there."""
    former = FormerAddress.objects.filter(kind=KIND, former_id=action_id).values("public_id")
    row = ActionItem.objects.visible_to(viewer).filter(public_id__in=former).first()
    return Moved(action_id, row.public_id) if row else None


def locked(viewer: Viewer, action_id: str) -> ActionItem:
    """Return the row of an action that the viewer may change, under its lock. Raises SignInNeeded, NotFound, NotAllowed."""
    if not viewer.known:
        raise SignInNeeded
    seen = action_row(viewer, action_id)
    if not may_change(viewer, seen):
        raise NotAllowed("Who may write changes actions, and the owner of an action changes that one.")
    # Ordered by its postmortem, the query joins it: that row stays free. Publishing holds it, and waits for this one.
    row = ActionItem.objects.get_queryset().select_for_update(no_key=True, of=("self",)).filter(pk=seen.pk).first()
    if row is None:
        raise NotFound
    row.incident, row.postmortem = seen.incident, seen.postmortem
    return row


def told(value: object) -> Any:  # noqa: ANN401 - a JSON value
    """Return a column's value as the journal keeps it."""
    return value.isoformat() if isinstance(value, dt.date) else value


def journal(viewer: Viewer, row: ActionItem, action: str, before: dict[str, object] | None, after: dict[str, object]) -> None:
    """Append a change of an action to the journal: only what differs."""
    if before is not None:
        after = {name: value for name, value in after.items() if before.get(name) != value}
        before = {name: told(before.get(name)) for name in after}
    record_change(
        viewer,
        action=action,
        object_kind=KIND,
        object_id=row.public_id,
        incident_id=row.incident_id,
        postmortem_id=row.postmortem_id,
        before=before,
        after={name: told(value) for name, value in after.items() if before is not None or value not in {None, ""}},
    )
