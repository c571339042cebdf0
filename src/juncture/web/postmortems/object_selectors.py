"""Read the objects of a postmortem for writing: with their standing, and with what was put aside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.postmortems.models import Piece, Standing
from juncture.web.postmortems.pieces import KINDS, Kind, rows_of, value_of
from juncture.web.postmortems.selectors import PostmortemView, postmortem_row, view_of


class ObjectView(Struct, frozen=True):
    """An object: its id, how it stands (proposed, accepted, dismissed), whether a person touched it, and its value.

    `value` has the fields that the record's schema gives this kind; sentences have `kind` and `text`.
    """

    id: int
    standing: str
    touched: bool
    title: str
    value: dict[str, Any]


class Objects(Struct, frozen=True, rename="kebab"):
    """The objects of a postmortem, kind by kind."""

    decisions: list[ObjectView]
    factors: list[ObjectView]
    lessons: list[ObjectView]
    weak_points: list[ObjectView]
    participants: list[ObjectView]
    figures: list[ObjectView]
    not_known: list[ObjectView]
    questions: list[ObjectView]


def objects_of(viewer: Viewer, postmortem_id: str) -> Objects:
    """Return all objects of a postmortem, also those that were put aside. Raises NotFound, also for who may not write."""
    if not viewer.may_write:
        raise NotFound
    return _objects(rows_of(postmortem_row(viewer, postmortem_id), dismissed=True))


def written(viewer: Viewer, postmortem_id: str) -> tuple[PostmortemView, Objects]:
    """Return a postmortem's working text with all of its objects. Raises NotFound, also for who may not write."""
    if not viewer.may_write:
        raise NotFound
    row = postmortem_row(viewer, postmortem_id)
    held = rows_of(row, dismissed=True)
    return view_of(viewer, row, held=held), _objects(held)


def object_of(viewer: Viewer, postmortem_id: str, kind_name: str, piece: int) -> ObjectView:
    """Return one object. Raises NotFound."""
    listed: list[ObjectView] = getattr(objects_of(viewer, postmortem_id), kind_name.replace("-", "_"), [])
    for one in listed:
        if one.id == piece:
            return one
    raise NotFound


def _objects(held: Mapping[str, Sequence[Piece]]) -> Objects:
    return Objects(**{name.replace("-", "_"): [object_view(KINDS[name], row) for row in rows] for name, rows in held.items()})


def object_view(kind: Kind, row: Piece) -> ObjectView:
    """Return a row as it is shown for writing."""
    value: dict[str, Any] = msgspec.to_builtins(value_of(kind, row))
    value.pop("standing", None)
    return ObjectView(row.pk, Standing(row.standing).value, row.touched, str(value[kind.title]), value)
