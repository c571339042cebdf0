"""How programs write times into text: one pattern a family, and what its groups mean.

A format finds its stamp anywhere in a text; where a stamp may stand is decided in `juncture.evidence.stamps`.
Sources: RFC 3339, RFC 3164 §4.1.2, RFC 5424 §6.2.3, Apache mod_log_config and core (ErrorLogFormat), nginx core module,
Python `logging`, Log4j and Logback date patterns, Go `log`, klog header, PostgreSQL `log_line_prefix` (%m, %t), MySQL error
log, Redis log lines, Kubernetes CRI log format, Squid `logformat`, Android logcat `-v threadtime`, java.util.logging.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple

from juncture.evidence.zone_names import zone_named
from juncture.model.instants import from_epoch_text

LEAP_YEAR = 2000
"""Stands for the year where a stamp has none, so that 29 February can be read."""


class Reading(NamedTuple):
    """What a stamp says by itself. `value` is aware if its zone is sure; `zone` is a name that still has to be looked up."""

    end: int
    value: datetime
    width: float
    """Seconds that the stamp covers: 60 for a minute, 1 for a second, 0 where it has fractions."""
    zone: str | None = None
    has_year: bool = True
    has_day: bool = True


class StampFormat(NamedTuple):
    """A family of stamps. `read` raises ValueError or OverflowError for what no calendar has."""

    name: str
    pattern: re.Pattern[str]
    read: Callable[[re.Match[str]], Reading]


MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mär mrz", "apr", "may mai", "jun", "jul", "aug", "sep", "oct okt", "nov", "dec dez"), 1
    )
    for name in names.split()
}
_MONTH = r"(?P<month>Jan|Feb|Mar|Mär|Mrz|Apr|May|Mai|Jun|Jul|Aug|Sep|Oct|Okt|Nov|Dec|Dez)[a-zé]{0,6}\.?"
_WEEKDAY = r"(?:(?P<weekday>Mon|Tue|Wed|Thu|Fri|Sat|Sun)(?:[a-z]{2,6})?,?\x20)?"
# A comma is the decimal mark before 3, 6 or 9 digits only: in `14:05:07,5 items` it is none.
_FRACTION = r"(?:\.(?P<fraction>\d{1,9})|,(?P<comma>\d{3}(?:\d{3}){0,2})(?!\d))"
_CLOCK = (
    rf"(?P<hour>\d{{1,2}}):(?P<minute>\d\d)(?::(?P<second>\d\d){_FRACTION}?)?(?!\d)"
    r"(?:\x20?(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE = (
    r"(?:\x20?(?P<offset>Z|[+-]\d\d(?::?\d\d)?)(?![\w:])"
    r"|\x20?(?P<zone>(?:UTC|GMT)[+-]\d{1,2}(?::?\d\d)?|[A-Z][A-Za-z]+/[A-Z][\w/+-]*|[A-Z]{3,5})(?![\w/]))?"
    r"(?:\[[A-Z][A-Za-z_]*(?:/[A-Za-z_]+)?\])?"
)


def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){pattern}")


def _year_month_day(match: re.Match[str]) -> Reading:
    return _clocked(match, _full_year(match["year"]), int(match["month"]), int(match["day"]))


def _month_day(match: re.Match[str]) -> Reading:
    return _clocked(match, None, int(match["month"]), int(match["day"]))


def _named_month(match: re.Match[str]) -> Reading:
    groups = match.groupdict()
    year = groups["year"] or groups.get("year_after")
    return _clocked(match, _full_year(year) if year else None, MONTHS[match["month"].lower()], int(match["day"]))


def _day_first(match: re.Match[str]) -> Reading:
    return _clocked(match, _full_year(match["year"]), int(match["two"]), int(match["one"]))


def _month_first(match: re.Match[str]) -> Reading:
    return _clocked(match, _full_year(match["year"]), int(match["one"]), int(match["two"]))


def _klog(match: re.Match[str]) -> Reading:
    year = match["year"]
    return _clocked(match, int(year) if year else None, int(match["month"]), int(match["day"]))


def _time_alone(match: re.Match[str]) -> Reading:
    return _clocked(match, None, 1, 1)._replace(has_day=False)


def _epoch(match: re.Match[str]) -> Reading:
    text = match["epoch"]
    return Reading(match.end(), from_epoch_text(text), 1 if len(text) == 10 else 0)


def _clocked(match: re.Match[str], year: int | None, month: int, day: int) -> Reading:
    """Return the reading of a match with the groups of `_CLOCK` and, where the format has them, those of `_ZONE`."""
    groups: dict[str, str | None] = match.groupdict()
    hour, second = int(match["hour"]), int(groups["second"] or 0)
    if half := groups.get("half"):
        if not 1 <= hour <= 12:
            raise ValueError("no such hour on a clock of twelve")
        hour = hour % 12 + (12 if half in "pP" else 0)
    if hour > 24 or second > 60:
        raise ValueError("no such time of day")
    fraction = groups.get("fraction") or groups.get("comma") or ""
    start = datetime(LEAP_YEAR if year is None else year, month, day, 0, int(match["minute"]))  # noqa: DTZ001 - a wall clock
    # 24:00:00 and the leap second 23:59:60 are both written, and both name the next second.
    value = start + timedelta(hours=hour, seconds=second, microseconds=int((fraction + "000000")[:6]))
    width = 0 if fraction else 1 if groups["second"] else 60
    return _zoned(match, groups, Reading(match.end(), value, width, None, year is not None))


def _zoned(match: re.Match[str], groups: dict[str, str | None], reading: Reading) -> Reading:
    """Return the reading with the offset or zone that stands behind it. A word that is no zone is not part of the stamp."""
    if offset := groups.get("offset"):
        known = zone_named(offset)
        if known is None:
            raise ValueError("no such offset")
        return reading._replace(value=reading.value.replace(tzinfo=known))
    if name := groups.get("zone"):
        if zone_named(name) is None:
            return reading._replace(end=match.start("zone"))
        return reading._replace(zone=name)
    return reading


def _full_year(text: str) -> int:
    """Return the year of two or four digits; two digits up to 68 are of this century, as POSIX `strptime` has it."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 69 else 1900)


