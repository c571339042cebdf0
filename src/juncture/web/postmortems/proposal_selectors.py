"""Read what newer evidence proposes to a postmortem, in words, and what was decided about it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

from msgspec import Struct

from juncture.document.redraft import bound_to, hunks
from juncture.model import record
from juncture.model.evidence import Citation
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.journal.models import Change as Journalled
from juncture.web.postmortems.forms import FORMS
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.pieces import KINDS
from juncture.web.postmortems.proposing import (
    Change,
    FactsChange,
    ObjectChange,
    SectionChange,
    TextChange,
    changed_fields,
    changes_in,
    comparison_of,
)
from juncture.web.postmortems.selectors import PostmortemLine, line_of, postmortem_row

_MARK = re.compile(r"\[\^[^\]\s]+\]")
_EVENT = re.compile(r"[0-9a-f]{32}")
_IDS = re.compile(r"\s*\((?:event [0-9a-f]{32}|sha256:).*$")
_LATELY, _LOOKED_AT = 10, 200


class Line(Struct, frozen=True):
    """One thing that changes: what it is called, and its text before and after. Empty: not there."""

    label: str
    before: str
    after: str


class Rest(Struct, frozen=True):
    """What a proposal rests on, in words; `event` is its id on the timeline, None for what is no event."""

    said: str
    event: str | None


class Proposal(Struct, frozen=True):
    """A change that newer evidence proposes.

    `about` is `facts`, a section (`sections/Summary`) or a kind of object (`decisions`); `what` is `new`, `changed` or `gone`.
    """

    id: str
    about: str
    what: str
    title: str
    hint: str
    lines: tuple[Line, ...]
    rests_on: tuple[Rest, ...]


class Decided(Struct, frozen=True):
    """A proposal that somebody decided about: what it was about, who, when, and whether it was accepted."""

    id: str
    about: str
    accepted: bool
    by: str | None
    at: datetime


class Proposals(Struct, frozen=True):
    """What waits to be decided, and what was decided lately and can be undone."""

    postmortem: PostmortemLine
    proposals: tuple[Proposal, ...]
    decided: tuple[Decided, ...]
    comparable: bool
    """Whether the postmortem was drafted, so that there is something to compare new evidence with."""


def proposals_of(viewer: Viewer, postmortem_id: str) -> Proposals:
    """Return what is proposed. Raises NotFound, also for who may not write."""
    if not viewer.may_write:
        raise NotFound
    row = postmortem_row(viewer, postmortem_id)
    found = comparison_of(row)
    changes = changes_in(found) if found else {}
    return Proposals(
        line_of(viewer, row),
        tuple(_in_words(identity, change) for identity, change in changes.items()),
        tuple(islice(_decided(row), _LATELY)),
        bool(row.drafted),
    )


def _in_words(identity: str, change: Change) -> Proposal:
    if isinstance(change, FactsChange):
        hint = "Somebody changed the timeline of this text in its file. Accepting puts the evidence's in its place."
        lines = tuple(_facts_in_words(change.old, change.new))
        return Proposal(identity, "facts", "changed", "Timeline and milestones", hint if change.by_hand else "", lines, ())
    if isinstance(change, TextChange):
        what = (
            "changed" if change.hunk.old.strip() and change.hunk.new.strip() else "new" if change.hunk.new.strip() else "gone"
        )
        lines = tuple(Line("", one.old, one.new) for one in hunks(_plain(change.text.prose), _plain(change.result)))
        return Proposal(
            identity, f"sections/{change.heading}", what, change.title, "", lines, _rests(change.footnotes.values())
        )
    if isinstance(change, SectionChange):
        lines = (Line("", "", _plain(change.text.prose)),)
        rests = _rests(change.text.footnotes.values())
        return Proposal(identity, f"sections/{change.heading}", "new", change.heading, "", lines, rests)
    return _object_in_words(identity, change)


def _object_in_words(identity: str, change: ObjectChange) -> Proposal:
    form, kind = FORMS[change.kind], KINDS[change.kind]
    before, after = change.held, change.result if change.new is not None else None
    fields = [(field.name, field.label) for field in form.fields]
    if before is not None and after is not None:
        named = changed_fields(change)
        fields = [(name, label) for name, label in fields if name in named]
    lines = (Line(label, _value(before, name), _value(after, name)) for name, label in fields)
    shown = change.new if change.new is not None else change.old
    title = f"{form.one}: {getattr(before if before is not None else shown, kind.title)}"
    what = "new" if before is None else "gone" if after is None else "changed"
    hint = "The evidence does not show it any more." if what == "gone" else ""
    cited: Sequence[Citation] = getattr(change.new, "citations", ())
    rests = tuple(Rest(f"{one.path} {one.place}".strip(), getattr(change.new, "event", None)) for one in cited)
    return Proposal(identity, change.kind, what, title, hint, tuple(one for one in lines if one.before != one.after), rests)


def _facts_in_words(old: record.Postmortem, new: record.Postmortem) -> Iterator[Line]:
    before, after = ({one.name: _instant(one.at) for one in value.milestones} for value in (old, new))
    for name in record.MilestoneName:
        was, now = before.get(name, ""), after.get(name, "")
        if was != now:
            yield Line(name.value.capitalize(), was or "not found", now or "not found")
    if old.incident.services != new.incident.services:
        yield Line("Services", ", ".join(old.incident.services) or "none", ", ".join(new.incident.services) or "none")
    if old.incident.severity != new.incident.severity:
        yield Line("Severity", old.incident.severity or "none", new.incident.severity or "none")
    there = {event.id for event in old.timeline}, {event.id for event in new.timeline}
    if there[0] != there[1]:
        more, fewer = len(there[1] - there[0]), len(there[0] - there[1])
        said = " and ".join(part for part in (f"{more} more" if more else "", f"{fewer} fewer" if fewer else "") if part)
        yield Line("Events in the text", f"{len(there[0])}", f"{len(there[1])}: {said}")
    elif old.timeline != new.timeline:
        yield Line("Events in the text", "as they were", "the same, some with other words, times or evidence")
    if old.changes != new.changes:
        yield Line("Changes before the start", _changes(old), _changes(new))


def _changes(value: record.Postmortem) -> str:
    return "; ".join(one.what for one in value.changes[:3]) or "none"


def _instant(at: datetime | None) -> str:
    return "" if at is None else f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _value(value: Struct | None, name: str) -> str:
    given = getattr(value, name, None) if value is not None else None
    if given is None:
        return ""
    if isinstance(given, tuple | list):
        return "\n".join(map(str, given))
    return _instant(given) if isinstance(given, datetime) else str(given)


def _plain(prose: str) -> str:
    """Return a prose as it is read: without the marks of citations, and without the places of its parts."""
    text = re.sub(r"<!-- /?juncture:[a-z-]+ -->\n*", "", _MARK.sub("", prose))
    return text.strip()


def _rests(footnotes: Iterable[str]) -> tuple[Rest, ...]:
    rests = []
    for said in footnotes:
        bound = bound_to(said)
        rests.append(Rest(_IDS.sub("", said), bound if _EVENT.fullmatch(bound) else None))
    return tuple(rests)


def _decided(row: Postmortem) -> Iterator[Decided]:
    """Yield what was decided lately, each proposal once, what was undone left out."""
    made = Journalled.objects.filter(object_kind="proposal", incident_id=row.incident_id).select_related("by").order_by("-id")
    seen: set[str] = set()
    for one in made[:_LOOKED_AT]:
        before = one.before or {}
        if before.get("postmortem") != row.pk or one.object_id in seen:
            continue
        seen.add(one.object_id)
        if one.action != "undo":
            name = one.by.name if one.by else None
            yield Decided(one.object_id, _about(str(before["of"])), one.action == "accept", name, one.at)


def _about(of: str) -> str:
    about, _, name = of.partition("/")
    if about in FORMS:
        return f"{FORMS[about].one}: {name}"
    return name or "Timeline and milestones"
