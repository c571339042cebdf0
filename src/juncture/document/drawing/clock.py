"""Instants in one zone, as a reader is told them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from juncture.model.instants import EPOCH, Instant

_MILLISECOND = timedelta(milliseconds=1)


class Clock:
    """Says instants in the zone whose IANA name is given; one zone a document, named once a view."""

    def __init__(self, zone: str = "UTC") -> None:
        """Raise ZoneInfoNotFoundError where there is no such zone."""
        self.zone = zone
        self._info = ZoneInfo(zone)

    def local(self, instant: Instant) -> datetime:
        """Return the wall clock's reading; at the ends of time, where no other zone has a reading, that of UTC."""
        try:
            return instant.astimezone(self._info)
        except OverflowError:
            return instant.astimezone(UTC)

    def second(self, instant: Instant) -> str:
        """Return `14:32:07`."""
        return f"{self.local(instant):%H:%M:%S}"

    def minute(self, instant: Instant) -> str:
        """Return `14:32`."""
        return f"{self.local(instant):%H:%M}"

    def day(self, instant: Instant) -> str:
        """Return `Tuesday 10 March 2026`."""
        local = self.local(instant)
        return f"{local:%A} {local.day} {local:%B} {local.year}"

    def short_day(self, instant: Instant) -> str:
        """Return `10 Mar`."""
        local = self.local(instant)
        return f"{local.day}\N{NO-BREAK SPACE}{local:%b}"

    def exact(self, instant: Instant) -> str:
        """Return `2026-03-10 14:32:07.118`, with fractions only where there are any."""
        return self.local(instant).replace(tzinfo=None).isoformat(" ").removesuffix("000")


def milliseconds(instant: Instant) -> int:
    """Return whole milliseconds since 1970, rounded up: what a page compares, and never earlier than the instant."""
    return -((EPOCH - instant) // _MILLISECOND)
