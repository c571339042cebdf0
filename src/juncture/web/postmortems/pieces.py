"""Between the rows of a postmortem's objects and the structs of the record: a kind of object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import models
from msgspec import Struct

from juncture.model import record
from juncture.web.postmortems.models import (
    Decision,
    Factor,
    Figure,
    Participant,
    Piece,
    Postmortem,
    Standing,
    Statement,
    WeakPoint,
)

Values = dict[str, Any]
"""An object as JSON values: what forms and the API send, and what the journal keeps."""
_encode = msgspec.json.Encoder().encode
_COLUMNS = {"id": "code"}
"""Where a field of a struct has another name in its row, since a row has an id of its own."""


class Said(Struct, frozen=True):
    """A sentence of its own, and what it is."""

    kind: Statement.Kind
    text: str


class Kind(Struct, frozen=True):
    """A kind of object: what addresses call it, what a person calls one, its row and its struct.

    `key` says of two values whether they speak of the same thing. `statements` are the kinds of sentence that belong to it.
    """

    name: str
    one: str
    row: type[Piece]
    struct: type[Struct]
    key: Callable[[Any], object]
    statements: tuple[Statement.Kind, ...] = ()


_LESSONS = (Statement.Kind.WENT_WELL, Statement.Kind.WENT_POORLY, Statement.Kind.GOT_LUCKY, Statement.Kind.LEARNED)
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("participants", "participant", Participant, record.Participant, lambda one: one.role),
        Kind("decisions", "decision", Decision, record.Decision, lambda one: one.event or (one.at, one.question)),
        Kind("weak-points", "weak point", WeakPoint, record.WeakPoint, lambda one: (one.rule, one.title)),
        Kind("factors", "factor", Factor, record.Factor, lambda one: one.title),
        Kind("figures", "figure of the impact", Figure, record.Figure, lambda one: one.name),
        Kind("lessons", "lesson", Statement, Said, lambda one: (one.kind, one.text), _LESSONS),
        Kind("not-known", "gap in the impact", Statement, Said, lambda one: one.text, (Statement.Kind.NOT_KNOWN,)),
        Kind("questions", "question", Statement, Said, lambda one: one.text, (Statement.Kind.QUESTION,)),
    )
}


def values_in(value: record.Postmortem) -> Iterator[tuple[Kind, Sequence[Struct]]]:
    """Yield each kind of object with those that a record holds, in their order."""
    lessons = tuple(Said(kind, text) for kind in _LESSONS for text in getattr(value.lessons, kind.value))
    held: dict[str, Sequence[Struct]] = {
        "participants": value.participants,
        "decisions": value.decisions,
        "weak-points": value.weak_points,
        "factors": value.factors,
        "figures": value.impact.figures,
        "lessons": lessons,
        "not-known": tuple(Said(Statement.Kind.NOT_KNOWN, text) for text in value.impact.not_known),
        "questions": tuple(Said(Statement.Kind.QUESTION, text) for text in value.questions),
    }
    for name, values in held.items():
        yield KINDS[name], values


def new_row(kind: Kind, postmortem: Postmortem, value: Struct, *, position: int, standing: Standing) -> Piece:
    """Return an unsaved row of a value. A decision says itself how it stands."""
    row = kind.row(postmortem=postmortem, incident_id=postmortem.incident_id, position=position, standing=standing)
    fill(row, value)
    return row


def fill(row: Piece, value: Struct) -> None:
    """Set the columns of a row from a value."""
    for name, given in msgspec.to_builtins(value, builtin_types=(datetime,)).items():
        column = _COLUMNS.get(name, name)
        frozen = isinstance(row._meta.get_field(column), models.BinaryField)  # noqa: SLF001 - Django's documented way
        setattr(row, column, _encode(given) if frozen else given)


def value_of(kind: Kind, row: Piece) -> Struct:
    """Return the value that a row holds."""
    fields: Values = {}
    for field in msgspec.structs.fields(kind.struct):
        column = _COLUMNS.get(field.name, field.name)
        held = getattr(row, column)
        frozen = isinstance(row._meta.get_field(column), models.BinaryField)  # noqa: SLF001 - Django's documented way
        fields[field.name] = msgspec.json.decode(bytes(held)) if frozen else held
    if fields.get("standing") == Standing.DISMISSED:
        fields["standing"] = record.Standing.PROPOSED
    return msgspec.convert(fields, kind.struct)


def rows_of(postmortem: Postmortem, *, dismissed: bool = False) -> dict[str, list[Piece]]:
    """Return the rows of each kind of object, in their order; those put aside only if asked for. One query a table."""
    tables: dict[type[Piece], list[Piece]] = {}
    for kind in KINDS.values():
        if kind.row not in tables:
            tables[kind.row] = [row for row in kind.row.of(postmortem) if dismissed or row.standing != Standing.DISMISSED]
    return {
        name: [row for row in tables[kind.row] if not kind.statements or row.kind in kind.statements]  # type: ignore[attr-defined]  # a Statement
        for name, kind in KINDS.items()
    }
