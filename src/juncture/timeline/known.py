"""What responders knew at an instant."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from juncture.model.evidence import Event, Note
from juncture.model.identity import EventId
from juncture.model.instants import Instant


class Known(Struct, frozen=True):
    """What was known, as it was known then, and the ids of what was recorded and not seen."""

    known: tuple[Event, ...]
    not_seen: tuple[EventId, ...]
    notes: tuple[Note, ...] = ()


def known_at(events: Sequence[Event], at: Instant) -> Known:
    """Return what responders knew at `at`."""
    known = tuple(event for event in events if event.known_at is not None and event.known_at <= at)
    shown = {event.id for event in known}
    not_seen = tuple(
        event.id for event in events if event.id not in shown and event.recorded_at is not None and event.recorded_at <= at
    )
    return Known(known, not_seen)
