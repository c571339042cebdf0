"""When it started, as people say it: "around 14:30", "yesterday 22:10", or ISO 8601."""

from __future__ import annotations

import datetime as dt
import re
from zoneinfo import ZoneInfo

from juncture.web.access.errors import Invalid

_ABOUT = re.compile(r"^(?:around|about|circa|ca\.?|at|~)\s*", re.IGNORECASE)
_CLOCK = re.compile(r"^(\d{1,2})(?:[:.h](\d{2})(?::(\d{2}))?)?\s*(am|pm)?$", re.IGNORECASE)
_AGO = re.compile(r"^(\d{1,4})\s*(min(?:ute)?s?|h(?:ours?)?)(?:\s+ago)?$", re.IGNORECASE)
_DAY_WORDS = {"today": 0, "yesterday": 1}
_HOW = "Write it such as 14:30, around 14:30, yesterday 22:10, 20 min ago or 2026-03-02T14:05Z."


def moment_of(text: str, *, day: dt.date | None, zone: str, now: dt.datetime) -> dt.datetime | None:
    """Return the instant that somebody means, in UTC; None for an empty text.

    `day` is the day of a time without one: today where it is None, in the zone of this IANA name. Raises Invalid.
    """
    words = _plain(text)
    if not words:
        return None
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    if words.casefold() in {"now", "just now"}:
        return now
    if ago := _AGO.match(words):
        step = dt.timedelta(hours=int(ago[1])) if ago[2].lower().startswith("h") else dt.timedelta(minutes=int(ago[1]))
        return now - step
    for word, back in _DAY_WORDS.items():
        found = re.sub(rf"\s*\b{word}\b,?\s*", " ", words, flags=re.IGNORECASE).strip()
        if found != words:
            day, words = today - dt.timedelta(days=back), _plain(found)
            break
    clock = _clock(words)
    if clock is not None:
        return _in_utc(dt.datetime.combine(day or today, clock, here), text)
    try:
        whole = dt.datetime.fromisoformat(words)
    except ValueError:
        raise Invalid(f"{text.strip()[:60]!r} is no time that is understood here. {_HOW}") from None
    return _in_utc(whole if whole.tzinfo else whole.replace(tzinfo=here), text)


def _plain(text: str) -> str:
    return _ABOUT.sub("", " ".join(text.split())).strip()


def _clock(words: str) -> dt.time | None:
    found = _CLOCK.match(words)
    if found is None or not (found[2] or found[4]):
        return None
    hour, minute, second, half = int(found[1]), int(found[2] or 0), int(found[3] or 0), (found[4] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise Invalid(f"{words} is no time of a day. {_HOW}")
        hour = hour % 12 + (12 if half == "pm" else 0)
    try:
        return dt.time(hour, minute, second)
    except ValueError:
        raise Invalid(f"{words} is no time of a day. {_HOW}") from None


def _in_utc(moment: dt.datetime, text: str) -> dt.datetime:
    try:
        return moment.astimezone(dt.UTC)
    except (OverflowError, ValueError):
        raise Invalid(f"{text.strip()[:60]} lies outside the years that can be written. {_HOW}") from None
