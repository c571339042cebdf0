"""The times of a table's rows: in one column, in two (day and time of day), or as times of day alone."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from juncture.evidence.columns import fitting
from juncture.evidence.reader import Settings
from juncture.evidence.time_fields import TimeField, is_day, is_time
from juncture.evidence.times import Span
from juncture.evidence.zone_names import zone_named
from juncture.model.evidence import Note

Cells = dict[str, str]

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d\d))(?:[:.](\d\d)(?:[.,](\d{1,9}))?)?\s*(?:([AaPp])\.?[Mm]\.?)?(?:\s*(?:Uhr|h|hrs))?")
_ZONE_IN_NAME = re.compile(
    r"[(\[]\s*([A-Z]{3,5}|(?:UTC|GMT)?[+-]\d{1,2}(?::?\d\d)?|[A-Z][a-z]+/[A-Z]\w+)\s*[)\]]|[\s_]([A-Z]{3,4}|utc|gmt)$"
)

_HAS_ZONE = re.compile(r"(?:[A-Za-z]|[+-]\d\d:?\d\d)\s*$")
_L2T = {"date", "time", "timezone", "MACB", "desc"}
"""Columns of log2timeline's CSV, whose dates are always month first (plaso, output module l2tcsv)."""
_US_DAY = re.compile(r"(\d\d)/(\d\d)/(\d{4})")


class RowTimes:
    """Finds the time of each row. `columns` are the names of the columns that it takes it from, none if there is no time."""

    def __init__(self, settings: Settings, where: str, names: list[str], samples: list[Cells]) -> None:
        self.columns: tuple[str, ...] = ()
        self._settings = settings
        self._where = where
        self._clock: str | None = None
        self._notes: list[Note] = []
        self._day = settings.date or settings.today
        self._before: dt.time | None = None
        self._zone: str | None = None
        self._zones: str | None = None
        self._month_first = set(names) >= _L2T
        self._choose(names, samples)
        texts = [text for sample in samples if (text := self._text(sample))]
        self._before, self._day = None, settings.date or settings.today
        self._field = TimeField(settings, where, texts, self._zone)

    @property
    def notes(self) -> list[Note]:
        """What was assumed so far."""
        return [*self._notes, *self._field.notes]

    def span(self, cells: Cells) -> Span | None:
        """Return when a row's happening was, None if the row does not say."""
        text = self._text(cells)
        return self._field.span(text) if text else None

    def is_empty(self, cells: Cells) -> bool:
        """Whether a row has nothing where its time should stand."""
        return not any(cells.get(name) for name in self.columns)

    def _choose(self, names: list[str], samples: list[Cells]) -> None:
        whole = next((name for name in fitting(names, "time") if self._reads(name, samples) > 0.5), None)
        if whole is None:
            whole = next((name for name in names if _share(name, samples, _is_full_time) >= 0.8), None)
        days = [name for name in (*fitting(names, "date"), *fitting(names, "time")) if _share(name, samples, is_day) > 0.5]
        clocks = [
            name for name in (*fitting(names, "clock"), *fitting(names, "time")) if _share(name, samples, _is_clock) > 0.5
        ]
        if clocks and (whole is None or whole in clocks or whole in days):
            self._clock = clocks[0]
            self.columns = (days[0], clocks[0]) if days else (clocks[0],)
            if not days and self._settings.date is None:
                day = self._settings.today.isoformat()
                self._notes.append(
                    Note(self._where, f"times carry no date; the first one is read as on {day} (--date says another)")
                )
        elif whole is not None:
            self.columns = (whole,)
        self._zones = next((name for name in fitting(names, "zone") if _share(name, samples, _is_zone) >= 0.8), None)
        for name in self.columns:
            match = _ZONE_IN_NAME.search(name)
            zone = (match[1] or match[2].upper()) if match else None
            self._zone = self._zone or (zone if zone and zone_named(zone) else None)

    def _reads(self, name: str, samples: list[Cells]) -> float:
        """Return the share of a column's filled cells that are times, read as a column: with one unit, or as day numbers."""
        values = [value for sample in samples if (value := sample.get(name))]
        field = TimeField(self._settings, self._where, values)
        return sum(field.span(value) is not None for value in values) / len(values) if values else 0.0

    def _text(self, cells: Cells) -> str:
        """Return a row's time as one text, with the zone that another column names."""
        text = self._wall_clock(cells)
        zone = cells.get(self._zones, "").strip() if self._zones else ""
        return f"{text} {zone}" if text and zone and zone_named(zone) and not _HAS_ZONE.search(text) else text

    def _wall_clock(self, cells: Cells) -> str:
        if self._clock is None:
            return cells.get(self.columns[0], "") if self.columns else ""
        clock = _clock_text(cells.get(self._clock, ""))
        if not clock:
            return ""
        if len(self.columns) == 2:
            day = cells.get(self.columns[0], "")
            if self._month_first:
                day = _US_DAY.sub(r"\3-\1-\2", day)
            return f"{day} {clock}"
        return f"{self._day_of(clock).isoformat()} {clock}"

    def _day_of(self, clock: str) -> dt.date:
        """Return the day of a time of day alone: half a day back from the row before is a midnight in between."""
        time = _time_of(clock)
        if self._before is not None and time is not None and self._before.hour - time.hour >= 12:
            self._day += dt.timedelta(days=1)
        self._before = time or self._before
        return self._day


def _share(name: str, samples: Iterable[Cells], fits: Callable[[str], bool]) -> float:
    """Return the share of a column's filled cells that fit."""
    values = [value for sample in samples if (value := sample.get(name))]
    return sum(fits(value) for value in values) / len(values) if values else 0.0


def _is_full_time(text: str) -> bool:
    return any(mark in text for mark in "-/:.") and not _is_clock(text) and is_time(text)


def _is_clock(text: str) -> bool:
    return bool(_CLOCK.fullmatch(text.strip())) and bool(_clock_text(text))


def _is_zone(text: str) -> bool:
    return zone_named(text.strip()) is not None


def _clock_text(text: str) -> str:
    """Return a time of day as `14:05`, `14:05:07.25` or `2:05 PM`, empty if it is none."""
    match = _CLOCK.fullmatch(text.strip())
    if match is None or int(match[1]) > 24 or int(match[2]) > 59:
        return ""
    clock = f"{match[1]}:{match[2]}"
    if match[3]:
        clock += f":{match[3]}" + (f".{match[4]}" if match[4] else "")
    return f"{clock} {match[5].upper()}M" if match[5] else clock


def _time_of(clock: str) -> dt.time | None:
    first, rest = clock.split(":", maxsplit=1)
    hour = int(first)
    if clock.endswith("M"):
        hour = hour % 12 + (12 if clock.endswith("PM") else 0)
    return dt.time(hour % 24, int(rest[:2]))
