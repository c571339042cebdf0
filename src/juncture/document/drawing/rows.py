"""Which row of its lane a mark stands in, and where its words go, so that nothing covers anything.

All lengths are pixels at the narrowest width that the lanes are drawn at; where they are wider, there is only more room.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct

from juncture.document.drawing.labels import LONG, SHORT, cut, pixels

_MARK = 8.0
"""Half the room that a mark takes."""
_TEXT = 11.0
"""From a mark's middle to its words."""


class Side(StrEnum):
    """Where the words stand, seen from their mark."""

    RIGHT = "right"
    LEFT = "left"


class Span(Struct, frozen=True):
    """What one mark covers without words, from its leftmost shape to its rightmost, and what it is called."""

    left: float
    right: float
    label: str


class Placed(Struct, frozen=True):
    """The row, counted from 0, and the words, None where there was no room for any."""

    row: int
    words: str | None = None
    side: Side = Side.RIGHT


def place(spans: Sequence[Span], *, width: float, most: int) -> tuple[Placed, ...]:
    """Return a place for every span, in their order, using at most `most` rows.

    Words are shortened before a row is added, stand left of their mark where the right is taken, and are left out where
    nothing helps; a mark always stands, if need be in the row where it covers least.
    """
    rows: list[list[tuple[float, float]]] = [[] for _ in range(most)]
    return tuple(_place_one(span, rows, width) for span in spans)


def rows_used(placed: Iterable[Placed]) -> int:
    """Return how many rows are needed, at least one."""
    return max((each.row for each in placed), default=0) + 1


def _place_one(span: Span, rows: list[list[tuple[float, float]]], width: float) -> Placed:
    bare = (span.left - _MARK, span.right + _MARK)
    for words in dict.fromkeys((cut(span.label, LONG), cut(span.label, SHORT))):
        if not words:
            break
        room = pixels(words) + _TEXT + 4
        for row, taken in enumerate(rows):
            for side, extent in (
                (Side.RIGHT, (bare[0], span.right + room)),
                (Side.LEFT, (span.left - room, bare[1])),
            ):
                if extent[0] >= 0 and extent[1] <= width and _is_free(taken, extent):
                    taken.append(extent)
                    return Placed(row, words, side)
    row = min(range(len(rows)), key=lambda index: (_covered(rows[index], bare), index))
    rows[row].append(bare)
    return Placed(row)


def _is_free(taken: Sequence[tuple[float, float]], extent: tuple[float, float]) -> bool:
    return all(extent[1] <= left or right <= extent[0] for left, right in taken)


def _covered(taken: Sequence[tuple[float, float]], extent: tuple[float, float]) -> float:
    return sum(max(0.0, min(right, extent[1]) - max(left, extent[0])) for left, right in taken)
