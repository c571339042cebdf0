"""Wall-clock times to instants: zones, gaps and folds, and how wide a stamp is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from juncture.model.instants import Instant

_OUT_OF_ORDER = timedelta(minutes=5)
"""By how much a source that goes forward may go back all the same: a thread that is shown in between, a slow writer."""


class Span(NamedTuple):
    """When something happened: the best single instant, and the bounds that the source allows."""

    occurred_at: Instant
    earliest: Instant
    latest: Instant


def exact(instant: Instant) -> Span:
    """Return the span of an instant that is as exact as it is written."""
    return Span(instant, instant, instant)


def from_wall_clock(local: datetime, zone: ZoneInfo, *, width_seconds: float = 0, previous: Instant | None = None) -> Span:
    """Return the span of a wall-clock time in `zone`; a stamp exact to `width_seconds` covers them.

    A time that happens twice (autumn) spans both, and is placed at the first, or at the second if the first lies well before
    the `previous` instant of a source that goes forward. A time that never happens (spring) is taken with the offset from
    before the change, and spans both readings. Raises OverflowError at the ends of time.
    """
    width = timedelta(seconds=width_seconds)
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    last = max(first, second) + (width - timedelta(microseconds=1) if width else width)
    goes_on_in_second = previous is not None and first < previous - _OUT_OF_ORDER <= second
    occurred_at = second if goes_on_in_second else first
    return Span(occurred_at, min(first, second), last)
