"""Rebuild the events of an incident from its sightings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.model.evidence import Event, Series, Sighting
from juncture.model.identity import EventId
from juncture.model.record import Timeline
from juncture.timeline.build import build_timeline
from juncture.web.bulk import Value, instant, upsert
from juncture.web.evidence.models import StoredSeries, StoredSighting
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.library.indexing import index_events
from juncture.web.timeline.models import EventAlias, StoredEvent, StoredTimeline

Item = TypeVar("Item")

_SLICE = 500
_encode = msgspec.json.Encoder().encode


class Rebuilt(Struct, frozen=True):
    """A rebuilt timeline; tells which events some sightings belong to."""

    timeline: Timeline

    def count_of(self, sightings: Collection[EventId]) -> int:
        """Return how many events hold at least one of these sightings."""
        return sum(
            event.id in sightings or any(alias in sightings for alias in event.aliases) for event in self.timeline.events
        )


def rebuild_timeline(incident: Incident, *, beat: Callable[[], None] = lambda: None) -> Rebuilt:
    """Derive the incident's events anew from all its sightings, in their order of ingestion, and store what changed.

    Ids that were ever given stay: as the event's own or as an alias. `beat` is called between slices.
    """
    series = [
        msgspec.json.decode(row.body, type=Series) for row in StoredSeries.objects.filter(incident=incident).order_by("id")
    ]
    timeline = build_timeline(_sightings(incident), series)
    beat()
    _store_events(incident, timeline.events, beat)
    with transaction.atomic():
        StoredTimeline.objects.update_or_create(
            incident=incident,
            defaults={
                "milestones": _encode(timeline.milestones),
                "phases": _encode(timeline.phases),
                "notes": _encode(timeline.notes),
            },
        )
        judge_incident(incident.pk, timeline)
        index_events(incident.pk)
    return Rebuilt(timeline)


def _store_events(incident: Incident, events: Sequence[Event], beat: Callable[[], None]) -> None:
    """Write the events that are new or changed, and remove those that were joined to others; in short slices."""
    stored = StoredEvent.objects.filter(incident=incident)
    is_first = not stored.exists()
    for slice_ in _slices(events):
        ids = [event.id for event in slice_]
        old = {} if is_first else dict(stored.filter(event_id__in=ids).values_list("event_id", "body"))
        rows = [row for event in slice_ if bytes(old.get(event.id, b"")) != (row := _row(incident, event))[-1]]
        aliases = [(incident.pk, alias, event.id) for event in slice_ for alias in event.aliases]
        with transaction.atomic():
            upsert(StoredEvent, _COLUMNS, rows, unique=("incident", "event_id"), update=True)
            upsert(EventAlias, ("incident", "alias", "event_id"), aliases, unique=("incident", "alias"), update=True)
        beat()
    if not is_first:
        now = {event.id for event in events}
        gone = [key for key in stored.values_list("event_id", flat=True).iterator(10_000) if key not in now]
        for keys in _slices(gone):
            stored.filter(event_id__in=keys).delete()
            beat()


def _slices(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + _SLICE] for start in range(0, len(items), _SLICE))


def _sightings(incident: Incident) -> Iterator[Sighting]:
    decode = msgspec.json.Decoder(Sighting).decode
    known: dict[str, str] = {}
    for body in StoredSighting.objects.filter(incident=incident).order_by("id").values_list("body", flat=True).iterator(2000):
        yield _shared(decode(body), known)


def _shared(sighting: Sighting, known: dict[str, str]) -> Sighting:
    """Return the sighting with one string for all that say the same source, person or file: a third of a timeline's memory."""
    for value, names in ((sighting, ("source", "actor", "service")), (sighting.citation, ("artefact", "path"))):
        for name in names:
            text = getattr(value, name)
            if text is not None:
                msgspec.structs.force_setattr(value, name, known.setdefault(text, text))
    return sighting


_COLUMNS = ("incident", "event_id", "occurred_at", "known_at", "lane", "key", "summary", "body")


def _row(incident: Incident, event: Event) -> tuple[Value, ...]:
    return (
        incident.pk,
        event.id,
        instant(event.occurred_at),
        instant(event.known_at),
        str(event.lane),
        event.key,
        event.summary,
        _encode(event),
    )
