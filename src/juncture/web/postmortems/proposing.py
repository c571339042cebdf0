"""What newer evidence proposes to a postmortem: computed on demand, from the draft that people worked on and the newest one.

`Postmortem.drafted` is what the evidence gave and somebody has considered; `Postmortem.newest` what it gives now. What differs
between the two is proposed, piece by piece, to the text as it stands. Accepting a piece moves it into `drafted`; a dismissed
one is known by its id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import Struct

from juncture.document.redraft import (
    Hunk,
    Text,
    footnotes_in,
    hunks,
    labels_in,
    markdown_of,
    relabelled,
    text_of,
    unlabelled,
    with_hunk,
)
from juncture.model import record
from juncture.web.postmortems.mapping import WRITTEN, derived_record, drafted_record, facts_of, newest_record
from juncture.web.postmortems.merging import merge
from juncture.web.postmortems.models import Piece, Postmortem, Section, Standing
from juncture.web.postmortems.pieces import KINDS, Kind, rows_of, value_of, values_in, with_values

_UNSAID = {"citations", "standing", "inputs"}
"""Fields whose change alone is nothing to ask a person about."""


class TextChange(Struct, frozen=True):
    """Lines of a section's prose. `drafted` is the prose that they are a hunk of, `text` what stands there now."""

    section: int
    heading: str
    """The one that the draft has for it."""
    title: str
    """The one that it has by now."""
    hunk: Hunk
    drafted: str
    text: Text
    footnotes: dict[str, str]
    """What the new lines cite, label by label."""

    @property
    def result(self) -> str:
        """The prose after it."""
        return merge(self.drafted, with_hunk(self.drafted, self.hunk), self.text.prose)


class SectionChange(Struct, frozen=True):
    """A section that there was not. `after` is the heading that it follows, None at the start."""

    heading: str
    text: Text
    after: str | None


class ObjectChange(Struct, frozen=True):
    """An object that came (`old` is None), went (`new` is None) or changed. `piece` is the row that stands for it, if any."""

    kind: str
    old: Struct | None
    new: Struct | None
    piece: int | None
    held: Struct | None
    """What the row holds now."""

    @property
    def result(self) -> Struct | None:
        """What the row holds after it: of what a person changed, only the fields that the evidence changed."""
        if self.old is None or self.new is None or self.held is None:
            return self.new
        return msgspec.structs.replace(self.held, **{name: getattr(self.new, name) for name in changed_fields(self)})


class FactsChange(Struct, frozen=True):
    """What nobody writes by hand: milestones, phases, the timeline."""

    old: record.Postmortem
    new: record.Postmortem
    by_hand: bool
    """Whether the facts of the text are others than the evidence ever gave: somebody changed them through the file."""


Change = TextChange | SectionChange | ObjectChange | FactsChange


class Comparison(Struct, frozen=True):
    """A postmortem's rows beside what the evidence gave before and gives now, its labels those of the text."""

    drafted: record.Postmortem
    newest: record.Postmortem
    facts: record.Postmortem
    sections: Sequence[Section]
    pieces: dict[str, list[Piece]]
    dismissed: frozenset[str]


def comparison_of(row: Postmortem) -> Comparison | None:
    """Return what there is to compare; None for a postmortem that was not drafted, or to which nothing newer is known."""
    drafted, newest = drafted_record(row), newest_record(row)
    if drafted is None or newest is None:
        return None
    sections = list(Section.objects.filter(postmortem=row))
    text = [record.Section(section.heading, section.markdown) for section in sections]
    drafted = msgspec.structs.replace(drafted, sections=relabelled(drafted.sections, text))
    newest = msgspec.structs.replace(newest, sections=relabelled(newest.sections, text, drafted.sections))
    return Comparison(drafted, newest, derived_record(row), sections, rows_of(row, dismissed=True), frozenset(row.dismissed))


def changes_in(found: Comparison) -> dict[str, Change]:
    """Return what is proposed, by an id that says what it is: the same proposal has the same one, whoever asks when."""
    changes: dict[str, Change] = {}
    for change, said in (*_facts(found), *_prose(found), *_objects(found)):
        identity = sha256(msgspec.json.encode(said)).hexdigest()[:20]
        if identity not in found.dismissed:
            changes.setdefault(identity, change)
    return changes


def considered(drafted: record.Postmortem, change: Change) -> record.Postmortem:
    """Return a draft with a change in it, which is then nothing new any more."""
    if isinstance(change, FactsChange):
        return msgspec.structs.replace(change.new, **{name: getattr(drafted, name) for name in WRITTEN})
    if isinstance(change, TextChange):
        return with_prose(drafted, change.heading, Text(with_hunk(change.drafted, change.hunk), change.footnotes))
    if isinstance(change, SectionChange):
        at = next((n + 1 for n, one in enumerate(drafted.sections) if one.heading == change.after), 0)
        new = record.Section(change.heading, markdown_of(change.text))
        return msgspec.structs.replace(drafted, sections=(*drafted.sections[:at], new, *drafted.sections[at:]))
    return with_object(drafted, KINDS[change.kind], change.old, change.new)


