"""The history of an action in words: what was what before, and what it is since."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import cast

from msgspec import Struct

from juncture.web.actions.models import State
from juncture.web.journal.models import Change

_ACTIONS = {
    "add": "Added",
    "edit": "Changed",
    "assign": "Given to another",
    "set_state": "Brought to another state",
    "remove": "Removed",
}
_FIELDS = {
    "title": "Title",
    "kind": "Kind",
    "owner_text": "Owner",
    "due": "Due",
    "proof_due": "Proof due",
    "priority": "Priority",
    "ticket": "Ticket",
    "factor": "Addresses",
    "criterion": "Works when",
    "state": "State",
    "proof": "What shows it",
    "reason": "Reason",
    "events": "Cited events",
}


class Part(Struct, frozen=True):
    """One field that changed: from what (empty: it was not set) to what (empty: it is not set any more)."""

    name: str
    before: str
    after: str


class Step(Struct, frozen=True):
    """One change: when, by whom, what was done, and the fields that it changed."""

    at: dt.datetime
    who: str
    what: str
    parts: tuple[Part, ...]


def told_step(change: Change) -> Step:
    """Return a change of the journal in words."""
    before = cast("dict[str, object]", change.before or {})
    after = cast("dict[str, object]", change.after or {})
    if change.action == "add":
        after = {name: value for name, value in after.items() if name == "state" and value != "open"}
    who = change.by.name if change.by else "Juncture"
    return Step(change.at, who, _ACTIONS.get(change.action, change.action), told_parts(before, after))


def told_parts(before: Mapping[str, object], after: Mapping[str, object]) -> tuple[Part, ...]:
    """Return each field that is in either, in words, from what to what."""
    names = [name for name in _FIELDS if name in before or name in after]
    return tuple(Part(_FIELDS[name], _said(name, before.get(name)), _said(name, after.get(name))) for name in names)


def _said(name: str, value: object) -> str:
    if value in (None, "", []):
        return ""
    if name == "state" and value in State.values:
        return State(str(value)).label
    if name == "events":
        return f"{len(cast('list[object]', value))} of this incident"
    if name in {"due", "proof_due"}:
        day = dt.date.fromisoformat(str(value))
        return f"{day.day} {day:%B %Y}"
    return str(value)
