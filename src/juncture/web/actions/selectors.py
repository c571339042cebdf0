"""Read action items."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from msgspec import Struct

from juncture.model import record
from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import KIND, action_row
from juncture.web.actions.listing import factor_titles, seen, today_of, touched_services
from juncture.web.actions.mapping import to_record
from juncture.web.actions.models import ActionItem, ProofEvent
from juncture.web.actions.showing import ActionView, view_of
from juncture.web.actions.telling import Step, told_step
from juncture.web.incidents.selectors import ids_of
from juncture.web.journal.models import Change
from juncture.web.postmortems.models import Postmortem
from juncture.web.timeline.selectors import event_of

_HISTORY = 200


class Proof(Struct, frozen=True):
    """An event that shows that an action worked: when, and what."""

    id: str
    at: datetime
    summary: str


def record_actions(postmortem: Postmortem) -> tuple[record.ActionItem, ...]:
    """Return the actions of a postmortem as its record holds them. For its mapping, which was given a seen row."""
    rows = ActionItem.objects.get_queryset().filter(postmortem=postmortem).order_by("position", "id")
    return tuple(to_record(row) for row in rows)


def are_touched(postmortem: Postmortem) -> bool:
    """Whether a person has added or changed an action of a postmortem, so that a new draft would overwrite it."""
    return ActionItem.objects.get_queryset().filter(postmortem=postmortem, touched=True).exists()


def action(viewer: Viewer, action_id: str) -> ActionView:
    """Return one action. Raises NotFound."""
    row = action_row(viewer, action_id)
    title = factor_titles([row], viewer).get((row.postmortem_id, row.factor or ""))
    return view_of(row, viewer, today_of(viewer), title, tuple(touched_services([row]).get(row.incident_id, ())))


def proof_of(viewer: Viewer, action_id: str) -> list[Proof]:
    """Return the events that are cited as showing that an action worked. Raises NotFound."""
    row = action_row(viewer, action_id)
    ids = ProofEvent.objects.filter(action=row).values_list("event_id", flat=True)
    events = [event_of(viewer, row.incident.public_id, event) for event in ids]
    return [Proof(event.id, event.occurred_at, event.summary) for event in events if event]


def history_of(viewer: Viewer, action_id: str) -> list[Step]:
    """Return who changed what of an action, newest first: for who may write; readers get none. Raises NotFound."""
    row = action_row(viewer, action_id)
    if not viewer.may_write:
        return []
    changes = (
        Change.objects.filter(object_kind=KIND, object_id__in=ids_of(KIND, row.public_id)).select_related("by").order_by("-id")
    )
    return [told_step(change) for change in changes[:_HISTORY]]


def my_open_actions(viewer: Viewer, limit: int) -> list[ActionView]:
    """Return the viewer's own unfinished actions, what is due first first."""
    if not viewer.known:
        return []
    return seen(_unfinished(viewer).filter(owner=viewer.person).order_by("due_order", "id")[:limit], viewer)


def open_actions_of(postmortems: Sequence[str], viewer: Viewer) -> dict[str, list[ActionView]]:
    """Return the unfinished actions of postmortems, by the public id of the postmortem; those without any are not in it."""
    rows = _unfinished(viewer).filter(postmortem__public_id__in=postmortems).order_by("postmortem", "position", "id")
    of: dict[str, list[ActionView]] = {}
    for each in seen(rows, viewer):
        of.setdefault(each.postmortem, []).append(each)
    return of


def _unfinished(viewer: Viewer) -> QuerySet[ActionItem]:
    return ActionItem.objects.visible_to(viewer).filter(unfinished=1)
