"""Sources' clocks: how far each one is from the others.

Estimating offsets from events that two sources both saw comes later; until then every clock is taken as right, and this is
the one place that says so.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache

from msgspec import Struct


class ClockOffset(Struct, frozen=True):
    """How far a source's clock is ahead of true time, within `error` to both sides, and why this is thought."""

    offset: timedelta
    error: timedelta
    reason: str


@cache
def clock_offset(source: str) -> ClockOffset:
    """Return the offset of a source's clock: zero, since offsets are not estimated yet."""
    return ClockOffset(timedelta(0), timedelta(0), f"the clock of {source} is taken as right: offsets are not estimated yet")
