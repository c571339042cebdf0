"""Between the rows of a postmortem's objects and the structs of the record: a kind of object a line."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
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
    """A kind of object: what addresses call it, what the journal and what people call one, its row and its struct.

    `title` is the one field that it cannot do without. `key` says of two values whether they speak of the same thing.
    `may_be_absent` are the fields that are absent rather than empty. `statements` are the kinds of sentence that belong to it.
    """

    name: str
    one: str
    label: str
    title: str
    row: type[Piece]
    struct: type[Struct]
    key: Callable[[Any], object]
    may_be_absent: tuple[str, ...] = ()
    statements: tuple[Statement.Kind, ...] = ()


LESSONS = (Statement.Kind.WENT_WELL, Statement.Kind.WENT_POORLY, Statement.Kind.GOT_LUCKY, Statement.Kind.LEARNED)
_TOLD = ("reason", "expected", "outcome", "by", "kind", "event")
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "decisions", "decision", "decision", "question", Decision, record.Decision,
            lambda one: one.event or (one.at, one.question), _TOLD,
        ),
        Kind("factors", "factor", "contributing factor", "title", Factor, record.Factor, lambda one: one.title),
        Kind(
            "lessons", "lesson", "lesson", "text", Statement, Said, lambda one: (one.kind, one.text), statements=LESSONS
        ),
        Kind(
            "weak-points", "weak_point", "weak point", "title", WeakPoint, record.WeakPoint,
            lambda one: (one.rule, one.title), ("suggestion", "action_kind"),
        ),
        Kind(
            "participants", "participant", "participant", "role", Participant, record.Participant,
            lambda one: one.role, ("name",),
        ),
        Kind("figures", "figure", "figure of the impact", "name", Figure, record.Figure, lambda one: one.name),
        Kind(
            "not-known", "not_known", "gap in the impact", "text", Statement, Said, lambda one: one.text,
            statements=(Statement.Kind.NOT_KNOWN,),
        ),
        Kind(
            "questions", "question", "question", "text", Statement, Said, lambda one: one.text,
            statements=(Statement.Kind.QUESTION,),
        ),
    )
}  # fmt: skip


def values_in(value: record.Postmortem) -> Iterator[tuple[Kind, Sequence[Struct]]]:
    """Yield each kind of object with those that a record holds, in their order."""
    lessons = tuple(Said(kind, text) for kind in LESSONS for text in getattr(value.lessons, kind.value))
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


def with_values(value: record.Postmortem, held: Mapping[str, Sequence[Any]]) -> record.Postmortem:
    """Return a record with these values of each kind of object, by the kinds' names: what `values_in` gives back."""
    said: Sequence[Said] = held["lessons"]
    return msgspec.structs.replace(
        value,
        participants=tuple(held["participants"]),
        decisions=tuple(held["decisions"]),
        weak_points=tuple(held["weak-points"]),
        factors=tuple(held["factors"]),
        impact=record.Impact(tuple(held["figures"]), tuple(one.text for one in held["not-known"])),
        lessons=record.Lessons(**{kind.value: tuple(one.text for one in said if one.kind == kind) for kind in LESSONS}),
        questions=tuple(one.text for one in held["questions"]),
    )


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
    return {name: [row for row in tables[kind.row] if belongs(kind, row)] for name, kind in KINDS.items()}


def belongs(kind: Kind, row: Piece) -> bool:
    """Whether a row of a kind's table is of this kind: several kinds of sentence share one."""
    return not kind.statements or (isinstance(row, Statement) and row.kind in kind.statements)