_SHORT_CLOCK = rf"(?P<hour>\d\d):(?P<minute>\d\d):(?P<second>\d\d)(?:{_FRACTION})?(?![\d:])"
_PACKED_CLOCK = r"(?P<hour>\d\d)(?P<minute>\d\d)(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,9}))?(?!\d)"
_YEAR_MONTH_DAY = r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
_PACKED_DAY = r"(?P<year>(?:19|20)\d\d)(?P<month>\d\d)(?P<day>\d\d)"
_NUMBERS = (
    r"(?P<one>\d{1,2})(?P<mark>[-/.])(?P<two>\d{1,2})(?P=mark)(?P<year>\d{4}|\d\d)"
    rf"(?:,?\x20{{1,2}}|T|\x20-\x20){_CLOCK}{_ZONE}"
)

DAY_FIRST = StampFormat("day-first", _compiled(_NUMBERS), _day_first)
MONTH_FIRST = StampFormat("month-first", _compiled(_NUMBERS), _month_first)
SHORT_YEAR_FIRST = StampFormat(
    "short-year-first",
    _compiled(rf"(?P<year>\d\d)(?P<mark>[-/.]?)(?P<month>\d\d)(?P=mark)(?P<day>\d\d)\x20{{1,2}}{_SHORT_CLOCK}"),
    _year_month_day,
)
ONE_OF_THREE = (DAY_FIRST, MONTH_FIRST, SHORT_YEAR_FIRST)
"""Formats that look alike: the lines of the file decide which one it is."""

FORMATS: tuple[StampFormat, ...] = (
    StampFormat(
        "iso",
        _compiled(rf"{_YEAR_MONTH_DAY}(?:[T_:-]|\x20-\x20|,?\x20{{1,2}}){_CLOCK}{_ZONE}"),
        _year_month_day,
    ),
    StampFormat(
        "month-name",  # syslog, ctime, `date`, Cisco, java.util.logging, Apache error
        _compiled(
            rf"{_WEEKDAY}{_MONTH}\x20{{1,2}}(?P<day>\d{{1,2}})(?:,?\x20(?P<year>\d{{4}}),?)?(?:\x20@)?\x20{{1,2}}{_CLOCK}{_ZONE}"
            r"(?:\x20(?P<year_after>\d{4})(?=[\]),:]|$))?"
        ),
        _named_month,
    ),
    StampFormat(
        "day-month-name",  # Apache access, Redis, Tomcat, RFC 5322
        _compiled(
            rf"{_WEEKDAY}(?P<day>\d{{1,2}})\.?(?P<mark>[/\x20-]){_MONTH}(?P=mark)(?P<year>\d{{4}}|\d\d)"
            rf"(?::|,?\x20{{1,2}}){_CLOCK}{_ZONE}"
        ),
        _named_month,
    ),
    StampFormat(
        "klog",  # the letter before it is the level
        re.compile(
            rf"(?<=\b[IWEFD])(?P<year>\d{{4}})??(?P<month>\d\d)(?P<day>\d\d)\x20{{1,2}}{_SHORT_CLOCK}",
        ),
        _klog,
    ),
    StampFormat(
        "compact",  # 20260302T140507.123Z, 20260302140507
        _compiled(rf"{_PACKED_DAY}[T\x20_-]?{_PACKED_CLOCK}{_ZONE}"),
        _year_month_day,
    ),
    StampFormat(
        "compact-day",  # 20260302-14:05:07
        _compiled(rf"{_PACKED_DAY}[T\x20_-]{_SHORT_CLOCK}{_ZONE}"),
        _year_month_day,
    ),
    StampFormat(
        "db2",  # 2026-03-02-14.05.07.123456
        _compiled(rf"{_YEAR_MONTH_DAY}-(?P<hour>\d\d)\.(?P<minute>\d\d)\.(?P<second>\d\d)(?:\.(?P<fraction>\d{{1,9}}))?(?!\d)"),
        _year_month_day,
    ),
    DAY_FIRST,
    MONTH_FIRST,
    SHORT_YEAR_FIRST,
    StampFormat(
        "packed-short-year",  # 081109 203615
        _compiled(rf"(?P<year>\d\d)(?P<month>\d\d)(?P<day>\d\d)\x20{_PACKED_CLOCK}(?=\x20)"),
        _year_month_day,
    ),
    StampFormat(
        "epoch",
        re.compile(
            r"(?<![\w.:/-])(?P<epoch>[12]\d{9}(?:\.\d{1,9})?|[12]\d{12}(?:\.\d{1,6})?|[12]\d{15}|[12]\d{18})(?=[\s\]),:;|\"']|$)"
        ),
        _epoch,
    ),
    StampFormat(
        "month-day",  # Android: 03-02 14:05:07.123
        _compiled(rf"(?P<month>\d\d)[-/.](?P<day>\d\d)\x20{{1,2}}{_SHORT_CLOCK}"),
        _month_day,
    ),
    StampFormat("time", re.compile(rf"(?<![\w:.+-])(?=\d\d?:\d\d:\d\d){_CLOCK}"), _time_alone),
)
"""In the order in which they are tried. The first that fits a text wins: the fuller ones come before those they contain."""
