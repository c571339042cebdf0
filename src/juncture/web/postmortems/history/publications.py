"""The publications of a postmortem, and what one says otherwise than another or than the working text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec import Struct

from juncture.model import record
from juncture.web.access.errors import Invalid
from juncture.web.access.viewer import Viewer
from juncture.web.actions.telling import told_parts
from juncture.web.postmortems.comparing import compared
from juncture.web.postmortems.history.entries import Head, head_of, written_row
from juncture.web.postmortems.history.telling import OPENING, Part, parts_of
from juncture.web.postmortems.mapping import published_record, to_record
from juncture.web.postmortems.models import Postmortem, Publication, State
from juncture.web.postmortems.pieces import Kind, values_in


class PublicationLine(Struct, frozen=True):
    """One publication: its number, when and by whom it was made, and the head of the ledger then."""

    number: int
    at: datetime
    by: str
    ledger_head: str


class Differing(Struct, frozen=True):
    """One thing that two versions have otherwise: `change` is added, removed or changed; `of` says what kind of thing it is."""

    change: str
    of: str
    title: str
    parts: tuple[Part, ...] = ()


class Comparison(Struct, frozen=True):
    """What a version says otherwise than an earlier one. `newer` is None for the working text."""

    head: Head
    older: PublicationLine
    newer: PublicationLine | None
    fields: tuple[Part, ...]
    """What differs of the title and the state."""
    sections: list[Differing]
    objects: list[Differing]
    """Decisions, factors and the rest, and actions."""

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.fields or self.sections or self.objects)


def publications_of(viewer: Viewer, postmortem_id: str) -> list[PublicationLine]:
    """Return the publications, newest first. Raises NotFound, also for who may not write: readers have the latest alone."""
    row = written_row(viewer, postmortem_id)
    rows = Publication.objects.filter(postmortem=row).select_related("published_by").defer("record").order_by("-number")
    return [_line(each) for each in rows]


def comparison_of(viewer: Viewer, postmortem_id: str, older: int | None, newer: int | None) -> Comparison:
    """Return what a publication, or the working text where `newer` is None, says otherwise than the publication `older`.

    `older` is the latest one where it is None. Raises NotFound, or Invalid for a number that there is not.
    """
    row = written_row(viewer, postmortem_id)
    if not row.published_number:
        raise Invalid("It was not published yet, so there is nothing to compare.")
    first = _publication(row, older or row.published_number)
    second = _publication(row, newer) if newer is not None else None
    before, after = published_record(first), published_record(second) if second else to_record(row)
    return Comparison(
        head_of(row),
        _line(first),
        _line(second) if second else None,
        tuple(_fields(before, after)),
        list(_sections(before.sections, after.sections)),
        [*_objects(before, after), *_actions(before.actions, after.actions)],
    )


def _publication(row: Postmortem, number: int) -> Publication:
    found = Publication.objects.filter(postmortem=row, number=number).select_related("published_by").first()
    if found is None:
        raise Invalid(f"There is no publication {number}; the latest is {row.published_number}.")
    return found


def _line(row: Publication) -> PublicationLine:
    return PublicationLine(
        row.number, row.published_at, row.published_by.name if row.published_by else "Juncture", row.ledger_head
    )


def _fields(before: record.Postmortem, after: record.Postmortem) -> Iterator[Part]:
    if runs := compared(before.title, after.title):
        yield Part("Title", runs)
    if runs := compared(_state(before), _state(after)):
        yield Part("State", runs)


def _state(value: record.Postmortem) -> str:
    state = value.metadata.get("state", State.DRAFT.value)
    return State(state).label if state in State.values else state


def _sections(before: Sequence[record.Section], after: Sequence[record.Section]) -> Iterator[Differing]:
    """Yield the sections that differ, as they stand in the newer version, and behind them those that are gone."""
    left = _by_heading(before)
    for section in after:
        same = left.get(section.heading)
        old = same.pop(0) if same else None
        runs = compared(old.markdown if old else "", section.markdown)
        if old is None or runs:
            yield Differing("changed" if old else "added", "Section", section.heading or OPENING, _text(runs))
    for section in before:
        if section in left.get(section.heading, ()):
            left[section.heading].remove(section)
            yield Differing("removed", "Section", section.heading or OPENING, _text(compared(section.markdown, "")))


def _text(runs: tuple[Any, ...]) -> tuple[Part, ...]:
    return (Part("", runs),) if runs else ()


def _by_heading(sections: Sequence[record.Section]) -> dict[str, list[record.Section]]:
    found: dict[str, list[record.Section]] = {}
    for section in sections:
        found.setdefault(section.heading, []).append(section)
    return found


def _objects(before: record.Postmortem, after: record.Postmortem) -> Iterator[Differing]:
    for (kind, old), (_, new) in zip(values_in(before), values_in(after), strict=True):
        yield from _of_kind(kind, list(old), new)


def _of_kind(kind: Kind, left: list[Struct], new: Sequence[Struct]) -> Iterator[Differing]:
    unmatched = []
    for value in new:
        if value in left:
            left.remove(value)
        else:
            unmatched.append(value)
    for value in unmatched:
        old = next((one for one in left if kind.key(one) == kind.key(value)), None)
        title = str(getattr(value, kind.title))
        if old is None:
            yield Differing("added", kind.label, title)
            continue
        left.remove(old)
        yield Differing("changed", kind.label, title, parts_of(kind, msgspec.to_builtins(old), msgspec.to_builtins(value)))
    for value in left:
        yield Differing("removed", kind.label, str(getattr(value, kind.title)))


def _actions(before: Sequence[record.ActionItem], after: Sequence[record.ActionItem]) -> Iterator[Differing]:
    left = list(before)
    for action in after:
        old = next((one for one in left if one.title.casefold() == action.title.casefold()), None)
        if old is None:
            yield Differing("added", "action", action.title)
            continue
        left.remove(old)
        if old != action:
            yield Differing("changed", "action", action.title, tuple(_action_parts(old, action)))
    for action in left:
        yield Differing("removed", "action", action.title)


def _action_parts(before: record.ActionItem, after: record.ActionItem) -> Iterator[Part]:
    was, now = (
        {name.replace("owner", "owner_text"): value for name, value in msgspec.to_builtins(one).items()}
        for one in (before, after)
    )
    for part in told_parts(was, now):
        if runs := compared(part.before, part.after):
            yield Part(part.name, runs)
