"""Between a postmortem's rows and its record; nothing else converts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256

import msgspec
from msgspec import Struct

from juncture.model import record
from juncture.web.actions.selectors import record_actions
from juncture.web.postmortems.models import Piece, Postmortem, Publication, Section, Standing
from juncture.web.postmortems.pieces import Kind, new_row, rows_of, value_of, values_in, with_values

_encode = msgspec.json.Encoder().encode
WRITTEN = (
    "title",
    "practice",
    "participants",
    "decisions",
    "weak_points",
    "factors",
    "impact",
    "actions",
    "lessons",
    "questions",
    "sections",
)
"""The parts of a record that people write: they are rows or columns, and not in what is derived."""
_EMPTY = {name: getattr(record.Postmortem(title=""), name) for name in WRITTEN}


class Rows(Struct):
    """The rows that a record gives, unsaved: its sections, and its objects kind by kind."""

    sections: list[Section]
    pieces: list[tuple[Kind, list[Piece]]]


def to_record(row: Postmortem, held: Mapping[str, Sequence[Piece]] | None = None) -> record.Postmortem:
    """Return the record that rows hold, without what was put aside. `held` are the rows of its objects, where they are read."""
    derived = derived_record(row)
    sections = tuple(record.Section(section.heading, section.markdown) for section in row.sections.all())
    rows = rows_of(row) if held is None else held
    values = {
        kind.name: [value_of(kind, piece) for piece in rows[kind.name] if piece.standing != Standing.DISMISSED]
        for kind, _ in values_in(derived)
    }
    return msgspec.structs.replace(
        with_values(derived, values),
        title=row.title,
        practice=row.practice,
        sections=sections,
        actions=record_actions(row),
        metadata=_with_state(derived.metadata, row),
    )


def from_record(row: Postmortem, value: record.Postmortem, *, proposed: bool = False) -> Rows:
    """Set a row's columns from a record, and return its sections and objects as unsaved rows. Actions go to `replace_actions`.

    `proposed`: factors and weak points come from the program and wait for a person; decisions always say it themselves.
    """
    row.title = value.title
    row.practice = value.practice
    row.derived = frozen(facts_of(value))
    sections = [
        Section(postmortem=row, position=position, heading=section.heading, markdown=section.markdown)
        for position, section in enumerate(value.sections)
    ]
    pieces = []
    for kind, values in values_in(value):
        standing = Standing.PROPOSED if proposed and kind.name in PROPOSABLE else Standing.ACCEPTED
        rows = [new_row(kind, row, one, position=place, standing=standing) for place, one in enumerate(values)]
        pieces.append((kind, rows))
    return Rows(sections, pieces)


PROPOSABLE = ("decisions", "weak-points", "factors")
"""The kinds that the evidence only proposes; the others are taken to be so until a person says otherwise."""


def derived_record(row: Postmortem) -> record.Postmortem:
    """Return what of the record nobody writes by hand, the rest empty."""
    return msgspec.json.decode(row.derived, type=record.Postmortem)


def facts_of(value: record.Postmortem) -> record.Postmortem:
    """Return of a record what nobody writes by hand, the rest empty."""
    return msgspec.structs.replace(value, **_EMPTY)


def drafted_record(row: Postmortem) -> record.Postmortem | None:
    """Return the record that the evidence gave and somebody has considered; None for a postmortem that was not drafted."""
    return msgspec.json.decode(row.drafted, type=record.Postmortem) if row.drafted else None


def newest_record(row: Postmortem) -> record.Postmortem | None:
    """Return the record that newer evidence gives; None where there is none that is newer."""
    return msgspec.json.decode(row.newest, type=record.Postmortem) if row.newest else None


def published_record(publication: Publication) -> record.Postmortem:
    """Return the frozen record of a publication."""
    return msgspec.json.decode(publication.record, type=record.Postmortem)


def frozen(value: record.Postmortem) -> bytes:
    """Return a record as a publication keeps it."""
    return _encode(value)


def digest_of(value: record.Postmortem) -> str:
    """Return the SHA-256 of a record: equal records have equal ones."""
    return sha256(_encode(value)).hexdigest()


def _with_state(metadata: dict[str, str], row: Postmortem) -> dict[str, str]:
    """Return the metadata with where the postmortem stands; a file that says nothing of it stays so while it is a draft."""
    if "state" not in metadata and row.state == "draft":
        return metadata
    return metadata | {"state": row.state}
