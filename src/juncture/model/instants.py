"""Instants: points in time with a zone, to the microsecond.

An `Instant` is an aware `datetime` in UTC. Wall-clock times that still lack a zone are plain `datetime` values and never leave
the reader that met them (`juncture.evidence.times` turns them into instants, and says how sure it is).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated

from msgspec import Meta

Instant = Annotated[datetime, Meta(tz=True, description="ISO 8601 with zone, in UTC")]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

_EPOCH_TEXT = re.compile(r"[+-]?\d{1,19}(\.\d{1,9})?")
_FINER_THAN_MICROSECONDS = re.compile(r"(\.\d{6})\d+")
_GO_ZONE = re.compile(r"(?<=[+-]\d{4})\x20(?:[A-Z]{3,5}|[+-]\d\d)(?:\x20m=[+-][\d.]+)?$")
"""What Go's `Time.String` writes behind the offset: `2026-03-02 14:02:00.5 +0000 UTC`."""
_OFFSET_WITHOUT_COLON = re.compile(r"([+-]\d\d)(\d\d)$")


def from_epoch(seconds: int, microseconds: int = 0) -> Instant:
    """Return the instant `seconds` and `microseconds` after 1970-01-01T00:00:00Z.

    Exact: no floating point is involved. Raises OverflowError outside the years 1 to 9999.
    """
    return EPOCH + timedelta(seconds=seconds, microseconds=microseconds)


def from_epoch_text(text: str) -> Instant:
    """Return the instant that a decimal epoch names; the unit is told by its size.

    Up to 11 whole digits are seconds, to 14 milliseconds, to 17 microseconds, more are nanoseconds, so every unit covers
    the years 1973 to 5138. Fractions of seconds are kept to the microsecond. Raises ValueError or OverflowError.
    """
    sign = -1 if text.startswith("-") else 1
    whole, _, fraction = text.lstrip("+-").partition(".")
    size = len(whole.lstrip("0"))
    if size <= 11:
        return from_epoch(sign * int(whole), sign * int((fraction + "000000")[:6]))
    if size <= 14:
        return from_epoch(0, sign * (int(whole) * 1000 + int((fraction + "000")[:3])))
    if size <= 17:
        return from_epoch(0, sign * int(whole))
    return from_epoch(0, sign * (int(whole) // 1000))


def parse_iso(text: str) -> datetime:
    """Return what an ISO 8601 text says: aware if it names a zone or offset, else naive.

    Digits beyond microseconds are cut; a blank before the offset and an offset without a colon are accepted. Raises
    ValueError.
    """
    cleaned = _FINER_THAN_MICROSECONDS.sub(r"\1", text.strip().replace(",", ".", 1))
    cleaned = _GO_ZONE.sub("", cleaned)
    cleaned = re.sub(r"\s+(?=[+-]\d\d:?\d\d$)", "", cleaned)
    cleaned = re.sub(r"\s*(?:Z|z|UTC|GMT)$", "+00:00", cleaned)
    return datetime.fromisoformat(_OFFSET_WITHOUT_COLON.sub(r"\1:\2", cleaned))


def parse_instant(text: str) -> Instant:
    """Return the instant that a person gave: ISO 8601 with a zone, or epoch seconds. ISO without a zone is read as UTC.

    Raises ValueError with a sentence that says what to write instead.
    """
    try:
        if _EPOCH_TEXT.fullmatch(text.strip()):
            return from_epoch_text(text.strip())
        value = parse_iso(text)
        return to_utc(value if value.tzinfo else value.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        message = f"{text!r} is not an instant: write ISO 8601 such as 2026-03-02T14:32:00Z, or epoch seconds"
        raise ValueError(message) from None


def to_utc(value: datetime) -> Instant:
    """Return an aware datetime as an instant in UTC.

    Raises ValueError for a naive one, OverflowError at the ends of time.
    """
    if value.tzinfo is None:
        message = "a time without a zone is not an instant"
        raise ValueError(message)
    return value.astimezone(UTC)


def seconds_between(first: Instant, then: Instant) -> float:
    """Return the seconds from `first` to `then`; negative if `then` is earlier."""
    return (then - first).total_seconds()


def to_iso(instant: Instant) -> str:
    """Return ISO 8601 in UTC with `Z`; fractions only where there are any, then in milliseconds or microseconds."""
    text = instant.astimezone(UTC).isoformat(timespec="auto").replace("+00:00", "Z")
    return text.replace("000Z", "Z") if "." in text else text


def clock_time(instant: Instant) -> str:
    """Return the time of day in UTC to the second, `14:32:07`."""
    return instant.strftime("%H:%M:%S")


def duration_text(seconds: float) -> str:
    """Return a duration as a person says it: `45 s`, `12 min 2 s`, `3 h 5 min`, `2 d 4 h`; no number parts from its unit."""
    whole = round(abs(seconds))
    if whole < 60:
        parts = [(whole, "s")]
    elif whole < 3600:
        parts = [(whole // 60, "min"), (whole % 60, "s")]
    elif whole < 86400:
        parts = [(whole // 3600, "h"), (whole % 3600 // 60, "min")]
    else:
        parts = [(whole // 86400, "d"), (whole % 86400 // 3600, "h")]
    text = " ".join(f"{number}\N{NO-BREAK SPACE}{unit}" for number, unit in parts if number or unit == parts[0][1])
    return f"\N{MINUS SIGN}{text}" if seconds < 0 and whole else text
