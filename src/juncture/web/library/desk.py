"""What waits for one person: actions that they own, drafts that they started or were added to."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import F, Q
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import UNFINISHED as OPEN
from juncture.web.actions.models import ActionItem
from juncture.web.actions.models import State as ActionState
from juncture.web.incidents.models import IncidentPerson
from juncture.web.postmortems.models import Postmortem, State

UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.REVIEWED)


class Draft(Struct, frozen=True):
    """A postmortem that is not published, and why it waits for this person."""

    title: str
    url: str
    name: str
    state: str
    why: str
    at: datetime


class Task(Struct, frozen=True):
    """An action that this person owns and that is not finished. `late_days` is 0 where it is not late."""

    title: str
    url: str
    state: str
    state_label: str
    kind: str
    due: date | None
    late_days: int
    criterion: str


def my_actions(viewer: Viewer, today: date, *, limit: int) -> list[Task]:
    """Return the unfinished actions that a viewer owns, what is due first first."""
    mine = ActionItem.objects.visible_to(viewer).filter(owner=viewer.user_id, state__in=OPEN)
    return [
        Task(
            row.title,
            f"/actions/{row.public_id}/",
            row.state,
            ActionState(row.state).label,
            row.kind or "",
            row.due,
            max((today - row.due).days, 0) if row.due else 0,
            row.criterion or "",
        )
        for row in mine.order_by(F("due").asc(nulls_last=True), "id")[:limit]
    ]


def my_drafts(viewer: Viewer, *, limit: int) -> list[Draft]:
    """Return the drafts that a viewer started, or to whose incident they were added, newest first."""
    if not viewer.may_write:
        return []
    mine = Q(created_by=viewer.user_id) | Q(incident__in=IncidentPerson.objects.filter(user=viewer.user_id).values("incident"))
    rows = Postmortem.objects.visible_to(viewer).filter(mine, state__in=UNFINISHED).select_related("incident").order_by("-pk")
    return [
        Draft(
            row.title,
            f"/postmortems/{row.public_id}/",
            f"INC-{row.incident.public_id[:8]}",
            State(row.state).label,
            "You started it." if row.created_by_id == viewer.user_id else "You were added to its incident.",
            row.created_at,
        )
        for row in rows[:limit]
    ]
