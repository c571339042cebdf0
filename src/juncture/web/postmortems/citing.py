"""Find events to cite: by words, or by a time of day, the key ones first."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db.models import Max, Min, Q, QuerySet
from msgspec import Struct

from juncture.model.evidence import Event
from juncture.model.instants import Instant, clock_time
from juncture.web.access.viewer import Viewer
from juncture.web.postmortems.citations import bound_text
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.timeline.models import StoredEvent

MOST = 12
_TIME = re.compile(r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?")
_MOST_DAYS = 31


class Citable(Struct, frozen=True):
    """An event that may be cited: what a list shows of it, and the text of the footnote that binds a label to it."""

    event: str
    ids: tuple[str, ...]
    """All ids that a footnote may have bound it by."""
    at: Instant
    time: str
    lane: str
    source: str
    summary: str
    key: bool
    definition: str
    """What stands behind `[^label]: `."""


def citable(viewer: Viewer, postmortem_id: str, words: str) -> list[Citable]:
    """Return events with these words, or at this time of day (UTC, or the viewer's own zone); key events first.

    Raises NotFound, also for who may not write.
    """
    incident = postmortem_row(viewer, postmortem_id).incident_id
    rows = StoredEvent.objects.filter(incident=incident)
    asked = _TIME.fullmatch(words.strip())
    if asked:
        rows = _at_time(rows, asked, viewer.zone)
    else:
        for word in words.split()[:8]:
            rows = rows.filter(summary__icontains=word)
    bodies = rows.order_by("-key", "occurred_at", "event_id").values_list("body", flat=True)[:MOST]
    return [_shown(msgspec.json.decode(body, type=Event)) for body in bodies]


def _at_time(rows: QuerySet[StoredEvent], asked: re.Match[str], zone: str) -> QuerySet[StoredEvent]:
    ends = rows.aggregate(first=Min("occurred_at"), last=Max("occurred_at"))
    if ends["first"] is None:
        return rows.none()
    clock = time(int(asked["hour"]), int(asked["minute"]), int(asked["second"] or 0))
    width = timedelta(seconds=1) if asked["second"] else timedelta(minutes=1)
    wanted = Q()
    day = ends["first"].date() - timedelta(days=1)
    for _ in range(_MOST_DAYS):
        for tz in {UTC, ZoneInfo(zone)}:
            start = datetime.combine(day, clock, tzinfo=tz).astimezone(UTC)
            wanted |= Q(occurred_at__gte=start, occurred_at__lt=start + width)
        day += timedelta(days=1)
        if day > ends["last"].date() + timedelta(days=1):
            break
    return rows.filter(wanted)


def _shown(event: Event) -> Citable:
    said = event.summary if len(event.summary) <= 160 else f"{event.summary[:159]}…"
    return Citable(
        event.id,
        (event.id, *event.aliases),
        event.occurred_at,
        clock_time(event.occurred_at),
        str(event.lane),
        event.source,
        said,
        event.key,
        bound_text(event),
    )
