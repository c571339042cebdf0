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


SPARE = 3
"""Rows beyond the allowed ones, for marks that would otherwise stand on others' words."""
_Extent = tuple[float, float]


class Side(StrEnum):
    """Where the words stand, seen from their mark."""

    RIGHT = "right"
    LEFT = "left"


class Span(Struct, frozen=True):
    """What one mark covers without words, from its leftmost shape to its rightmost, and what it is called.

    Words on the right start beside the mark at `words_from`. A bar below both may reach on to `until`; where it ends another
    mark may stand.
    """

    left: float
    right: float
    words_from: float
    until: float
    label: str


class Placed(Struct, frozen=True):
    """The row, counted from 0, and the words, None where there was no room for any."""

    row: int
    words: str | None = None
    side: Side = Side.RIGHT


def place(spans: Sequence[Span], *, width: float, most: int, spare: int = SPARE) -> tuple[Placed, ...]:
    """Return a place for every span, in their order, using at most `most` rows for words and `spare` more for marks alone.

    Words are shortened before a row is added, stand left of their mark where the right is taken, and are left out where
    nothing helps; a mark always stands, at the worst in the row where it covers least. Words that a mark would stand on are
    shortened, or give way to it.
    """
    rows: list[list[_Extent]] = []
    placed: list[Placed] = []
    for span in spans:
        one = _place_one(span, rows, width, most, spare)
        if one.words is None:
            _give_way(spans, placed, rows, one.row, _bare(span))
        placed.append(one)
    return tuple(placed)


def _give_way(spans: Sequence[Span], placed: list[Placed], rows: list[list[_Extent]], row: int, bare: _Extent) -> None:
    """Shorten the words of a row on which a mark stands, or take them away where that is not enough."""
    for index, other in enumerate(placed):
        if other.row != row or other.words is None:
            continue
        span = spans[index]
        extent = _extent_on(other.side, span, other.words)
        if _is_free((extent,), bare):
            continue
        words = cut(span.label, SHORT)
        shorter = _extent_on(other.side, span, words)
        placed[index], kept = (
            (Placed(row, words, other.side), shorter) if _is_free((shorter,), bare) else (Placed(row), _bare(span))
        )
        rows[row][rows[row].index(extent)] = kept


def _extent_on(side: Side, span: Span, words: str) -> _Extent:
    return dict(_extents(span, words, float("inf")))[side]


def rows_used(placed: Iterable[Placed]) -> int:
    """Return how many rows are needed, at least one."""
    return max((each.row for each in placed), default=0) + 1


def _place_one(span: Span, rows: list[list[_Extent]], width: float, most: int, spare: int) -> Placed:
    variants = tuple(dict.fromkeys((cut(span.label, LONG), cut(span.label, SHORT)))) if span.label else ()
    for words in variants:
        for row, taken in enumerate(rows):
            for side, extent in _extents(span, words, width):
                if _is_free(taken, extent):
                    taken.append(extent)
                    return Placed(row, words, side)
    if len(rows) < most:
        for words in variants:
            for side, extent in _extents(span, words, width):
                rows.append([extent])
                return Placed(len(rows) - 1, words, side)
    bare = _bare(span)
    row = _row_for_mark_alone(rows, bare, most + spare)
    rows[row].append(bare)
    return Placed(row)


def _row_for_mark_alone(rows: list[list[_Extent]], bare: _Extent, most: int) -> int:
    for row, taken in enumerate(rows):
        if _is_free(taken, bare):
            return row
    if len(rows) < most:
        rows.append([])
        return len(rows) - 1
    # Of rows that are covered alike the last: the words that came first stand in the first.
    return min(range(len(rows)), key=lambda index: (_covered(rows[index], bare), -index))


def _bare(span: Span) -> _Extent:
    return span.left - _MARK, max(span.right + _MARK, span.until - _MARK)


def _extents(span: Span, words: str, width: float) -> Iterable[tuple[Side, _Extent]]:
    """Return where a span with words would stand, on either side, as far as that lies within the drawing."""
    left, right = _bare(span)
    room = _TEXT + pixels(words) + 6
    ways = ((Side.RIGHT, (left, max(right, span.words_from + room))), (Side.LEFT, (span.left - room, right)))
    return [(side, extent) for side, extent in ways if extent[0] >= 0 and extent[1] <= width]


def _is_free(taken: Sequence[_Extent], extent: _Extent) -> bool:
    return all(extent[1] <= left or right <= extent[0] for left, right in taken)


def _covered(taken: Sequence[_Extent], extent: _Extent) -> float:
    return sum(max(0.0, min(right, extent[1]) - max(left, extent[0])) for left, right in taken)
