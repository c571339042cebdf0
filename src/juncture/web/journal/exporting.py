"""The audit as a file, written as it is read: CSV for a spreadsheet, JSON lines for a program."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator

import msgspec

from juncture.web.journal.selectors import Entry

_COLUMNS = (
    "at",
    "by",
    "email",
    "through",
    "action",
    "object_kind",
    "object_id",
    "object_name",
    "incident",
    "incident_title",
    "detail",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the start of a formula (OWASP, CSV injection)."""


class _Line:
    """Takes one line from `csv`, which wants a file."""

    def write(self, line: str) -> str:
        """Give the line back."""
        return line


def as_csv(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield the lines of a CSV file in which no cell is a formula."""
    writer = csv.writer(_Line())
    yield str(writer.writerow(_COLUMNS)).encode()
    for entry in entries:
        cells = [entry.at.isoformat(), *(getattr(entry, name) or "" for name in _COLUMNS[1:])]
        yield str(writer.writerow([plain(str(cell)) for cell in cells])).encode("utf-8", "replace")


def as_json_lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """Yield an entry a line, whole: with what was before and after."""
    for entry in entries:
        yield msgspec.json.encode(entry) + b"\n"


def plain(cell: str) -> str:
    """Return a cell that no spreadsheet runs."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
