"""Rebuild the events of an incident from its sightings and corrections."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from hashlib import blake2b
from typing import TypeVar

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.document.drawing.clock import milliseconds
from juncture.model.evidence import AlertDetails, Event, LogDetails, Series, Sighting, TurnDetails
from juncture.model.identity import EventId
from juncture.model.record import Timeline
from juncture.timeline.build import CorrectedTimeline, build_corrected
from juncture.timeline.corrections import Corrected, CorrectionKind
from juncture.timeline.corrections import Correction as CorrectionValue
from juncture.web.access.trouble import is_passing
from juncture.web.bulk import Value, instant, upsert
from juncture.web.evidence.models import EvidenceItem, StoredSeries, StoredSighting
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.library.indexing import index_events
from juncture.web.timeline.models import Correction, EventAlias, StoredEvent, StoredTimeline

Item = TypeVar("Item")

log = logging.getLogger(__name__)
_SLICE = 500
_encode = msgspec.json.Encoder().encode


class Rebuilt(Struct, frozen=True):
    """A rebuilt timeline; tells which events some sightings belong to."""

    timeline: Timeline
    hidden: tuple[Event, ...] = ()

    def count_of(self, sightings: Collection[EventId]) -> int:
        """Return how many events hold at least one of these sightings."""
        return sum(
            event.id in sightings or any(alias in sightings for alias in event.aliases)
            for event in (*self.timeline.events, *self.hidden)
        )


def rebuild_timeline(incident: Incident, *, beat: Callable[[], None] = lambda: None) -> Rebuilt:
    """Derive the incident's events anew from all its sightings and corrections, in order, and store what changed.

    Ids that were ever given stay: as the event's own or as an alias. `beat` is called between slices. A correction that was
    made meanwhile is taken in before it returns.
    """
    series = [
        msgspec.json.decode(row.body, type=Series) for row in StoredSeries.objects.filter(incident=incident).order_by("id")
    ]
    while True:
        last, corrections = corrections_of(incident)
        built = build_corrected(_sightings(incident), series, corrections)
        beat()
        _store(incident, built, beat)
        if not Correction.objects.of_incident(incident).filter(pk__gt=last).exists():
            return Rebuilt(built.timeline, built.hidden)


def rebuild_due() -> bool:
    """Rebuild one timeline that a correction made due; return whether there was one. For the worker."""
    row = StoredTimeline.objects.filter(due=True).select_related("incident").order_by("rebuilt_at").first()
    if row is None:
        return False
    try:
        rebuild_timeline(row.incident)
    except Exception as error:
        if is_passing(error):
            raise
        # One timeline that cannot be built must not keep the others waiting; its events stand as they were corrected.
        log.exception("the timeline of incident %s could not be rebuilt", row.incident.public_id)
        StoredTimeline.objects.filter(pk=row.pk).update(due=False)
    return True


def corrections_of(incident: Incident) -> tuple[int, list[CorrectionValue]]:
    """Return the key of the last correction of an incident, and all of them as values in order."""
    rows = list(Correction.objects.of_incident(incident).order_by("id").values_list("id", "event_id", "kind", "after"))
    erased = set(EvidenceItem.objects.filter(incident=incident, erased_at__isnull=False).values_list("sha256", flat=True))
    values = [value for _, event, kind, after in rows if not _rests_on((value := _value(event, kind, after)), erased)]
    return rows[-1][0] if rows else 0, values


def _value(event: str, kind: str, after: object) -> CorrectionValue:
    return CorrectionValue(EventId(event), CorrectionKind(kind), msgspec.convert(after, Corrected))


def _rests_on(value: CorrectionValue, erased: Collection[str]) -> bool:
    """Whether a correction adds an event whose words were erased: it goes with them."""
    added = value.after.event
    return added is not None and any(citation.artefact in erased for citation in added.citations)


def _store(incident: Incident, built: CorrectedTimeline, beat: Callable[[], None]) -> None:
    timeline = built.timeline
    hidden = frozenset(event.id for event in built.hidden)
    _store_events(incident, (*timeline.events, *built.hidden), hidden, beat)
    with transaction.atomic():
        StoredTimeline.objects.update_or_create(
            incident=incident,
            defaults={
                "milestones": _encode(timeline.milestones),
                "phases": _encode(timeline.phases),
                "notes": _encode(timeline.notes),
                "due": False,
            },
        )
        judge_incident(incident.pk, timeline)
        index_events(incident.pk)


def _store_events(incident: Incident, events: Sequence[Event], hidden: frozenset[EventId], beat: Callable[[], None]) -> None:
    """Write the events that are new or changed, and remove those that were joined to others; in short slices."""
    stored = StoredEvent.objects.filter(incident=incident)
    is_first = not stored.exists()
    for slice_ in _slices(events):
        ids = [event.id for event in slice_]
        found = (
            () if is_first else stored.filter(event_id__in=ids).values_list("event_id", "body", "hidden", "moment", "likeness")
        )
        old = {event: (bytes(body), *columns) for event, body, *columns in found}
        rows = [
            row
            for event in slice_
            if old.get(event.id) != ((row := row_of(incident, event, hidden=event.id in hidden))[7], row[11], row[8], row[10])
        ]
        aliases = [(incident.pk, alias, event.id) for event in slice_ for alias in event.aliases]
        with transaction.atomic():
            upsert(StoredEvent, COLUMNS, rows, unique=("incident", "event_id"), update=True)
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


COLUMNS = (
    "incident",
    "event_id",
    "occurred_at",
    "known_at",
    "lane",
    "key",
    "summary",
    "body",
    "moment",
    "source",
    "likeness",
    "hidden",
)


def row_of(incident: Incident, event: Event, *, hidden: bool) -> tuple[Value, ...]:
    """Return the columns of an event, in the order of `COLUMNS`."""
    return (
        incident.pk,
        event.id,
        instant(event.occurred_at),
        instant(event.known_at),
        str(event.lane),
        event.key,
        event.summary,
        _encode(event),
        milliseconds(event.occurred_at),
        event.source[:200],
        likeness_of(event),
        hidden,
    )


def store_event(incident: Incident, event: Event, *, hidden: bool) -> None:
    """Write one event as it is now. Call in a transaction."""
    upsert(StoredEvent, COLUMNS, [row_of(incident, event, hidden=hidden)], unique=("incident", "event_id"), update=True)


def likeness_of(event: Event) -> str:
    """Return what an event has in common with others of its template, metric or alert; empty where it has nothing."""
    details = event.details
    if isinstance(details, LogDetails) and details.template:
        common = details.template
    elif isinstance(details, TurnDetails):
        common = details.metric
    elif isinstance(details, AlertDetails):
        common = details.name
    else:
        return ""
    return blake2b(f"{event.source}\x1f{event.lane}\x1f{common}".encode("utf-8", "replace"), digest_size=8).hexdigest()
