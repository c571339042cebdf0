"""The dates that git prints (git-log(1), option `--date`): default, iso, iso-strict, rfc, unix, raw, short, local."""

from __future__ import annotations

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

from juncture.evidence.times import Span, exact, from_wall_clock
from juncture.model.instants import from_epoch, parse_iso, to_utc

DATE = re.compile(
    r"""(?x)
    (?P<iso> \d{4}-\d\d-\d\d [ T] \d\d:\d\d (?: :\d\d (?:\.\d+)? )? ) (?: \s? (?P<iso_zone> Z | [+-]\d\d:?\d\d ) \b )?
    | (?: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \s (?P<month> [A-Z][a-z]{2} ) \s+ (?P<day> \d{1,2} ) \s
        (?P<time> \d\d:\d\d:\d\d ) \s (?P<year> \d{4} ) (?: \s (?P<zone> [+-]\d{4} ) )? )
    | (?: (?: (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \s )? (?P<rfc_day> \d{1,2} ) \s (?P<rfc_month> [A-Z][a-z]{2} ) \s
        (?P<rfc_year> \d{4} ) \s (?P<rfc_time> \d\d:\d\d:\d\d ) \s (?P<rfc_zone> [+-]\d{4} ) )
    | (?P<unix> (?<![\w.-]) \d{9,10} (?! [\w.-] ) ) (?: \s [+-]\d{4} \b )?
    | (?P<short> (?<![\w-]) \d{4}-\d\d-\d\d (?! [\w-] ) )
    """
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UTC = ZoneInfo("UTC")


def date_in(text: str, zone: ZoneInfo | None) -> tuple[Span, bool] | None:
    """Return when the first date in `text` is, and whether its zone had to be assumed; None where there is none.

    A date without a zone (`--date=local`, `short`) is taken in `zone`, in UTC if that is None; `short` covers its day.
    """
    match = DATE.search(text)
    if match is None:
        return None
    try:
        return _read(match, zone)
    except (ValueError, OverflowError):
        return None


def _read(match: re.Match[str], zone: ZoneInfo | None) -> tuple[Span, bool]:
    groups = match.groupdict()
    if groups["unix"]:
        return exact(from_epoch(int(groups["unix"]))), False
    if groups["short"]:
        noon = timedelta(hours=12)
        span = from_wall_clock(parse_iso(groups["short"]), zone or _UTC, width_seconds=86400)
        return span._replace(occurred_at=min(span.occurred_at + noon, span.latest)), zone is None
    if groups["iso"]:
        written, offset = groups["iso"], groups["iso_zone"]
    elif groups["month"]:
        written, offset = _written(groups["year"], groups["month"], groups["day"], groups["time"]), groups["zone"]
    else:
        written = _written(groups["rfc_year"], groups["rfc_month"], groups["rfc_day"], groups["rfc_time"])
        offset = groups["rfc_zone"]
    if offset:
        return exact(to_utc(parse_iso(f"{written}{offset}"))), False
    return from_wall_clock(parse_iso(written), zone or _UTC), zone is None


def _written(year: str, month: str, day: str, time: str) -> str:
    return f"{year}-{_MONTHS.index(month) + 1:02}-{int(day):02}T{time}"
