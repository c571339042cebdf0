"""Finding the time in a line of text: where it stands, what it says, and the instants it may mean.

A file's format is learnt from its first lines and kept. A stamp counts where a program puts one: at the start of the line, or
behind what this file's lines put before it (an address, a level, a process). A date inside a message is none.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import isleap
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from zoneinfo import ZoneInfo

from juncture.evidence.reader import Settings
from juncture.evidence.stamp_formats import FORMATS, LEAP_YEAR, MONTH_FIRST, ONE_OF_THREE, Reading, StampFormat
from juncture.evidence.times import Span, from_wall_clock
from juncture.evidence.zone_names import AMBIGUOUS, meant_by
from juncture.model.evidence import Note

LEARNT_LINES = 400
"""Lines of a file's head that its format is learnt from."""
STAMP_WITHIN = 160
"""Characters at the start of a line that may hold the stamp; access logs put addresses and user names before it."""
_UTC = ZoneInfo("UTC")
_DOTTED_DATE = re.compile(r"(?<!\w)\d{1,2}\.\d{1,2}\.\d")
"""A date with points is written day first wherever it is written."""
_TWELVE_HOURS = re.compile(r"\d\s?[AaPp]\.?[Mm]\b")
_LEAP_DAY = re.compile(r"\bFeb 29\b")
_MICROSECOND = dt.timedelta(microseconds=1)

_USUAL_LEAD = re.compile(
    r"""(?x)
    (?: <\d{1,3}> (?:\d{1,2}\s)? )?                                # syslog: priority, version
    (?: [\w.@/-]+ \s* \|\s+ | \[[\w./@\ -]+\]\s+ )?                # docker compose, kubectl --prefix
    (?: [\[(<]? (?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|SEVERE|[DIWEFC]) [\])>]? \s* [|:,-]? \s+ )?
    (?: \d+:[A-Z]\s | type=\w+\s(?:msg=audit\()? )?                # redis, auditd
    (?: (?:[\w.]+=(?:"[^"]*"|[^\s"]*)\s+){0,4} (?:@?time(?:stamp)?|ts|t|date(?:time)?|at)=\"? )?   # logfmt
    [\[("'<{|]{0,2} (?: \b[IWEFD] )?                              # klog
    """
)
_DIGITS = re.compile(r"\d[:.]?\d\d")
"""What every stamp has: most lines of a stack trace are done with here."""
_BLANKS = frozenset({" ", "\t"})
_WORD = re.compile(r"[\w.:/@%+-]+")


class Stamp(NamedTuple):
    """A stamp in a line, from `start` to `end` (excluded). `span` is None if no calendar or clock has that time."""

    start: int
    end: int
    span: Span | None