def with_prose(value: record.Postmortem, heading: str, text: Text) -> record.Postmortem:
    """Return a record with another prose in one of its sections, the footnotes of the text beside those that it had."""
    return msgspec.structs.replace(
        value,
        sections=tuple(
            record.Section(heading, markdown_of(Text(text.prose, text_of(one.markdown).footnotes | text.footnotes)))
            if one.heading == heading
            else one
            for one in value.sections
        ),
    )


def with_object(value: record.Postmortem, kind: Kind, old: Struct | None, new: Struct | None) -> record.Postmortem:
    """Return a record with an object in place of another: at the end where there was none, without it where `new` is None."""
    held: dict[str, Sequence[Any]] = {one.name: values for one, values in values_in(value)}
    key = kind.key(old if old is not None else new)
    places = [place for place, one in enumerate(held[kind.name]) if kind.key(one) == key]
    values = [one for place, one in enumerate(held[kind.name]) if place not in places]
    if new is not None:
        values.insert(places[0] if places else len(values), new)
    return with_values(value, held | {kind.name: values})


def changed_fields(change: ObjectChange) -> list[str]:
    """Return the fields that the evidence gives another value, and that a person would ask about."""
    if change.old is None or change.new is None:
        return []
    names = (name for name in change.old.__struct_fields__ if name not in _UNSAID)
    return [name for name in names if getattr(change.old, name) != getattr(change.new, name)]


def needed(found: Comparison, prose: str) -> dict[str, str]:
    """Return the footnotes that a prose needs and that no section of the text defines yet."""
    there = footnotes_in([record.Section(one.heading, one.markdown) for one in found.sections])
    given = footnotes_in(found.newest.sections)
    return {label: given[label] for label in labels_in(prose) if label in given and label not in there}


def _facts(found: Comparison) -> Iterator[tuple[Change, object]]:
    old, new, held = (_without_state(one) for one in (found.drafted, found.newest, found.facts))
    if new not in (old, held):
        yield FactsChange(held, new, by_hand=held != old), ("facts", new)


def _without_state(value: record.Postmortem) -> record.Postmortem:
    return msgspec.structs.replace(facts_of(value), metadata={})


def _prose(found: Comparison) -> Iterator[tuple[Change, object]]:
    defined = footnotes_in((*found.newest.sections, *found.drafted.sections))
    drafted = {one.heading: text_of(one.markdown).prose for one in found.drafted.sections}
    rows: dict[str, Section] = {}
    for row in found.sections:
        rows.setdefault(row.of_draft, row)
    before: str | None = None
    for section in found.newest.sections:
        new = text_of(section.markdown).prose
        if section.heading in rows and section.heading in drafted:
            yield from _hunks(rows[section.heading], drafted[section.heading], new, defined)
        elif section.heading not in rows and section.heading not in drafted:
            text = Text(new, needed(found, new))
            yield SectionChange(section.heading, text, before), ("section", section.heading, unlabelled(new, defined))
        before = section.heading


def _hunks(row: Section, drafted: str, new: str, defined: Mapping[str, str]) -> Iterator[tuple[Change, object]]:
    text = text_of(row.markdown)
    for hunk in hunks(drafted, new):
        cited = {label: defined[label] for label in labels_in(hunk.new) if label in defined}
        change = TextChange(row.pk, row.of_draft, row.heading, hunk, drafted, text, cited)
        if change.result != text.prose:
            yield change, ("text", row.of_draft, unlabelled(hunk.old, defined), unlabelled(hunk.new, defined))


def _objects(found: Comparison) -> Iterator[tuple[Change, object]]:
    before = {kind.name: {kind.key(one): one for one in values} for kind, values in values_in(found.drafted)}
    for kind, values in values_in(found.newest):
        old, new = before[kind.name], {kind.key(one): one for one in values}
        rows = {kind.key(value_of(kind, piece)): piece for piece in found.pieces[kind.name]}
        for key in dict.fromkeys((*old, *new)):
            change = _object(kind, old.get(key), new.get(key), rows.get(key))
            if change is not None:
                yield change, (kind.name, change.old, change.new)


def _object(kind: Kind, old: Struct | None, new: Struct | None, row: Piece | None) -> ObjectChange | None:
    """Return what is proposed of one object; None where nothing is, or where a person has put it aside or taken it away."""
    there = row is not None and row.standing != Standing.DISMISSED
    change = ObjectChange(
        kind.name, old, new, row.pk if row and there else None, value_of(kind, row) if row and there else None
    )
    if old == new or (row is not None and not there):
        return None
    if old is None:
        return None if there else change
    if new is None:
        return change if there else None
    return change if there and changed_fields(change) and change.result != change.held else None
