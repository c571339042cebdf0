"""Read the timeline of an incident."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import msgspec
from django.db.models import Q, QuerySet
from django.db.models.functions import Length
from msgspec import Struct

from juncture.model.evidence import Event, Series
from juncture.model.record import Timeline
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import StoredSeries
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import incident_row
from juncture.web.timeline.models import EventAlias, StoredEvent
from juncture.web.timeline.rebuilding import weighed_timeline


class Wanted(Struct, frozen=True):
    """Which events: from `start` until before `end`, with all words of `text` in their summary, the key ones only."""

    start: datetime | None = None
    end: datetime | None = None
    text: str = ""
    key_only: bool = False


ALL = Wanted()


def events_of(
    viewer: Viewer, incident_id: str, wanted: Wanted = ALL, *, limit: int = 100, offset: int = 0
) -> tuple[list[Event], bool]:
    """Return wanted events of an incident in the order of time, from `offset`, and whether there are more. Raises NotFound."""
    rows = _found(viewer, incident_id, wanted).order_by("occurred_at", "event_id")[offset : offset + limit + 1]
    bodies = list(rows.values_list("body", flat=True))
    return [msgspec.json.decode(body, type=Event) for body in bodies[:limit]], len(bodies) > limit


def count_of(viewer: Viewer, incident_id: str, wanted: Wanted = ALL) -> int:
    """Return how many wanted events there are. Raises NotFound."""
    return _found(viewer, incident_id, wanted).count()


_MOST_SERIES = 300
_LARGEST_SERIES = 250_000
"""Bytes: some 7,000 samples."""


def _found(viewer: Viewer, incident_id: str, wanted: Wanted) -> QuerySet[StoredEvent]:
    found = StoredEvent.objects.filter(incident=incident_row(viewer, incident_id), hidden=False)
    if wanted.start is not None:
        found = found.filter(occurred_at__gte=wanted.start)
    if wanted.end is not None:
        found = found.filter(occurred_at__lt=wanted.end)
    if wanted.key_only:
        found = found.filter(key=True)
    return with_words(found, wanted.text)


def with_words(found: QuerySet[StoredEvent], text: str) -> QuerySet[StoredEvent]:
    """Return those events that have all words of a text, or parts of words, in what they say."""
    for word in text.split():
        # SQLite knows upper and lower case of ASCII alone; a word with other letters is looked for as it is usually written.
        ways = {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
        either = Q()
        for way in ways:
            either |= Q(summary__icontains=way)
        found = found.filter(either)
    return found


def event_of(viewer: Viewer, incident_id: str, event_id: str) -> Event | None:
    """Return one event by its id or by one that it had before; None if there is none. Raises NotFound for the incident."""
    row = incident_row(viewer, incident_id)
    alias = EventAlias.objects.filter(incident=row, alias=event_id).values_list("event_id", flat=True).first()
    found = StoredEvent.objects.filter(incident=row, event_id=alias or event_id)
    body = (found if viewer.may_write else found.filter(hidden=False)).values_list("body", flat=True).first()
    return None if body is None else msgspec.json.decode(body, type=Event)


def timeline_of(viewer: Viewer, incident_id: str) -> Timeline:
    """Return what an incident's timeline tells from, without what persons hid: of too many events, those that were weighed.

    Raises NotFound.
    """
    return weighed_timeline(incident_row(viewer, incident_id)) or Timeline(())


def series_of(viewer: Viewer, incident_id: str) -> list[Series]:
    """Return the series of an incident. Raises NotFound."""
    rows = StoredSeries.objects.filter(incident=incident_row(viewer, incident_id)).order_by("id")
    return [msgspec.json.decode(row.body, type=Series) for row in rows]


def cited_series(viewer: Viewer, incident_id: str, artefacts: Collection[str]) -> tuple[Series, ...]:
    """Return the series of an incident that come from some artefacts; none of one that the viewer may not see.

    Large telemetry stays where it lives: beyond the first series, and of those beyond a size, none is read to draw a page.
    """
    seen = Incident.objects.visible_to(viewer).filter(public_id=incident_id)
    rows = StoredSeries.objects.filter(incident__in=seen.order_by().values("pk")).annotate(size=Length("body"))
    wanted = rows.filter(size__lte=_LARGEST_SERIES).order_by("id")[:_MOST_SERIES]
    found = (msgspec.json.decode(body, type=Series) for body in wanted.values_list("body", flat=True))
    return tuple(one for one in found if one.citation.artefact in artefacts)
