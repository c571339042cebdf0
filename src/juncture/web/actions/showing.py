"""An action item as a viewer sees it."""

from __future__ import annotations

import datetime as dt

from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import may_change
from juncture.web.actions.models import UNFINISHED, ActionItem, State

TONES = {
    State.OPEN: "muted",
    State.IN_PROGRESS: "act",
    State.DONE: "warn",
    State.VERIFIED: "good",
    State.WONT_DO: "muted",
}
_SMALL = frozenset(
    ("A", "An", "The", "No", "Every", "Each", "All", "Both", "It", "Its", "This", "That", "Two", "Three", "Under", "Over")
) | {"In", "On", "At", "After", "Before", "Nobody", "Somebody"}
"""Words that are small inside a sentence; any other may be a name."""


class ActionView(Struct, frozen=True):
    """One action item: the fields of the record's, its address, and what it belongs to."""

    id: str
    url: str
    name: str
    """How it is called beside its title: `ACT-121`."""
    title: str
    kind: str | None
    owner: str | None
    due: dt.date | None
    priority: str | None
    ticket: str | None
    state: str
    factor: str | None
    criterion: str | None
    proof_due: dt.date | None
    proof: str | None
    reason: str | None
    late_days: int
    """Days since it was due, 0 where it is not late."""
    postmortem: str
    postmortem_url: str
    postmortem_title: str
    incident: str
    mine: bool
    may_change: bool
    factor_title: str | None = None
    """The title of the factor, where `factor` is the id of one and the viewer may read working text."""
    services: tuple[str, ...] = ()
    """The services that its incident touched."""

    @property
    def called(self) -> str:
        """The title, or what stands for one that is empty."""
        return self.title.strip() or "Untitled action"

    @property
    def works_when(self) -> str:
        """The criterion as it goes on after `Works when`: its first word small, where that is no name."""
        said = (self.criterion or "").strip()
        first, space, rest = said.partition(" ")
        return f"{first.lower()}{space}{rest}" if first in _SMALL else said

    @property
    def addresses(self) -> str:
        """The factor that it addresses: its title where that is known, else as the record names it."""
        return self.factor_title or self.factor or ""

    @property
    def state_label(self) -> str:
        """The state in words."""
        return State(self.state).label

    @property
    def tone(self) -> str:
        """The class of the state's colour."""
        return TONES[State(self.state)]

    @property
    def initials(self) -> str:
        """Two letters that stand for the owner."""
        words = (self.owner or "").replace("@", " ").split()
        return "".join(word[0] for word in (*words[:1], *words[1:][-1:])).upper()

    @property
    def late(self) -> str:
        """How late it is, in words; empty where it is not."""
        return f"{self.late_days:,} day{'' if self.late_days == 1 else 's'} late" if self.late_days else ""

    @property
    def ticket_url(self) -> str:
        """The ticket's address, where it is one that a browser may open."""
        return self.ticket if self.ticket and self.ticket.startswith(("https://", "http://")) else ""

    @property
    def sentence(self) -> str:
        """What the state of it is, in a sentence."""
        if self.state == State.WONT_DO:
            return "It will not be done."
        if self.state == State.VERIFIED:
            return "It is done, and shown to have worked." if self.proof is not None else "It is done and verified."
        if self.state == State.DONE:
            return "It is done. Nothing shows yet that it worked."
        said = "Somebody is at it." if self.state == State.IN_PROGRESS else "It is still to be done."
        return f"{said} It is {self.late}." if self.late else said


def view_of(
    row: ActionItem, viewer: Viewer, today: dt.date, factor_title: str | None = None, services: tuple[str, ...] = ()
) -> ActionView:
    """Return what a viewer sees of a row that is open to them, with its postmortem, incident and owner selected."""
    late = (today - row.due).days if row.due and row.state in UNFINISHED else 0
    return ActionView(
        id=row.public_id,
        url=f"/actions/{row.public_id}/",
        name=f"ACT-{row.public_id[:8]}",
        title=row.title,
        kind=row.kind,
        owner=row.owner.name if row.owner else row.owner_text,
        due=row.due,
        priority=row.priority,
        ticket=row.ticket,
        state=row.state,
        factor=row.factor,
        criterion=row.criterion,
        proof_due=row.proof_due,
        proof=row.proof or None,
        reason=row.reason or None,
        late_days=max(late, 0),
        postmortem=row.postmortem.public_id,
        postmortem_url=f"/postmortems/{row.postmortem.public_id}/",
        postmortem_title=row.postmortem.title_for(viewer),
        incident=row.incident.public_id,
        mine=viewer.known and row.owner_id == viewer.user_id,
        may_change=may_change(viewer, row),
        factor_title=factor_title,
        services=services,
    )
