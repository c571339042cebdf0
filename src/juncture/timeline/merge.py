"""From sightings to events: what several sources saw is one event with several citations."""

from __future__ import annotations

from collections.abc import Iterable

from juncture.model.evidence import Event, Sighting


def merge(sightings: Iterable[Sighting]) -> list[Event]:
    """Return the events of sightings, sorted by `occurred_at`, then `id`."""
    seen: dict[str, Sighting] = {}
    for sighting in sightings:
        seen.setdefault(sighting.id, sighting)
    events = [as_event(sighting) for sighting in seen.values()]
    events.sort(key=lambda event: (event.occurred_at, event.id))
    return events


def as_event(sighting: Sighting) -> Event:
    """Return the event of one sighting alone."""
    return Event(
        id=sighting.id,
        occurred_at=sighting.occurred_at,
        earliest=sighting.earliest,
        latest=sighting.latest,
        recorded_at=sighting.recorded_at,
        known_at=sighting.known_at,
        known_by=sighting.known_by,
        ended_at=sighting.ended_at,
        lane=sighting.lane,
        kind=sighting.kind,
        source=sighting.source,
        actor=sighting.actor,
        service=sighting.service,
        summary=sighting.summary,
        citations=(sighting.citation,),
        links=sighting.links,
        details=sighting.details,
    )
