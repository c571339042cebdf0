"""Rows of tables in text (RFC 4180 and its dialects): which mark separates the cells, and where each row stands."""

from __future__ import annotations

import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

DELIMITERS = (",", ";", "\t", "|")
ROW_LINES = 200
ROW_CHARACTERS = 1024 * 1024
"""Lines and characters that one row may have; a quotation open for longer was never closed, and is read as it stands."""
SNIFFED_ROWS = 60

_RULE = frozenset(" \t\r|+:=-")
_EXCEL_HINT = re.compile(r"^sep=(.)\s*$")


class Row(NamedTuple):
    """The cells of one row, in lines `first` to `last`. `broken` says that a quotation in it was never closed."""

    cells: list[str]
    first: int
    last: int
    broken: bool = False


class Layout(NamedTuple):
    """How a table is written: its delimiter, the line of its header, and the header's cells."""

    delimiter: str
    header_line: int
    names: list[str]


def layout_of(lines: Iterable[str]) -> Layout | None:
    """Return the layout of a table whose first lines these are, None if they are none.

    The mark that gives most rows the width of the header wins; of equal ones the one that gives more columns.
    """
    head = list(lines)
    start = next((number for number, line in enumerate(head) if line.strip()), None)
    if start is None:
        return None
    hint = _EXCEL_HINT.match(head[start])
    start += bool(hint)
    best: tuple[float, int, Layout] | None = None
    for delimiter in (hint[1],) if hint else DELIMITERS:
        numbered = ((number, line) for number, line in enumerate(head[start:], start + 1))
        found = [row for row, _ in zip(rows(numbered, delimiter), range(SNIFFED_ROWS), strict=False) if any(row.cells)]
        if len(found) < 2 or len(found[0].cells) < 2:
            continue
        width = len(found[0].cells)
        same = sum(len(row.cells) == width for row in found[1:]) / (len(found) - 1)
        score = (round(same, 1), width)
        if same >= 0.6 and (best is None or score > best[:2]):
            names = unique_names(found[0].cells)
            best = (*score, Layout(delimiter, found[0].last, names))
    return best[2] if best else None


def unique_names(cells: list[str]) -> list[str]:
    """Return the header's names without blanks, empty and repeated ones told apart by their number."""
    names: list[str] = []
    for number, cell in enumerate(cells, 1):
        name = " ".join(cell.replace("\x00", "").split()).strip("\ufeff\"'") or f"column {number}"
        names.append(f"{name} {number}" if name in names else name)
    return names


def rows(lines: Iterable[tuple[int, str]], delimiter: str) -> Iterator[Row]:
    """Yield the rows of numbered lines, holding no more than one row. Blank lines and rules of dashes are passed over."""
    source = _Source(lines)
    while (taken := source.take()) is not None:
        number, text = taken
        if not text.strip(" \t\r\x00") or ("-" in text and _RULE.issuperset(text)):
            continue
        if '"' not in text:
            yield Row([cell.strip() for cell in text.split(delimiter)], number, number)
            continue
        yield _quoted(source, number, text, delimiter)


class _Source:
    """Lines that can be given back."""

    def __init__(self, lines: Iterable[tuple[int, str]]) -> None:
        self._lines = iter(lines)
        self._back: deque[tuple[int, str]] = deque()

    def take(self) -> tuple[int, str] | None:
        return self._back.popleft() if self._back else next(self._lines, None)

    def give_back(self, lines: list[tuple[int, str]]) -> None:
        self._back.extendleft(reversed(lines))


def _quoted(source: _Source, number: int, text: str, delimiter: str) -> Row:
    """Return the row that begins in a line with quotation marks, with the lines that its quotations go on in."""
    more: list[tuple[int, str]] = []
    whole = text
    while True:
        cells = _cells(whole, delimiter)
        if cells is not None:
            last = more[-1][0] if more else number
            return Row([cell.strip() for cell in cells], number, last)
        small = len(more) < ROW_LINES and len(whole) < ROW_CHARACTERS
        following = source.take() if small else None
        if following is None:
            source.give_back(more)
            return Row([cell.strip(' "') for cell in text.split(delimiter)], number, number, broken=True)
        more.append(following)
        # Only a mark can close the quotation; lines without one need no new look.
        while '"' not in following[1] and len(more) < ROW_LINES and (following := source.take() or (0, "")) != (0, ""):
            more.append(following)
        whole = "\n".join((text, *(line for _, line in more)))


def _cells(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of a whole row, None if a quotation in it is still open."""
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            return None
    try:
        return next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), [])
    except csv.Error:
        # A cell of more than the module's limit of 128 kB.
        return text.split(delimiter)
