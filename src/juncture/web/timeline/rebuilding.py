"""Rebuild the events of an incident from its sightings and corrections."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Collection, Container, Iterator, Mapping
from itertools import chain

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.casework.bulk import HELD, BulkTimeline
from juncture.model.evidence import Event, Note, Series, Sighting
from juncture.model.identity import ArtefactHash, EventId
from juncture.model.record import Milestone, Phase, Timeline
from juncture.stores.scratch import scratch
from juncture.timeline.corrections import Corrected, CorrectionKind
from juncture.timeline.corrections import Correction as CorrectionValue
from juncture.web.access.trouble import is_passing
from juncture.web.bulk import paced
from juncture.web.evidence.models import EvidenceItem, StoredSeries, StoredSighting
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.library.indexing import index_events
from juncture.web.timeline.models import Correction, StoredEvent, StoredTimeline
from juncture.web.timeline.storing import StoredEvents, plain_event, row_of, row_of_plain

log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class Rebuilt(Struct, frozen=True):
    """A rebuilt timeline: what of it is held in memory, how many events cite each artefact, and how many were asked about."""

    timeline: Timeline
    cited: Mapping[ArtefactHash, int]
    count: int = 0
    """Events that hold at least one of the sightings that were asked about."""


def rebuild_timeline(incident: Incident, *, beat: Callable[[], None] = lambda: None, about: Container[EventId] = ()) -> Rebuilt:
    """Derive the incident's events anew from all its sightings and corrections, in order, and store what changed.

    Ids that were ever given stay: as the event's own or as an alias. `beat` is called between slices. A correction that was
    made meanwhile is taken in before it returns. `about` are sightings whose events are to be counted.
    """
    series = _series(incident)
    while True:
        count, corrections = corrections_of(incident)
        whole = BulkTimeline(_sightings(incident), series, scratch, corrections=corrections)
        beat()
        if rebuilt := _store(incident, whole, about, count, beat):
            return rebuilt


def weighed_timeline(incident: Incident) -> Timeline | None:
    """Return what an incident's timeline tells from, without what persons hid; None where none was ever built.

    That is all of it as it is stored; of too many events it is built again, of those that were held and weighed.
    """
    stored = StoredTimeline.objects.filter(incident=incident).first()
    if stored is None:
        return None
    shown = StoredEvent.objects.filter(incident=incident, hidden=False)
    if shown.count() > HELD:
        _, corrections = corrections_of(incident)
        return BulkTimeline(_sightings(incident), _series(incident), scratch, corrections=corrections).timeline
    bodies = shown.order_by("occurred_at", "event_id").values_list("body", flat=True)
    return Timeline(
        tuple(map(msgspec.json.Decoder(Event).decode, bodies)),
        msgspec.json.decode(stored.milestones, type=tuple[Milestone, ...]),
        msgspec.json.decode(stored.phases, type=tuple[Phase, ...]),
        msgspec.json.decode(stored.notes, type=tuple[Note, ...]),
    )


def rebuild_due() -> bool:
    """Rebuild one timeline that a correction made due; return whether there was one. For the worker."""
    due = StoredTimeline.objects.filter(due=True).exclude(due_from__gt=timezone.now())
    row = due.select_related("incident").order_by("rebuilt_at").first()
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
    """Return how many corrections an incident has, and as values in order those that do not rest on what was erased."""
    rows = list(Correction.objects.of_incident(incident).order_by("id").values_list("event_id", "kind", "after"))
    erased = set(EvidenceItem.objects.filter(incident=incident, erased_at__isnull=False).values_list("sha256", flat=True))
    values = [value for event, kind, after in rows if not _rests_on((value := _value(event, kind, after)), erased)]
    return len(rows), values


def _value(event: str, kind: str, after: object) -> CorrectionValue:
    return CorrectionValue(EventId(event), CorrectionKind(kind), msgspec.convert(after, Corrected))


def _rests_on(value: CorrectionValue, erased: Collection[str]) -> bool:
    """Whether a correction adds an event whose words were erased: it goes with them."""
    added = value.after.event
    return added is not None and any(citation.artefact in erased for citation in added.citations)


def _store(
    incident: Incident, whole: BulkTimeline, about: Container[EventId], corrections: int, beat: Callable[[], None]
) -> Rebuilt | None:
    """Store what was built of so many corrections. Return None where there are more by now: then it stays due."""
    timeline = whole.timeline
    rebuilt = _store_events(incident, whole, about, beat)
    with transaction.atomic():
        row, _ = StoredTimeline.objects.update_or_create(
            incident=incident,
            defaults={
                "milestones": _encode(timeline.milestones),
                "phases": _encode(timeline.phases),
                "notes": _encode(timeline.notes),
            },
        )
        # Counted under the row's lock, which a correction needs too.
        is_whole = Correction.objects.of_incident(incident).count() == corrections
        if is_whole:
            StoredTimeline.objects.filter(pk=row.pk).update(due=False, due_from=None)
        judge_incident(incident.pk, timeline)
        index_events(incident.pk)
    return rebuilt if is_whole else None


def _store_events(incident: Incident, whole: BulkTimeline, about: Container[EventId], beat: Callable[[], None]) -> Rebuilt:
    """Write the events that are new or changed, and remove those that were joined to others; in short slices."""
    stored = StoredEvents(incident)
    cited: Counter[ArtefactHash] = Counter()
    count = 0
    for events, is_hidden in ((whole.timeline.events, False), (whole.hidden, True)):
        for slice_ in paced(events):
            stored.write(
                [row_of(incident, event, hidden=is_hidden) for event in slice_],
                [(incident.pk, alias, event.id) for event in slice_ for alias in event.aliases],
            )
            count += sum(any(identity in about for identity in (event.id, *event.aliases)) for event in slice_)
            if not is_hidden:
                cited.update(artefact for event in slice_ for artefact in {one.artefact for one in event.citations})
            beat()
    for lines in paced(chain.from_iterable(whole.alone())):
        plain = [plain_event(line) for line in lines]
        stored.write([row_of_plain(incident, event, line) for event, line in zip(plain, lines, strict=True)])
        count += sum(event.id in about for event in plain)
        cited.update(one.artefact for event in plain for one in event.citations)
        beat()
    stored.remove_others(whole.ids, beat)
    return Rebuilt(whole.timeline, cited, count)


def _series(incident: Incident) -> list[Series]:
    rows = StoredSeries.objects.filter(incident=incident).order_by("id")
    return [msgspec.json.decode(row.body, type=Series) for row in rows]


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
