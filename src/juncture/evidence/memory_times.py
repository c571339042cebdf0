"""Times as people remember them: "14:30", "around 14:30", "between 14:20 and 14:40", "just after the deploy".

A remembered time is a stretch: `around` widens by how round the number is, since whoever says 14:30 means less exactly than
whoever says 14:32. What has no clock time and names no known happening is no time: nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from juncture.evidence.times import Span, from_wall_clock
from juncture.model.instants import Instant

ANCHORS = {
    "deploy": "deployment", "deployment": "deployment", "release": "deployment", "rollback": "rollback",
    "roll-back": "rollback", "roll back": "rollback", "page": "page", "alert": "alert",
}  # fmt: skip
"""What people call a happening, and the kind of event that it is."""
NEAR, FAR = timedelta(minutes=10), timedelta(minutes=30)
"""How far `just after` reaches, and how far a plain `after` does."""

_CLOCK = (
    r"(?:(?P<day{n}>\d{{4}}-\d\d-\d\d)[ T,]+(?:at )?)?"
    r"(?P<h{n}>[01]?\d|2[0-3])(?:(?::|h)(?P<m{n}>[0-5]\d)(?::(?P<s{n}>[0-5]\d))?(?:\s?(?P<half{n}>[ap])\.?m\b\.?)?"
    r"|\s?(?P<hour_half{n}>[ap])\.?m\b\.?)(?![\d:%])"
)
_ABOUT = r"(?P<about>around|about|roughly|approximately|approx\.?|circa|ca\.?|some time around|near|towards|~)\s*"
_SIDE = r"(?P<just>just|shortly|right|soon|moments|a moment)?\s*(?P<side>before|after|by|until)\s+(?:about |around )?"
_BEFORE = r"(?<![\w:.,/=-])"
_STRETCH = re.compile(
    _BEFORE
    + r"(?:between|from)?\s*"
    + _CLOCK.format(n=1)
    + r"\s*(?:-|\u2013|\u2014|and|to|until|till)\s*"
    + _CLOCK.format(n=2),
    re.IGNORECASE,
)
_POINT = re.compile(_BEFORE + rf"(?:at\s+)?(?:{_ABOUT}|{_SIDE})?" + _CLOCK.format(n=1), re.IGNORECASE)
_NOON = re.compile(_BEFORE + rf"(?:at\s+)?(?:{_ABOUT}|{_SIDE})?(?P<noon>noon|midday)\b", re.IGNORECASE)
_ANCHORED = re.compile(
    _BEFORE
    + _SIDE.replace(r"\s+(?:about |around )?", r"\s+")
    + r"(?:the|that|our|we got the|first)\s+(?P<what>"
    + "|".join(sorted(ANCHORS, key=len, reverse=True))
    + r")\b",
    re.IGNORECASE,
)
_NO_CLOCK = re.compile(
    r"\b(?:took|takes|for|lasted|lasts|ratio(?: of)?|version|within|score|of|\d\s*(?:to|and|-|\u2013))\s*$", re.IGNORECASE
)
"""What makes of `1:30` a length, a ratio, or the end of a stretch whose beginning is not understood."""


class Remembered(NamedTuple):
    """A time in a text: the words that say it, where they stand, and the stretch that they mean."""

    words: str
    start: int
    end: int
    span: Span


def remembered(text: str, *, day: date, zone: ZoneInfo, anchors: Mapping[str, Instant] | None = None) -> Remembered | None:
    """Return the first time that a text says, None if it says none.

    `day` is that of times which stand without one. `anchors` are the instants of happenings by the kind of event
    (`deployment`): a kind that happened several times is not among them, for nobody knows which one is meant.
    """
    stretch = _stretch(text, day, zone)
    found = [one for one in (_point(text, day, zone), _anchored(text, anchors or {})) if one]
    if stretch is not None:
        # Its first half is a point of its own: "at 14:20 - 14:40".
        found = [one for one in found if one.end <= stretch.start] or [stretch]
    return min(found, key=lambda one: one.start) if found else None


def _stretch(text: str, day: date, zone: ZoneInfo) -> Remembered | None:
    for match in _STRETCH.finditer(text):
        if _NO_CLOCK.search(text[: match.start()]):
            continue
        # "from 2 to 3 pm" says the half once, for both.
        half = match["half2"] or match["hour_half2"]
        first, last = _wall(match, 1, day, half), _wall(match, 2, day, None)
        if first is None or last is None:
            continue
        if last < first and match["day2"] is None:
            last += timedelta(days=1)
        if last - first > timedelta(hours=18) or last < first:
            continue
        begin, end = _instant(first, zone), _instant(last, zone)
        return Remembered(match[0].strip(), match.start(), match.end(), Span(begin + (end - begin) / 2, begin, end))
    return None


def _point(text: str, day: date, zone: ZoneInfo) -> Remembered | None:
    for match in sorted((*_POINT.finditer(text), *_NOON.finditer(text)), key=lambda one: one.start()):
        if _NO_CLOCK.search(text[: match.start()]) and not match["about"]:
            continue
        noon = "noon" in match.groupdict()
        wall = datetime(day.year, day.month, day.day, 12) if noon else _wall(match, 1, day, None)  # noqa: DTZ001 - a wall clock
        if wall is None:
            continue
        at = _instant(wall, zone)
        if match["about"]:
            around = _width(wall)
            span = Span(at, at - around, at + around)
        elif match["side"]:
            span = _beside(at, match["side"], match["just"])
        else:
            seconds = 1 if not noon and match["s1"] else 60
            span = from_wall_clock(wall, zone, width_seconds=seconds)
        return Remembered(match[0].strip(), match.start(), match.end(), span)
    return None


def _anchored(text: str, anchors: Mapping[str, Instant]) -> Remembered | None:
    for match in _ANCHORED.finditer(text):
        at = anchors.get(ANCHORS[match["what"].lower()])
        if at is not None:
            return Remembered(match[0].strip(), match.start(), match.end(), _beside(at, match["side"], match["just"]))
    return None


def _beside(at: Instant, side: str, just: str | None) -> Span:
    reach = NEAR if just else FAR
    if side.lower() == "after":
        return Span(at + reach / 2, at, at + reach)
    return Span(at - reach / 2, at - reach, at)


def _width(wall: datetime) -> timedelta:
    """Return how far `around` reaches to either side: the rounder the number, the further."""
    if wall.second:
        return timedelta(seconds=30)
    return timedelta(minutes=10 if wall.minute % 30 == 0 else 5 if wall.minute % 5 == 0 else 2)


def _wall(match: re.Match[str], number: int, day: date, half: str | None) -> datetime | None:
    own = match[f"half{number}"] or match[f"hour_half{number}"]
    half = (own or half or "").lower()
    hour, minute, second = int(match[f"h{number}"]), int(match[f"m{number}"] or 0), int(match[f"s{number}"] or 0)
    if half:
        if not 1 <= hour <= 12:
            if own:
                return None
        else:
            hour = hour % 12 + (12 if half == "p" else 0)
    try:
        on = date.fromisoformat(match[f"day{number}"]) if match[f"day{number}"] else day
    except ValueError:
        return None
    return datetime(on.year, on.month, on.day, hour, minute, second)  # noqa: DTZ001 - a wall clock


def _instant(wall: datetime, zone: ZoneInfo) -> Instant:
    return wall.replace(tzinfo=zone).astimezone(UTC)
