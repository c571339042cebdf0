"""Events as a page lists them: by day, with shape, time, words, and when they were known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import groupby

from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.document.drawing.shapes import icon
from juncture.model.evidence import Event
from juncture.model.instants import Instant, duration_text, seconds_between

_LATER = timedelta(seconds=30)
"""Known so much later than it happened: worth saying."""
_MOST_CHARACTERS = 320


class Line(Struct, frozen=True):
    """An event in a list. `shape` is a picture of its lane, hollow where nobody saw it at once; `known` says when they did."""

    id: str
    lane: str
    shape: SafeString
    at: Instant
    time: str
    doubt: str
    summary: str
    source: str
    service: str | None
    known: str
    key: bool


class Day(Struct, frozen=True):
    """The events of one day, in their order."""

    name: str
    lines: tuple[Line, ...]


def shown(events: Sequence[Event], zone: str = "UTC") -> list[Day]:
    """Return events for a list, in the zone of this IANA name."""
    clock = Clock(zone)
    days = groupby(events, key=lambda event: clock.day(event.occurred_at))
    return [Day(name, tuple(_line(event, clock) for event in of)) for name, of in days]


def _line(event: Event, clock: Clock) -> Line:
    words = event.summary
    return Line(
        id=event.id,
        lane=str(event.lane),
        shape=shape_of(event),
        at=event.occurred_at,
        time=time_of(event, clock),
        doubt=doubt_of(event),
        summary=words if len(words) <= _MOST_CHARACTERS else f"{words[: _MOST_CHARACTERS - 1]}…",
        source=event.source,
        service=event.service,
        known=known_of(event, clock),
        key=event.key,
    )


def shape_of(event: Event) -> SafeString:
    """Return the picture of an event's lane, hollow where nobody is shown to have seen it at once."""
    late = event.known_at is None or event.known_at - event.occurred_at >= _LATER
    # A shape is built from constants alone.
    return mark_safe(icon(event.lane, hollow=late))  # noqa: S308


def time_of(event: Event, clock: Clock) -> str:
    """Return when it happened, as exactly as that is known: to the minute or to the second."""
    return clock.minute(event.occurred_at) if _is_to_the_minute(event) else clock.second(event.occurred_at)


def doubt_of(event: Event) -> str:
    """Return how far off its time may be, empty where that is less than it says."""
    width = event.latest - event.earliest
    if width < timedelta(seconds=2) or _is_to_the_minute(event):
        return ""
    return f"± {duration_text(width.total_seconds() / 2)}"


def _is_to_the_minute(event: Event) -> bool:
    width = event.latest - event.earliest
    return timedelta(seconds=59) <= width <= timedelta(seconds=60) and event.earliest.second == 0


def known_of(event: Event, clock: Clock) -> str:
    """Return when it was known and how much later, empty where that was at once or nothing shows it."""
    if event.known_at is None:
        return ""
    if event.known_at - event.occurred_at < _LATER:
        return ""
    seconds = seconds_between(event.occurred_at, event.known_at)
    later = duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)
    return f"known {clock.second(event.known_at)}, {later} later"
