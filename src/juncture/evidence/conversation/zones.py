"""Zones that a text names: `14:05 CET`, `2:05 PM UTC+2`, `all times are in UTC`."""

from __future__ import annotations

import re
from datetime import timedelta, timezone

_HOURS = {
    "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "BST": 1, "CET": 1, "MEZ": 1, "CEST": 2, "MESZ": 2, "EET": 2, "EEST": 3,
    "MSK": 3,     "SGT": 8, "HKT": 8, "AWST": 8, "JST": 9, "KST": 9, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip
"""Hours east of Greenwich. An abbreviation that several zones share is read as chat programs in English use it."""
_OFFSET = re.compile(r"(?:UTC|GMT)?\s?(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d\d)?")
_SAID = re.compile(
    r"(?:all\s|alle\s)?(?:times?|timestamps?|zeiten|uhrzeiten|heures)\s(?:are\s|is\s|in\s|shown\s|given\s|sind\s){0,3}(?:in\s)?"
    r"\(?(?P<zone>(?:UTC|GMT)(?:[+-]\d{1,2}(?::?\d\d)?)?|[A-Z]{3,4})\b",
    re.IGNORECASE,
)
_LOOKED_AT = 20_000


def fixed_zone(text: str) -> timezone | None:
    """Return the offset that a zone's name or number stands for."""
    upper = text.strip().upper()
    if upper in _HOURS:
        return timezone(timedelta(hours=_HOURS[upper]), upper)
    match = _OFFSET.fullmatch(upper)
    if not match:
        return None
    offset = timedelta(hours=int(match["hours"]), minutes=int(match["minutes"] or 0))
    if offset >= timedelta(hours=15):
        return None
    return timezone(-offset if match["sign"] == "-" else offset)


def zone_said_in(text: str) -> tuple[str, timezone] | None:
    """Return the zone that a text says its times are in, as written and as an offset."""
    for match in _SAID.finditer(text, 0, _LOOKED_AT):
        if match["zone"].isupper() and (zone := fixed_zone(match["zone"])):
            return match["zone"], zone
    return None
