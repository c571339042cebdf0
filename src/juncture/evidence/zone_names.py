"""Zone abbreviations in log text: `CET`, `PDT`, `Etc/UTC`.

The offsets are those of the tz database for the regions where each abbreviation is official. Some mean several things; what
most logs mean is taken, and `AMBIGUOUS` says which, so that a reader can note it. A zone that the caller names decides first:
`IST` is Irish in Europe/Dublin.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

MINUTES_EAST = {
    "UTC": 0, "GMT": 0, "Z": 0, "UCT": 0, "WET": 0, "WEST": 60, "BST": 60, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120,
    "EET": 120, "EEST": 180, "MSK": 180, "TRT": 180, "SAST": 120, "CAT": 120, "EAT": 180, "WAT": 60, "IST": 330, "PKT": 300,
    "WIB": 420, "ICT": 420, "HKT": 480, "SGT": 480, "PHT": 480, "AWST": 480, "JST": 540, "KST": 540, "ACST": 570,
    "ACDT": 630, "AEST": 600, "AEDT": 660, "NZST": 720, "NZDT": 780, "BRT": -180, "ART": -180, "CLT": -240, "CLST": -180,
    "NST": -210, "NDT": -150, "AST": -240, "ADT": -180, "EST": -300, "EDT": -240, "CST": -360, "CDT": -300, "MST": -420,
    "MDT": -360, "PST": -480, "PDT": -420, "AKST": -540, "AKDT": -480, "HST": -600,
}  # fmt: skip
AMBIGUOUS = frozenset({"IST", "CST", "AST", "BST", "ART", "ACST"})

_FROM_UTC = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?(?::?\d\d)?")
_AREA = re.compile(r"[A-Z][A-Za-z]+(?:/[A-Z][A-Za-z0-9_+-]*)+")


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo | None:
    """Return the zone of an abbreviation (`CEST`), an offset (`+0100`, `-05`, `UTC-4`) or an area (`Europe/Berlin`).

    None if the name is none that is known here, or an offset of a day and more.
    """
    if name in MINUTES_EAST:
        minutes = MINUTES_EAST[name]
        return timezone(timedelta(minutes=minutes)) if minutes else UTC
    if match := _FROM_UTC.fullmatch(name):
        minutes = int(match[2]) * 60 + int(match[3] or 0)
        if minutes >= 24 * 60:
            return None
        return timezone(timedelta(minutes=-minutes if match[1] == "-" else minutes)) if minutes else UTC
    if _AREA.fullmatch(name):
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            return None
    return None


def meant_by(name: str, local: datetime, zone: ZoneInfo | None) -> tzinfo | None:
    """Return the zone that `name` means for a wall-clock time, where the caller says that times are in `zone`.

    The offset under which `zone` itself uses that name decides before the table does. Raises OverflowError at the ends of
    time.
    """
    if zone is not None and name in AMBIGUOUS:
        for fold in (0, 1):
            there = local.replace(tzinfo=zone, fold=fold)
            offset = there.utcoffset()
            if there.tzname() == name and offset is not None:
                return timezone(offset)
    return zone_named(name)
