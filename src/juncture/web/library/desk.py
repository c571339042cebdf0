"""What waits for one person to write: drafts that they started or were added to, and what new evidence proposes to them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import IncidentPerson
from juncture.web.postmortems.models import Postmortem, State

UNFINISHED = (State.DRAFT, State.IN_REVIEW, State.REVIEWED)


class Draft(Struct, frozen=True):
    """A postmortem that waits for this person, and why."""

    title: str
    url: str
    name: str
    state: str
    why: str
    at: datetime


def my_drafts(viewer: Viewer, *, limit: int) -> list[Draft]:
    """Return the drafts that a viewer started, or to whose incident they were added, newest first.

    Among them are finished ones to which new evidence proposes changes.
    """
    if not viewer.may_write:
        return []
    mine = Q(created_by=viewer.user_id) | Q(incident__in=IncidentPerson.objects.filter(user=viewer.user_id).values("incident"))
    waits = Q(state__in=UNFINISHED) | Q(proposals__gt=0)
    rows = Postmortem.objects.visible_to(viewer).filter(mine, waits).select_related("incident").order_by("-pk")
    return [
        Draft(
            row.title,
            f"/postmortems/{row.public_id}/{'proposals/' if row.proposals else ''}",
            f"INC-{row.incident.public_id[:8]}",
            State(row.state).label,
            _why(viewer, row),
            row.created_at,
        )
        for row in rows[:limit]
    ]


def _why(viewer: Viewer, row: Postmortem) -> str:
    if row.proposals:
        return f"New evidence proposes {row.proposals} {'change' if row.proposals == 1 else 'changes'}."
    return "You started it." if row.created_by_id == viewer.user_id else "You were added to its incident."
