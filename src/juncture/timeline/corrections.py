"""What persons changed, laid over the sightings: times, words, lanes, pins, what is hidden, split, joined and added.

Corrections are applied in the order in which they were made; of two that say different things of one event the later wins.
Ids never change: a joined event's id becomes an alias, what is taken out of an event gets an id made of the event's and the
sightings', and an added event has the id that it was given. Nothing is lost: undoing is another correction.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from juncture.model.evidence import Event, Lane, Sighting
from juncture.model.identity import EventId, sighting_id
from juncture.model.instants import Instant
from juncture.timeline.merge import as_event, together

PINNED = "pinned"
"""Why an event is key that a person pinned."""


class CorrectionKind(StrEnum):
    """What a person changes about an event."""

    TIME = "time"
    TEXT = "text"
    LANE = "lane"
    PIN = "pin"
    UNPIN = "unpin"
    HIDE = "hide"
    SHOW = "show"
    ANNOTATE = "annotate"
    SPLIT = "split"
    JOIN = "join"
    ADD = "add"


class Corrected(Struct, frozen=True, omit_defaults=True):
    """What a correction makes of an event: only the fields of its kind are there.

    `sightings` are taken out of the event by a split and make the event `other`; a join brings `other` into the event;
    `event` is one that was added.
    """

    occurred_at: Instant | None = None
    earliest: Instant | None = None
    latest: Instant | None = None
    summary: str | None = None
    lane: Lane | None = None
    annotation: str | None = None
    sightings: tuple[EventId, ...] = ()
    other: EventId | None = None
    event: Event | None = None


class Correction(Struct, frozen=True):
    """One correction: of which event, by the id that it had then, and what it says."""

    event: EventId
    kind: CorrectionKind
    after: Corrected = Corrected()


class LaidOver(Struct, frozen=True):
    """Events as corrected: `shown` in order, `hidden` apart, and the ids that persons pinned and unpinned."""

    shown: tuple[Event, ...]
    hidden: tuple[Event, ...]
    pinned: frozenset[EventId]
    unpinned: frozenset[EventId]


def split_id(event: EventId, sightings: Iterable[EventId]) -> EventId:
    """Return the id of what is taken out of an event: made of the event's id and the sightings'."""
    return sighting_id("split", event, *sorted(sightings))


def corrected_ids(corrections: Iterable[Correction]) -> frozenset[EventId]:
    """Return every id that corrections speak of: of events, and of sightings that they take out or bring in."""
    return frozenset(
        identity
        for correction in corrections
        for identity in (correction.event, correction.after.other, *correction.after.sightings)
        if identity is not None
    )


class Parts:
    """Which sightings stand apart and which events are one, as far as persons said so."""

    def __init__(self, corrections: Iterable[Correction]) -> None:
        """Read the splits and joins, in order: a later one takes back an earlier one of the same things."""
        self._apart: dict[EventId, Correction] = {}
        self._joins: list[tuple[EventId, EventId]] = []
        self._names: dict[EventId, EventId] = {}
        self._taken: list[Sighting] = []
        self._added: dict[EventId, Event] = {}
        for correction in corrections:
            if correction.after.event is not None:
                self._added[correction.after.event.id] = correction.after.event
            other = correction.after.other
            if other is None:
                continue
            if correction.kind is CorrectionKind.SPLIT:
                taken = set(correction.after.sightings)
                self._joins = [pair for pair in self._joins if pair[1] not in taken]
                self._apart[other] = correction
            elif correction.kind is CorrectionKind.JOIN:
                undone = self._apart.pop(other, None)
                if undone is not None:
                    self._names[other] = undone.after.sightings[0]
                self._joins.append((correction.event, undone.after.sightings[0] if undone else other))
        self._holders = {
            sighting: other for other, correction in self._apart.items() for sighting in correction.after.sightings
        }

    def staying(self, sightings: Iterable[Sighting]) -> Iterator[Sighting]:
        """Yield the sightings that nobody took out, and keep the others for `laid`."""
        for sighting in sightings:
            if sighting.id in self._holders:
                self._taken.append(sighting)
            else:
                yield sighting

    def laid(self, merged: Sequence[Event]) -> list[Event]:
        """Return the events with those that were added and what was taken out, and those joined that persons joined."""
        events = {event.id: event for event in merged} | self._added
        for other in self._apart:
            parts = [as_event(each) for each in self._taken if self._holders[each.id] == other]
            if parts:
                whole = together(parts)
                ids = {whole.id, *whole.aliases}
                events[other] = replace(whole, id=other, aliases=tuple(sorted(ids)))
        if self._joins:
            self._join(events)
        return sorted(events.values(), key=lambda event: (event.occurred_at, event.id))

    def _join(self, events: dict[EventId, Event]) -> None:
        held = {alias: event.id for event in events.values() for alias in (event.id, *event.aliases)}
        for into, other in self._joins:
            first, second = held.get(into), held.get(other)
            if first is None or second is None or first == second:
                continue
            one = together((events[first], events.pop(second)))
            events[first] = one
            held |= dict.fromkeys((one.id, *one.aliases), first)
        for old, sighting in self._names.items():
            holder = held.get(sighting)
            if holder is not None and old not in events:
                events[holder] = replace(events[holder], aliases=tuple(sorted({*events[holder].aliases, old})))


def lay_over(events: Sequence[Event], corrections: Sequence[Correction]) -> LaidOver:
    """Return events with every correction but what `Parts` has laid applied in order."""
    if not corrections:
        return LaidOver(tuple(events), (), frozenset(), frozenset())
    by_id = {event.id: event for event in events}
    names = {alias: event.id for event in events for alias in event.aliases}
    marks: dict[EventId, CorrectionKind] = {}
    hidden: set[EventId] = set()
    for correction in corrections:
        event = by_id.get(names.get(correction.event, correction.event))
        if event is None:
            continue
        if correction.kind is CorrectionKind.ADD:
            marks[event.id] = CorrectionKind.PIN
        elif correction.kind in {CorrectionKind.PIN, CorrectionKind.UNPIN}:
            marks[event.id] = correction.kind
        elif correction.kind is CorrectionKind.HIDE:
            hidden.add(event.id)
        elif correction.kind is CorrectionKind.SHOW:
            hidden.discard(event.id)
        else:
            by_id[event.id] = changed(event, correction.after)
    ordered = sorted(by_id.values(), key=lambda event: (event.occurred_at, event.id))
    return LaidOver(
        tuple(event for event in ordered if event.id not in hidden),
        tuple(replace(event, key=False, why_key=None) for event in ordered if event.id in hidden),
        frozenset(event for event, kind in marks.items() if kind is CorrectionKind.PIN),
        frozenset(event for event, kind in marks.items() if kind is CorrectionKind.UNPIN),
    )


def changed(event: Event, after: Corrected) -> Event:
    """Return an event with the time, words or lane that a correction gives; what it does not speak of stays."""
    if after.occurred_at is not None:
        moved = after.occurred_at - event.occurred_at
        event = replace(
            event,
            occurred_at=after.occurred_at,
            earliest=after.earliest or after.occurred_at,
            latest=after.latest or after.occurred_at,
            ended_at=event.ended_at + moved if event.ended_at is not None else None,
            known_at=event.known_at if event.known_at is None else max(event.known_at, after.earliest or after.occurred_at),
        )
    if after.summary is not None:
        event = replace(event, summary=after.summary)
    if after.lane is not None:
        event = replace(event, lane=after.lane)
    return event


def pinned(events: Iterable[Event], laid: LaidOver) -> Iterator[Event]:
    """Yield events with persons' pins over what the program found worth telling."""
    for event in events:
        if event.id in laid.pinned:
            yield replace(event, key=True, why_key=event.why_key or PINNED)
        elif event.id in laid.unpinned:
            yield replace(event, key=False, why_key=None)
        else:
            yield event
