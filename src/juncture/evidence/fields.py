"""Asking decoded JSON for what should be there: a vendor's field may be absent, null or of another type."""

from __future__ import annotations

from datetime import UTC

from juncture.model.instants import Instant, from_epoch_text, parse_iso, to_utc

Json = object
Mapping = dict[str, object]

NOTHING: Mapping = {}
_FIRST_YEAR = 1970
_LAST_YEAR = 2200


def field(value: Json, *path: str) -> Json:
    """Return what stands at `path` below `value`, None where something on the way is absent or no object."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def mapping(value: Json, *path: str) -> Mapping:
    """Return the object at `path`, an empty one where there is none."""
    found = field(value, *path)
    return found if isinstance(found, dict) else NOTHING


def items(value: Json, *path: str) -> list[object]:
    """Return the array at `path`, an empty one where there is none."""
    found = field(value, *path)
    return found if isinstance(found, list) else []


def text(value: Json, *path: str) -> str | None:
    """Return the text or number at `path` as text without blanks around it; None where absent or empty."""
    found = field(value, *path)
    if isinstance(found, bool) or not isinstance(found, str | int | float):
        return None
    return str(found).strip() or None


def number(value: Json, *path: str) -> int | None:
    """Return the whole number at `path`, written as a number or as text; None where there is none."""
    found = field(value, *path)
    if isinstance(found, str) and found.isascii() and found.isdigit() and len(found) < 19:
        return int(found)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def texts(value: Json, *path: str) -> dict[str, str]:
    """Return the object at `path` with its plain values as text; nested ones are left out."""
    given = mapping(value, *path)
    return {name: found for name in given if (found := text(given, name)) is not None}


def instant(value: Json, *path: str) -> Instant | None:
    """Return the instant at `path`: ISO 8601 with a zone (UTC without), or an epoch in seconds to nanoseconds.

    None where it is absent, no time, or stands for absence, as the year 1 does for Go's zero time.
    """
    found = text(value, *path)
    if found is None:
        return None
    try:
        bare = found.replace(".", "", 1)
        if bare.isascii() and bare.isdigit() and len(bare) >= 9:
            given = from_epoch_text(found)
        else:
            local = parse_iso(found)
            given = to_utc(local if local.tzinfo else local.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None
    return given if _FIRST_YEAR <= given.year <= _LAST_YEAR else None
