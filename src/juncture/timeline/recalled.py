"""Times as a person remembers them: `14:32:10`, `14:30`, `around 14:30`, `14:20 to 14:40`, `14:30 ± 2 min`; a day may precede.

What is told to the second is exact; to the minute, it lies somewhere in that minute; around a time, within `AROUND` of it.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, tzinfo

from msgspec import Struct

from juncture.model.instants import Instant

AROUND = timedelta(minutes=5)
"""How far off a time may be that is remembered as about right."""
_MINUTE = timedelta(minutes=1)
_TIME = r"(?:(?P<day{0}>\d{{4}}-\d{{2}}-\d{{2}})[ T])?(?P<time{0}>\d{{1,2}}:\d{{2}}(?::\d{{2}}(?:[.,]\d{{1,6}})?)?)"
_SPAN = re.compile(rf"(?:between |from )?{_TIME.format(1)} ?(?:-|\u2013|to|and|until) ?{_TIME.format(2)}")
_ONE = re.compile(
    rf"(?P<about>around |about |ca\.? |circa |~ ?)?{_TIME.format(1)}"
    r"(?: ?(?:±|\+/-|\+-) ?(?P<off>\d{1,4}) ?(?P<unit>s|sec|m|min|h)\b\.?)?"
)
_UNITS = {"s": 1, "sec": 1, "m": 60, "min": 60, "h": 3600}
_HINT = "Write a time such as 14:32:10, 14:30, around 14:30, 14:20 to 14:40, or 2026-03-10 14:30."


class Recalled(Struct, frozen=True):
    """When something happened as far as somebody remembers: between `earliest` and `latest`, at best `occurred_at`."""

    occurred_at: Instant
    earliest: Instant
    latest: Instant


def recalled(text: str, day: date, zone: tzinfo) -> Recalled:
    """Return the instants that a person means on `day` in `zone`. Raises ValueError with a sentence that says what to write."""
    words = " ".join(text.split()).lower().removeprefix("at ")
    try:
        if found := _SPAN.fullmatch(words):
            return _between(found, day, zone)
        if found := _ONE.fullmatch(words):
            return _one(found, day, zone)
    except (ValueError, OverflowError):
        raise ValueError(f"{text.strip()[:60]!r} is a time that no clock shows. {_HINT}") from None
    raise ValueError(f"{text.strip()[:60]!r} is not read as a time. {_HINT}" if words else f"It needs a time. {_HINT}")


def _between(found: re.Match[str], day: date, zone: tzinfo) -> Recalled:
    start, first = _instant(found, 1, day, zone)
    then = first if found["day2"] is None else day
    end, _ = _instant(found, 2, then, zone)
    if end < start and found["day2"] is None:
        end += timedelta(days=1)
    if end < start:
        raise ValueError
    return Recalled(start + (end - start) / 2, start, end)


def _one(found: re.Match[str], day: date, zone: tzinfo) -> Recalled:
    at, _ = _instant(found, 1, day, zone)
    off = timedelta(seconds=int(found["off"]) * _UNITS[found["unit"]]) if found["off"] else (AROUND if found["about"] else None)
    if off is not None:
        return Recalled(at, at - off, at + off)
    to_the_minute = found["time1"].count(":") == 1
    return Recalled(at, at, at + _MINUTE if to_the_minute else at)


def _instant(found: re.Match[str], number: int, day: date, zone: tzinfo) -> tuple[Instant, date]:
    told = found[f"day{number}"]
    on = date.fromisoformat(told) if told else day
    hour, minute, *second = found[f"time{number}"].replace(",", ".").split(":")
    whole, _, part = second[0].partition(".") if second else ("0", "", "")
    at = datetime(on.year, on.month, on.day, int(hour), int(minute), int(whole), int((part + "000000")[:6]), tzinfo=zone)
    return at.astimezone(UTC), on
