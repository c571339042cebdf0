"""Events as rows: what stands in which column, and writing only what is new or changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import blake2b
from itertools import islice

import msgspec
from django.db import transaction
from msgspec import Struct

from juncture.document.drawing.clock import milliseconds
from juncture.model.evidence import AlertDetails, Event, LogDetails, TurnDetails
from juncture.model.identity import ArtefactHash, EventId
from juncture.model.instants import Instant
from juncture.web.bulk import Value, instant, upsert
from juncture.web.incidents.models import Incident
from juncture.web.timeline.models import EventAlias, StoredEvent

_SLICE = 500
_encode = msgspec.json.Encoder().encode

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
_ID, _COMPARED = COLUMNS.index("event_id"), ("body", "hidden", "moment", "likeness")
"""What tells whether a row changed: all else is in the body."""
_PLACES = tuple(map(COLUMNS.index, _COMPARED))


class StoredEvents:
    """The events of an incident in the database, while they are brought to what they are now."""

    def __init__(self, incident: Incident) -> None:
        self._incident = incident
        self._rows = StoredEvent.objects.filter(incident=incident)
        self._is_first = not self._rows.exists()
        self._count = 0

    def write(self, rows: Sequence[Sequence[Value]], aliases: Sequence[Sequence[Value]] = ()) -> None:
        """Write those of the rows that are new or changed, each event once, and all aliases; in a transaction of its own."""
        self._count += len(rows)
        if not self._is_first:
            found = self._rows.filter(event_id__in=[row[_ID] for row in rows]).values_list("event_id", *_COMPARED)
            old = {event: (bytes(body), *columns) for event, body, *columns in found}
            rows = [row for row in rows if old.get(row[_ID]) != tuple(row[place] for place in _PLACES)]
        with transaction.atomic():
            upsert(StoredEvent, COLUMNS, rows, unique=("incident", "event_id"), update=True)
            upsert(EventAlias, ("incident", "alias", "event_id"), aliases, unique=("incident", "alias"), update=True)

    def remove_others(self, ids: Callable[[], Iterable[EventId]], beat: Callable[[], None]) -> None:
        """Remove the events that were not written and are not among `ids`, which are asked for only if there are any."""
        if self._is_first or self._rows.count() == self._count:
            return
        now = set(ids())
        gone = iter([key for key in self._rows.values_list("event_id", flat=True).iterator(10_000) if key not in now])
        while keys := list(islice(gone, _SLICE)):
            self._rows.filter(event_id__in=keys).delete()
            beat()


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


class _Place(Struct, gc=False):
    artefact: ArtefactHash


class PlainEvent(Struct, gc=False):
    """What has a column of its own, or is counted, of an event that is a plain message or a row of a table."""

    id: EventId
    occurred_at: Instant
    lane: str
    source: str
    summary: str
    citations: tuple[_Place, ...]
    known_at: Instant | None = None


plain_event: Callable[[bytes], PlainEvent] = msgspec.json.Decoder(PlainEvent).decode
"""Read what is needed of an event's line: a third of the time of reading it whole."""


def row_of_plain(incident: Incident, event: PlainEvent, line: bytes) -> tuple[Value, ...]:
    """Return the columns of an event that is no key one, nobody hid, and is like no other; `line` is the whole of it."""
    return (
        incident.pk,
        event.id,
        instant(event.occurred_at),
        instant(event.known_at),
        event.lane,
        False,
        event.summary,
        line.rstrip(),
        milliseconds(event.occurred_at),
        event.source[:200],
        "",
        False,
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
