"""What a postmortem may show of the evidence: places of events and series of its incident, and no other place of an artefact.

Anybody who writes may put any hash and any place into a text. It is a citation where it says what an event rests on.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from functools import lru_cache

import msgspec
from django.db.models import Q, Value
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
    found: set[Place] = set()
    ways = (_of_events_and_series, _of_sightings, _of_any_event)  # the rarer, the later
    for way in ways:
        found |= wanted & set(way(incident, ids, {artefact.encode() for artefact, _ in wanted - found}))
        if found == wanted:
            break
    return frozenset(found)


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


def _of_events_and_series(incident: str, ids: Collection[str], artefacts: set[bytes]) -> Iterator[Place]:
    """Yield the places that events have now, and those of the series: one question for all but very many events."""
    series = StoredSeries.objects.filter(incident__public_id=incident).order_by().annotate(of=Value("series"))
    asked = series.values_list("of", "body")
    for some in _in_parts(ids):
        aliases = EventAlias.objects.filter(incident__public_id=incident, alias__in=some).values("event_id")
        now = Q(event_id__in=some) | Q(event_id__in=aliases)
        events = StoredEvent.objects.filter(now, incident__public_id=incident).order_by().annotate(of=Value("event"))
        rows = events.values_list("of", "body").union(asked, all=True)
        asked = asked.none()
        for of, body in rows:
            if of == "event":
                yield from _in_event(body)
            else:
                for one in _bodies([body], artefacts):
                    yield _place(msgspec.json.decode(one, type=_OfSeries).citation)


def _of_sightings(incident: str, ids: Collection[str], artefacts: set[bytes]) -> Iterator[Place]:
    """Yield the places of the sightings of which events were made."""
    for some in _in_parts(ids):
        seen = StoredSighting.objects.filter(incident__public_id=incident, sighting_id__in=some)
        for body in _bodies(seen.values_list("body", flat=True), artefacts):
            yield _place(msgspec.json.decode(body, type=Sighting).citation)


def _of_any_event(incident: str, ids: Collection[str], artefacts: set[bytes]) -> Iterator[Place]:
    """Yield the places of events that no id of the record names, of a timeline of some length."""
    del ids
    events = StoredEvent.objects.filter(incident__public_id=incident).order_by("-key", "occurred_at", "event_id")
    for body in _bodies(events.values_list("body", flat=True)[:_MOST_EVENTS], artefacts):
        yield from _in_event(body)


def _in_parts(ids: Collection[str]) -> Iterator[list[str]]:
    every = sorted(ids)
    for start in range(0, max(1, len(every)), _AT_ONCE):
        yield every[start : start + _AT_ONCE]


def _in_event(body: bytes | memoryview) -> Iterator[Place]:
    return map(_place, msgspec.json.decode(body, type=Event).citations)


def _place(citation: Citation) -> Place:
    return citation.artefact, citation.place


def _bodies(rows: Iterable[bytes | memoryview], artefacts: set[bytes]) -> Iterator[bytes]:
    """Yield those JSON texts that name one of the artefacts: most do not, and are not decoded."""
    for row in rows:
        body = bytes(row)
        if any(artefact in body for artefact in artefacts):
            yield body