class Stamps:
    """Finds the stamps of one file's lines, in their order. `notes` grows with what had to be assumed."""

    def __init__(self, settings: Settings, where: str, head: Iterable[str] = ()) -> None:
        self.notes: list[Note] = []
        self._settings = settings
        self._where = where
        self._noted: set[str] = set()
        self._formats: list[StampFormat] = list(FORMATS)
        self._shapes: set[str] = set()
        self._indented = False
        self._previous: dt.datetime | None = None
        self._latest: dt.datetime | None = None
        self._leap_day = False
        self._learn(head)

    def find(self, line: str) -> Stamp | None:
        """Return the stamp of a line, None if it has none (it then continues the line before).

        Lines must come in the file's order: times without a year or a day follow from the line before.
        """
        if (line[:1] in _BLANKS and not self._indented) or not _DIGITS.search(line, 0, STAMP_WITHIN):
            return None
        spot = self._spot(line)
        if spot is None:
            return None
        start, reading, stamp_format = spot
        if reading is None:
            return Stamp(start, start, None)
        try:
            span = self._span(reading)
        except (OverflowError, ValueError):
            return Stamp(start, reading.end, None)
        if stamp_format is not self._formats[0]:
            self._formats.remove(stamp_format)
            self._formats.insert(0, stamp_format)
        return Stamp(start, reading.end, span)

    def _spot(self, line: str) -> tuple[int, Reading | None, StampFormat] | None:
        broken: tuple[int, Reading | None, StampFormat] | None = None
        for stamp_format in self._formats:
            match = stamp_format.pattern.search(line, 0, STAMP_WITHIN)
            if match is None or not self._may_precede(line[: match.start()]):
                continue
            try:
                return match.start(), stamp_format.read(match), stamp_format
            except (ValueError, OverflowError):
                if broken is None:
                    broken = match.start(), None, stamp_format
                elif stamp_format not in ONE_OF_THREE:
                    break
        return broken

    def _may_precede(self, lead: str) -> bool:
        return not lead or _USUAL_LEAD.fullmatch(lead) is not None or _shape(lead) in self._shapes

    def _learn(self, head: Iterable[str]) -> None:
        """Keep the formats and the leads of the first lines; a lead that few of them have is a message that quotes a time."""
        formats: Counter[str] = Counter()
        leads: Counter[str] = Counter()
        alike: list[str] = []
        for line, _ in zip(head, range(LEARNT_LINES), strict=False):
            self._leap_day = self._leap_day or _LEAP_DAY.search(line, 0, STAMP_WITHIN) is not None
            for start, stamp_format in _first_spots(line):
                formats[stamp_format.name] += 1
                lead = line[:start]
                if lead and not _USUAL_LEAD.fullmatch(lead):
                    leads[_shape(lead)] += 1
                if stamp_format in ONE_OF_THREE:
                    alike.append(line)
        stamped = sum(formats.values())
        self._shapes = {shape for shape, count in leads.items() if count * 5 >= stamped and (count > 1 or stamped == 1)}
        self._indented = any(shape[:1] in _BLANKS for shape in self._shapes)
        order = sorted(self._formats, key=lambda item: -formats[item.name])
        if alike:
            first = self._alike(alike)
            order = [first, *(item for item in order if item not in ONE_OF_THREE)]
            order.sort(key=lambda item: -(formats[item.name] + (item is first) * len(alike)))
        self._formats = order

    def _alike(self, lines: list[str]) -> StampFormat:
        """Return which of the look-alike formats these lines have: the one that reads most of them, and plausibly."""
        day = self._settings.date or self._settings.today
        ranked = []
        for rank, stamp_format in enumerate(ONE_OF_THREE):
            days = [reading.value.date() for reading in _readings(stamp_format, lines)]
            late = sum(value > day + dt.timedelta(days=1) for value in days)
            spread = (max(days) - min(days)).days if days else 0
            away = min((abs((value - day).days) for value in days), default=0)
            ranked.append((len(lines) - len(days), late, spread, away if self._settings.date else away // 366, rank))
        ranked.sort()
        best, other = ranked[0], ranked[1]
        chosen = ONE_OF_THREE[best[-1]]
        if best[:-1] == other[:-1] and not _DOTTED_DATE.search(lines[0]):
            if any(_TWELVE_HOURS.search(line) for line in lines):
                chosen = MONTH_FIRST
            order = "month, day" if chosen is MONTH_FIRST else "day, month"
            self._note("order", f"dates such as {_date_in(lines[0])} are read as {order}, year; nothing in the file tells")
        return chosen

    def _span(self, reading: Reading) -> Span:
        """Return the instants of a reading. Raises OverflowError at the ends of time, ValueError for 29 February in vain."""
        value = reading.value
        if value.tzinfo is None:
            value = value if reading.has_year else self._dated(reading)
            self._previous = value
            zone = meant_by(reading.zone, value, self._settings.zone) if reading.zone else None
            if zone is None:
                zone = self.zone()
            if isinstance(zone, ZoneInfo) and zone is not _UTC:
                span = from_wall_clock(value, zone, width_seconds=reading.width, previous=self._latest)
                self._latest = span.occurred_at
                return span
            if reading.zone in AMBIGUOUS:
                self._note(reading.zone, f"the zone {reading.zone} means several; read as UTC{value.replace(tzinfo=zone):%z}")
            value = value.replace(tzinfo=zone)
        instant = value.astimezone(dt.UTC)
        last = instant + dt.timedelta(seconds=reading.width) - _MICROSECOND if reading.width else instant
        return Span(instant, instant, last)

    def zone(self) -> ZoneInfo:
        """Return where times without a zone are meant, and note it if it had to be assumed."""
        if self._settings.zone is None:
            self._note("zone", "times carry no zone; read as UTC (--timezone says another)")
        return self._settings.zone or _UTC

    def _dated(self, reading: Reading) -> dt.datetime:
        """Return the wall-clock time of a stamp without a year, or without a day.

        The first one lies as near before the day that the settings name as it can (that of the run, where they name
        none; one day after it is still possible, in zones further east); each other one as near to the line before it
        as it can, so that January follows December.
        """
        before, value = self._previous, reading.value
        if not reading.has_day:
            return self._on_a_day(value.time(), before)
        if before is not None:
            return min(_in_years(value, range(before.year - 1, before.year + 2)), key=lambda item: abs(item - before))
        if (day := self._settings.date) is not None:
            about = dt.datetime.combine(day, dt.time(12))
            return min(_in_years(value, range(day.year - 4, day.year + 5)), key=lambda item: abs(item - about))
        day = self._settings.today
        end = dt.datetime.combine(day + dt.timedelta(days=2), dt.time())
        years = [item for item in _in_years(value, range(day.year + 1, day.year - 9, -1)) if item < end]
        if self._leap_day:
            years = [item for item in years if isleap(item.year + (item.month > 2))]
        if not years:
            raise ValueError("no year fits")
        self._note(
            "year",
            f"times carry no year; the first one is read as {years[0].year}, the last that is past (--date says another)",
        )
        return years[0]

    def _on_a_day(self, time: dt.time, before: dt.datetime | None) -> dt.datetime:
        if before is None:
            day = self._settings.date
            if day is None:
                day = self._settings.today
                self._note("day", f"times carry no date; the first one is read as on {day.isoformat()} (--date says another)")
            return dt.datetime.combine(day, time)
        same = dt.datetime.combine(before.date(), time)
        # Lines of several writers are a little out of order; half a day back is a midnight in between.
        return same + dt.timedelta(days=1) if before - same > dt.timedelta(hours=12) else same

    def _note(self, topic: str, why: str) -> None:
        if topic not in self._noted:
            self._noted.add(topic)
            self.notes.append(Note(self._where, why))


def read_stamp(text: str) -> Reading | None:
    """Return what a text that is a stamp and nothing else says, None if it is none."""
    text = text.strip()
    for stamp_format in FORMATS:
        match = stamp_format.pattern.match(text)
        if match is None:
            continue
        try:
            reading = stamp_format.read(match)
        except (ValueError, OverflowError):
            continue
        if reading.end == len(text):
            return reading
    return None


def _first_spots(line: str) -> Iterator[tuple[int, StampFormat]]:
    """Yield where a line's first readable stamp is, and its format; nothing if there is none."""
    best: tuple[int, StampFormat] | None = None
    for stamp_format in FORMATS:
        match = stamp_format.pattern.search(line, 0, STAMP_WITHIN)
        if match is None or (best is not None and match.start() >= best[0]):
            continue
        try:
            stamp_format.read(match)
        except (ValueError, OverflowError):
            continue
        best = match.start(), stamp_format
    if best is not None:
        yield best


def _readings(stamp_format: StampFormat, lines: list[str]) -> Iterator[Reading]:
    for line in lines:
        match = stamp_format.pattern.search(line, 0, STAMP_WITHIN)
        if match is not None:
            try:
                yield stamp_format.read(match)
            except (ValueError, OverflowError):
                continue


def _in_years(value: dt.datetime, years: Iterable[int]) -> list[dt.datetime]:
    """Return the value in each of the years that have its day. Raises ValueError if none has."""
    found = []
    for year in years:
        leap = value.month == 2 and value.day == 29 and (year % 4 or (year % 100 == 0 and year % 400))
        if not leap and dt.MINYEAR <= year + value.year - LEAP_YEAR <= dt.MAXYEAR:
            found.append(value.replace(year=year + value.year - LEAP_YEAR))
    if not found:
        raise ValueError("no year has this day")
    return found


def _shape(lead: str) -> str:
    return _WORD.sub("w", lead)


def _date_in(line: str) -> str:
    match = re.search(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}", line)
    return match[0] if match else "these"
