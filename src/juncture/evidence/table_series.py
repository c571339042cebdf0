"""Tables of numbers: one column a metric, or one row a sample with its labels beside the value."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterable, Iterator
from datetime import timedelta
from math import isfinite

from msgspec.structs import replace

from juncture.evidence.artefact import Artefact
from juncture.evidence.columns import fitting, plain_name
from juncture.evidence.log_record import place_of
from juncture.evidence.reader import Found
from juncture.evidence.turns import turns
from juncture.model.evidence import LeftOut, Series
from juncture.model.instants import EPOCH, Instant, from_epoch

SAMPLES_LIMIT = 5_000_000
"""Samples of one file that are held: a year of ten metrics by the minute."""
SERIES_LIMIT = 2_000
LABEL_VALUES = 200
"""Values that a column of words may have to be a label; what has more is text."""
_NUMBER = re.compile(r"[+-]?(?:\d{1,30}(?:[.,]\d{0,30})?|[.,]\d{1,30})(?:[eE][+-]?\d{1,3})?")
_NO_NUMBER = frozenset({"", "nan", "null", "none", "-", "n/a", "na", "inf", "+inf", "-inf", "infinity"})

_MICROSECOND = timedelta(microseconds=1)

Cells = dict[str, str]


class Columns:
    """The columns of a table of numbers: those with values, and those with labels. `values` is empty where it is none."""

    def __init__(self, names: list[str], samples: list[Cells]) -> None:
        numeric = [name for name in names if _is_numeric(name, samples)]
        filled = [name for name in names if any(sample.get(name) for sample in samples)]
        words = [name for name in filled if name not in numeric]
        self.labels: list[str] = []
        self.values: list[str] = []
        if len(samples) < 3 or not numeric:
            return
        if not words:
            self.values = numeric
        elif (named := fitting(numeric, "value")) and all(_is_label(name, samples) for name in words):
            self.values, self.labels = named[:1], words


class _Gathered:
    def __init__(self) -> None:
        self.microseconds = array("q")
        self.values = array("d")
        self.lines = array("q")


def series_of(artefact: Artefact, columns: Columns, rows: Iterable[tuple[Instant, Cells, int]], source: str) -> Iterator[Found]:
    """Yield the series of a table and their turns, each of which cites its row. Cells that are no numbers are counted."""
    gathered: dict[tuple[str, tuple[str, ...]], _Gathered] = {}
    count = no_numbers = too_many = 0
    for instant, cells, line in rows:
        labels = tuple(cells.get(name, "") for name in columns.labels)
        for name in columns.values:
            value = number_in(cells.get(name, ""))
            if value is None:
                no_numbers += bool(cells.get(name))
                continue
            one = gathered.get((name, labels))
            if count == SAMPLES_LIMIT or (one is None and len(gathered) == SERIES_LIMIT):
                too_many += 1
                continue
            one = gathered.setdefault((name, labels), one or _Gathered())
            count += 1
            one.microseconds.append((instant - EPOCH) // _MICROSECOND)
            one.values.append(value)
            one.lines.append(line)
    told = [(_series(artefact, columns, key, one, source), one) for key, one in gathered.items()]
    yield from (series for series, _ in told)
    if told:
        recorded = min(series.instants[0] for series, _ in told), max(series.instants[-1] for series, _ in told)
        for series, one in told:
            lines = dict(zip((_instant(at) for at in one.microseconds), one.lines, strict=True))
            for turn in turns(series, recorded):
                at = lines.get(turn.occurred_at)
                yield turn if at is None else replace(turn, citation=artefact.cite(place_of(at, at)))
    if no_numbers:
        yield LeftOut(artefact.label, "samples that are no numbers (NaN, infinite, words)", no_numbers)
    if too_many:
        yield LeftOut(artefact.label, f"samples beyond {SAMPLES_LIMIT:,} or {SERIES_LIMIT:,} series", too_many, damaged=True)


def number_in(text: str) -> float | None:
    """Return the finite number that a cell holds; a comma may be its decimal mark. None if it holds none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    value = float(text.replace(",", "."))
    return value if isfinite(value) else None


def _series(artefact: Artefact, columns: Columns, key: tuple[str, tuple[str, ...]], one: _Gathered, source: str) -> Series:
    name, labels = key
    order = sorted(range(len(one.values)), key=one.microseconds.__getitem__)
    kept = {one.microseconds[number]: one.values[number] for number in order}
    named = {label: value for label, value in zip(columns.labels, labels, strict=True) if value}
    metric = named.pop(next((label for label in named if plain_name(label) in ("metric", "name", "metricname")), ""), None)
    return Series(
        metric=metric or (_file_name(artefact) if fitting([name], "value") else name),
        labels=named,
        instants=tuple(map(_instant, kept)),
        values=tuple(kept.values()),
        citation=artefact.cite(place_of(min(one.lines), max(one.lines))),
        source=source,
    )


def _instant(microseconds: int) -> Instant:
    return from_epoch(0, microseconds)


def _file_name(artefact: Artefact) -> str:
    name = artefact.label.replace("!/", "/").rsplit("/", 1)[-1]
    return name.split(".", 1)[0] or "value"


def _is_numeric(name: str, samples: list[Cells]) -> bool:
    filled = [text for sample in samples if (text := sample.get(name, "")).lower() not in _NO_NUMBER]
    return bool(filled) and sum(number_in(text) is not None for text in filled) * 10 >= 9 * len(filled)


def _is_label(name: str, samples: list[Cells]) -> bool:
    values = {sample.get(name, "") for sample in samples}
    repeated = len(values) * 2 <= len(samples) or len(values) == 1
    return repeated and len(values) <= LABEL_VALUES and all(len(value) <= 100 for value in values)
