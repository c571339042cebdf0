"""Rebuild the events of an incident from its sightings."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.model.evidence import Event, Series, Sighting
from juncture.model.identity import EventId
from juncture.model.record import Timeline
from juncture.timeline.build import build_timeline
from juncture.web.evidence.models import StoredSeries, StoredSighting
from juncture.web.incidents.models import Incident
from juncture.web.timeline.models import EventAlias, StoredEvent, StoredTimeline

_SLICE = 500


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
    old = dict(StoredEvent.objects.filter(incident=incident).values_list("event_id", "body"))
    encode = msgspec.json.Encoder().encode
    new = {event.id: (event, encode(event)) for event in timeline.events}
    changed = [_row(incident, event, body) for key, (event, body) in new.items() if bytes(old.get(key, b"")) != body]
    for start in range(0, len(changed), _SLICE):
        StoredEvent.objects.bulk_create(
            changed[start : start + _SLICE],
            update_conflicts=True,
            unique_fields=["incident", "event_id"],
            update_fields=["occurred_at", "known_at", "lane", "key", "summary", "body"],
        )
        beat()
    with transaction.atomic():
        gone = [key for key in old if key not in new]
        for start in range(0, len(gone), _SLICE):
            StoredEvent.objects.filter(incident=incident, event_id__in=gone[start : start + _SLICE]).delete()
        aliases = [
            EventAlias(incident=incident, alias=alias, event_id=event.id)
            for event in timeline.events
            for alias in event.aliases
        ]
        EventAlias.objects.bulk_create(
            aliases, batch_size=_SLICE, update_conflicts=True, unique_fields=["incident", "alias"], update_fields=["event_id"]
        )
        StoredTimeline.objects.update_or_create(
            incident=incident,
            defaults={
                "milestones": encode(timeline.milestones),
                "phases": encode(timeline.phases),
                "notes": encode(timeline.notes),
            },
        )
    return Rebuilt(timeline)


def _sightings(incident: Incident) -> Iterator[Sighting]:
    decode = msgspec.json.Decoder(Sighting).decode
    for body in StoredSighting.objects.filter(incident=incident).order_by("id").values_list("body", flat=True).iterator(2000):
        yield decode(body)


def _row(incident: Incident, event: Event, body: bytes) -> StoredEvent:
    return StoredEvent(
        incident=incident,
        event_id=event.id,
        occurred_at=event.occurred_at,
        known_at=event.known_at,
        lane=event.lane,
        key=event.key,
        summary=event.summary,
        body=body,
    )
