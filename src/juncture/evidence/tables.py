"""From the rows of a table to events and series.

Which column is what, is told by its name in several languages and by what stands in it. Timesketch:
https://timesketch.org/guides/user/import-from-json-csv/
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import islice

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.digest import LOG_ENTRIES_EACH, RECORDS_EACH, Digest, digested
from juncture.evidence.json_records import Records
from juncture.evidence.log_record import LogRecord, place_of
from juncture.evidence.reader import Found, Settings
from juncture.evidence.record_fields import FieldMap, Flat
from juncture.evidence.table_rows import Layout, Row, layout_of, rows
from juncture.evidence.table_series import Columns, series_of
from juncture.evidence.table_times import Cells, RowTimes
from juncture.evidence.times import Span
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut
from juncture.model.instants import Instant

NAME = "table"
SAMPLES = 200
"""Rows of the head that the columns are learnt from."""
_TIME = "\x00time"
"""Where a row's time stands among its fields; no header has this name."""


_EMPTY = "rows without a time"
_ANY_DAY = Settings(today=dt.date(2000, 1, 1))
"""Recognising asks whether there are times, not which."""


class _Table:
    """What the head of a file tells about it as a table: its layout, and the times and columns of its first rows."""

    def __init__(self, head: Head, settings: Settings) -> None:
        self.layout = layout_of(head.lines[: 2 * SAMPLES])
        self.samples: list[Cells] = []
        if self.layout is None:
            return
        below = list(enumerate(head.lines, 1))[self.layout.header_line :]
        self.samples = [cells_of(row, self.layout) for row in islice(rows(below, self.layout.delimiter), SAMPLES)]
        self.times = RowTimes(settings, head.path, self.layout.names, self.samples)
        self.others = [name for name in self.layout.names if name not in self.times.columns]

    @property
    def usable(self) -> bool:
        """Whether it is a table with times in it, and something beside them."""
        return self.layout is not None and bool(self.times.columns) and bool(self.others) and not self._is_headless()

    def share(self) -> float:
        """Return the share of the first rows that have a time."""
        return sum(self.times.span(sample) is not None for sample in self.samples) / max(1, len(self.samples))

    def _is_headless(self) -> bool:
        """Whether the first row is no header: it has a time where the others have theirs."""
        if self.layout is None:
            return True
        return self.times.span({name: name for name in self.times.columns}) is not None


class Tables:
    """A reading session over tables: files do not depend on each other."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:
        """Return 1: any order will do."""
        del head
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield an event a row, or the series and their turns where all else is numbers."""
        head = artefact.head()
        table = _Table(head, self._settings)
        layout = table.layout
        if layout is None or not table.times.columns:
            raise BadEvidence(artefact.label, "no header with a column of times", "Give one column a name such as datetime")
        # The samples moved the clock of tables that have times of day alone.
        table.times = RowTimes(self._settings, artefact.label, layout.names, table.samples)
        columns = Columns(table.others, table.samples)
        reading = _Reading(artefact, layout, table.times)
        if columns.values:
            yield from series_of(artefact, columns, reading.samples(), NAME)
        else:
            flats = [_flat(sample, table.times.columns, None) for sample in table.samples]
            fields = FieldMap([{**flat, _TIME: "2026-05-19T07:40:07Z"} for flat in flats], time=_TIME)
            digest = Digest(NAME, artefact, each_up_to=LOG_ENTRIES_EACH if fields.is_log else RECORDS_EACH)
            yield from digested(reading.records(Records(fields, _Given())), digest)
        yield from reading.left_out()
        yield from table.times.notes


class _Given:
    """Gives back a row's time, which was read before; other columns of times are fields like any other."""

    def span(self, value: object) -> Span | None:
        """Return the value if it is a span."""
        return value if isinstance(value, Span) else None


class _Reading:
    """Goes through the rows of a file once, and counts those without a time."""

    def __init__(self, artefact: Artefact, layout: Layout, times: RowTimes) -> None:
        self._artefact = artefact
        self._layout = layout
        self._times = times
        self._counts: dict[str, tuple[int, int]] = {}

    def records(self, records: Records) -> Iterator[LogRecord]:
        """Yield an entry a row."""
        for row, cells, span in self._timed():
            raw = self._layout.delimiter.join(row.cells)
            record = records.record(_flat(cells, self._times.columns, span), raw, place_of(row.first, row.last))
            if record is not None:
                yield record

    def samples(self) -> Iterator[tuple[Instant, Cells, int]]:
        """Yield the instant, the cells and the line of each row."""
        for row, cells, span in self._timed():
            yield span.occurred_at, cells, row.first

    def left_out(self) -> Iterator[LeftOut]:
        """Yield what was counted."""
        for why, (first, count) in self._counts.items():
            damaged = why != _EMPTY
            yield LeftOut(self._artefact.at(f"line:{first}"), why, count=count, damaged=damaged)

    def _timed(self) -> Iterator[tuple[Row, Cells, Span]]:
        for row in rows(self._below_header(), self._layout.delimiter):
            cells = cells_of(row, self._layout)
            span = self._times.span(cells)
            if row.broken:
                self._count("rows with a quotation that is never closed, read as they stand", row.first)
            if span is not None:
                yield row, cells, span
            else:
                self._count(_EMPTY if self._times.is_empty(cells) else "rows whose time cannot be read", row.first)

    def _below_header(self) -> Iterator[tuple[int, str]]:
        for line in self._artefact.lines():
            if line.cut:
                self._count("lines longer than 1 MB, cut", line.number)
            if line.number > self._layout.header_line:
                yield line.number, line.text

    def _count(self, why: str, line: int) -> None:
        first, count = self._counts.get(why, (line, 0))
        self._counts[why] = first, count + 1


def cells_of(row: Row, layout: Layout) -> Cells:
    """Return the cells of a row by the names of the header; those beyond it by their number."""
    names = layout.names
    extra = [f"column {number}" for number in range(len(names) + 1, len(row.cells) + 1)]
    return {name: cell.replace("\x00", "") for name, cell in zip((*names, *extra), row.cells, strict=False) if cell}


def _flat(cells: Cells, times: tuple[str, ...], span: Span | None) -> Flat:
    flat: Flat = {_TIME: span} if span else {}
    flat.update((name, cell) for name, cell in cells.items() if name not in times)
    return flat


def share_of_timed_rows(head: Head) -> float | None:
    """Return which share of the rows of a head has a time where the table has its times; None if it is no table of times."""
    table = _Table(head, _ANY_DAY)
    return table.share() if table.usable else None
