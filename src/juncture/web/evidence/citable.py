"""What a postmortem may show of the evidence: places of events and series of its incident, and no other place of an artefact.

Anybody who writes may put any hash and any place into a text. It is a citation where it says what an event rests on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache

import msgspec
from msgspec import Struct

from juncture.casework.drafting import citations_of
from juncture.model.evidence import Citation, Event, Sighting
from juncture.model.identity import ArtefactHash
from juncture.model.record import Postmortem
from juncture.web.evidence.models import StoredSeries, StoredSighting
from juncture.web.timeline.models import EventAlias, StoredEvent

Place = tuple[str, str]
"""An artefact's hash, and a place in it."""

_BOUND = re.compile(
    r"^\[\^[^\]\s]+\]: .*?\((?:event ([0-9a-f]{32}))?(?:(?:, )?(sha256:[0-9a-f]{64}), ([^\s)]*))?\)\s*$", re.MULTILINE
)
_AT_ONCE = 500
_MOST_EVENTS = 20_000
"""Events that are looked through for a place that no id leads to."""


class _OfSeries(Struct, frozen=True):
    """A series without its samples."""

    citation: Citation


def cited_by(record: Postmortem) -> tuple[Citation, ...]:
    """Return a citation of every place that a record cites, also in its footnotes: whatever somebody wrote there."""
    places: dict[Place, Citation] = {}
    for one in (*citations_of(record), *_in_footnotes(record)):
        places.setdefault((one.artefact, one.place), one)
    return tuple(places.values())


def citable_in(record: Postmortem, incident: str, rebuilt: datetime | None) -> tuple[Citation, ...]:
    """Return those citations of a record, its footnotes included, that are places of events or series of an incident.

    For who was let in to the incident. An event is found by the ids that the record binds it by, as it is now and as it was
    read; what stands without an id is looked for among the incident's series, and the events of a timeline of some length.
    `rebuilt` is when its timeline was rebuilt last: what was found is kept until then.
    """
    cited = cited_by(record)
    wanted = frozenset((one.artefact, one.place) for one in cited)
    found = _citable(incident, wanted, frozenset(_ids_in(record)), rebuilt)
    return tuple(one for one in cited if (one.artefact, one.place) in found)


@lru_cache(maxsize=256)
def _citable(incident: str, wanted: frozenset[Place], ids: frozenset[str], rebuilt: datetime | None) -> frozenset[Place]:  # noqa: ARG001 - what is found is of that timeline
    found = wanted & set(_of_events(incident, ids))
    return found | _without_id(incident, wanted - found) if wanted - found else found


def _in_footnotes(record: Postmortem) -> Iterator[Citation]:
    for section in record.sections:
        for _, artefact, place in _BOUND.findall(section.markdown):
            if artefact:
                yield Citation(ArtefactHash(artefact), None, place)


def _ids_in(record: Postmortem) -> set[str]:
    """Return the ids by which a record binds events: of its timeline, its decisions and its footnotes."""
    ids: set[str] = {name for event in record.timeline for name in (event.id, *event.aliases)}
    ids |= {decision.event for decision in record.decisions if decision.event}
    return ids | {event for section in record.sections for event, _, _ in _BOUND.findall(section.markdown) if event}


def _of_events(incident: str, ids: Collection[str]) -> Iterator[Place]:
    """Yield the places of events: those that they have now, and those of the sightings that they were made of."""
    every = sorted(ids)
    for start in range(0, len(every), _AT_ONCE):
        some = every[start : start + _AT_ONCE]
        aliases = EventAlias.objects.filter(incident__public_id=incident, alias__in=some).values("event_id")
        known = StoredEvent.objects.filter(incident__public_id=incident)
        for ids_or_now in (known.filter(event_id__in=some), known.filter(event_id__in=aliases)):
            for body in ids_or_now.values_list("body", flat=True):
                yield from ((one.artefact, one.place) for one in msgspec.json.decode(body, type=Event).citations)
        seen = StoredSighting.objects.filter(incident__public_id=incident, sighting_id__in=some)
        for body in seen.values_list("body", flat=True):
            one = msgspec.json.decode(body, type=Sighting).citation
            yield one.artefact, one.place


def _without_id(incident: str, wanted: frozenset[Place]) -> frozenset[Place]:
    found: set[Place] = set()
    for place in _places(incident, {artefact.encode() for artefact, _ in wanted}):
        if place in wanted:
            found.add(place)
            if len(found) == len(wanted):
                break
    return frozenset(found)


def _places(incident: str, artefacts: set[bytes]) -> Iterator[Place]:
    for body in _bodies(StoredSeries.objects.filter(incident__public_id=incident).values_list("body", flat=True), artefacts):
        one = msgspec.json.decode(body, type=_OfSeries).citation
        yield one.artefact, one.place
    events = StoredEvent.objects.filter(incident__public_id=incident).order_by("-key", "occurred_at", "event_id")
    for body in _bodies(events.values_list("body", flat=True)[:_MOST_EVENTS], artefacts):
        yield from ((one.artefact, one.place) for one in msgspec.json.decode(body, type=Event).citations)


def _bodies(rows: Iterable[bytes | memoryview], artefacts: set[bytes]) -> Iterator[bytes]:
    """Yield those JSON texts that name one of the artefacts: most do not, and are not decoded."""
    for row in rows:
        body = bytes(row)
        if any(artefact in body for artefact in artefacts):
            yield body
