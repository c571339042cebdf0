"""Instants that can be reckoned with. Broken clocks say year 1 or 9999, where a minute earlier or later is no time at all."""

from __future__ import annotations

from juncture.model.evidence import Event
from juncture.model.instants import Instant

_FIRST_YEAR, _LAST_YEAR = 2, 9998


def is_within_reach(at: Instant) -> bool:
    """Return whether days can be added to and taken from an instant."""
    return _FIRST_YEAR <= at.year <= _LAST_YEAR


def can_be_placed(event: Event) -> bool:
    """Return whether an event can be set beside others in time; nothing is told from those that cannot."""
    return is_within_reach(event.occurred_at) and (event.ended_at is None or is_within_reach(event.ended_at))
