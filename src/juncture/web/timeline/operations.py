"""Correct the events of an incident, and rebuild them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta, tzinfo
from io import BytesIO
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.casework.ledger import Receipt
from juncture.casework.ports import Received
from juncture.evidence.mask import Mask
from juncture.model.evidence import SUMMARY_LIMIT, Citation, Event, Kind, Lane
from juncture.model.identity import EventId
from juncture.model.instants import Instant, parse_iso, to_iso
from juncture.timeline.corrections import Corrected, CorrectionKind, changed, split_id
from juncture.timeline.recalled import Recalled, recalled
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem, StoredSighting
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.incidents.operations import require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_events
from juncture.web.timeline.models import Correction, EventAlias, StoredEvent, StoredTimeline
from juncture.web.timeline.rebuilding import Rebuilt, rebuild_timeline
from juncture.web.timeline.storing import store_event

__all__ = ["Asked", "Rebuilt", "correct", "rebuild_timeline"]

_WHY_LIMIT, _ANNOTATION_LIMIT, _MOST = 500, 2000, 20_000
_KINDS = {
    Lane.SIGNAL: Kind.RECORD,
    Lane.CHANGE: Kind.CONFIGURATION,
    Lane.PEOPLE: Kind.ACCOUNT,
    Lane.DECISION: Kind.ACCOUNT,
    Lane.CUSTOMER: Kind.CUSTOMER_UPDATE,
}
"""What an event is that a person adds to a lane."""
ADDED = "added by hand"
"""The source of an event that a person added."""
_AT_ONCE = 2000
"""With fewer events a timeline is rebuilt while the person waits: that is a moment."""
_REBUILT_BY_THEN = timedelta(seconds=20)
"""From when on a rebuild that a person waited for is taken to have died with its process."""
_ONE_ROW = frozenset({CorrectionKind.PIN, CorrectionKind.UNPIN, CorrectionKind.ANNOTATE})
"""Kinds that change nothing beyond their own event: neither milestones nor what else is key."""


class Asked(Struct, frozen=True, kw_only=True):
    """What somebody asks for: which event, what is to change, and the values of that kind.

    `time` is as exact as memory (`around 14:30`), read in `zone` on the event's day unless it names one; or an instant with a
    zone. `sightings` are taken out by a split; `other` is brought in by a join.
    """

    kind: str
    event: str = ""
    time: str = ""
    zone: str = "UTC"
    text: str = ""
    lane: str = ""
    annotation: str = ""
    sightings: tuple[str, ...] = ()
    other: str = ""
    why: str = ""


def correct(viewer: Viewer, incident_id: str, asked: Asked) -> Correction:
    """Correct an event of an incident, or add one, and rebuild what follows. Raises NotFound, NotAllowed or Invalid.

    Two corrections of one event at the same time both stay in its history; the later one is what is shown.
    """
    incident = incident_row(viewer, incident_id)
    require_author(viewer, "correct a timeline")
    kind = _kind(asked.kind)
    why = _one_line(asked.why, "why", _WHY_LIMIT)
    added = _added(viewer, incident, asked) if kind is CorrectionKind.ADD else None
    with transaction.atomic():
        if Correction.objects.of_incident(incident).count() >= _MOST:
            raise Invalid(f"A timeline takes {_MOST:,} corrections, and this one has them all.")
        if added is not None:
            row, before, after = None, Corrected(), Corrected(event=added.event)
            event = added.event
            EvidenceItem.objects.create(
                incident=incident,
                sha256=added.receipt.artefact,
                name=added.receipt.name,
                size=added.receipt.size,
                received_from_id=viewer.person,
            )
        else:
            row = _row(incident, asked.event)
            event = msgspec.json.decode(row.body, type=Event)
            before, after = _change(incident, event, kind, asked)
        correction = Correction.objects.create(
            incident=incident,
            event_id=event.id,
            kind=kind,
            before=_frozen(before, kind, row),
            after=_frozen(after, kind, None),
            why=why,
            by_id=viewer.person,
        )
        _write_one(incident, event, kind, after, row)
        record_change(
            viewer,
            action=f"correct {kind}",
            object_kind="event",
            object_id=event.id,
            incident_id=incident.pk,
            before=correction.before,
            after={name: value for name, value in correction.after.items() if name != "event"} | ({"why": why} if why else {}),
        )
        later = _is_later(incident, kind)
        index_events(incident.pk)
    if kind not in _ONE_ROW and not later:
        rebuild_timeline(incident)
    return correction


def _is_later(incident: Incident, kind: CorrectionKind) -> bool:
    """Make the rebuild due that follows from a correction. Return whether it is left to the worker: where a person would wait.

    What is split or joined is only there after the rebuild, so that is waited for. Where this process rebuilds and dies over
    it, the worker does it after a while.
    """
    if kind in _ONE_ROW:
        return False
    many = StoredEvent.objects.filter(incident=incident).order_by()[:_AT_ONCE].count() >= _AT_ONCE
    later = many and kind not in {CorrectionKind.SPLIT, CorrectionKind.JOIN}
    due = {"due": True, "due_from": None if later else timezone.now() + _REBUILT_BY_THEN}
    nothing_yet = {"milestones": b"[]", "phases": b"[]", "notes": b"[]"}
    StoredTimeline.objects.update_or_create(incident=incident, defaults=due, create_defaults=nothing_yet | due)
    return later


def _kind(text: str) -> CorrectionKind:
    try:
        return CorrectionKind(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is no kind of correction: {', '.join(CorrectionKind)}") from None


def _row(incident: Incident, event: str) -> StoredEvent:
    alias = EventAlias.objects.filter(incident=incident, alias=event).values_list("event_id", flat=True).first()
    row = StoredEvent.objects.filter(incident=incident, event_id=alias or event).first()
    if row is None:
        raise NotFound
    return row


def _change(incident: Incident, event: Event, kind: CorrectionKind, asked: Asked) -> tuple[Corrected, Corrected]:
    """Return what an event said before, and what it says after a correction of this kind."""
    if kind is CorrectionKind.TIME:
        told = _time(asked.time, asked.zone, event.occurred_at)
        before = Corrected(occurred_at=event.occurred_at, earliest=event.earliest, latest=event.latest)
        return before, Corrected(occurred_at=told.occurred_at, earliest=told.earliest, latest=told.latest)
    if kind is CorrectionKind.TEXT:
        text = _one_line(asked.text, "text", SUMMARY_LIMIT)
        if not text:
            raise Invalid("An event needs words. To take it off the timeline, hide it.")
        return Corrected(summary=event.summary), Corrected(summary=text)
    if kind is CorrectionKind.LANE:
        return Corrected(lane=event.lane), Corrected(lane=_lane(asked.lane))
    if kind is CorrectionKind.ANNOTATE:
        return Corrected(annotation=annotation_of(incident, event)), Corrected(annotation=_annotation(asked.annotation))
    if kind is CorrectionKind.SPLIT:
        return _split(incident, event, asked.sightings)
    if kind is CorrectionKind.JOIN:
        return _join(incident, event, asked.other)
    return Corrected(), Corrected()


def annotation_of(incident: Incident, event: Event) -> str:
    """Return what a person wrote beside an event, empty if nobody did."""
    rows = Correction.objects.of_incident(incident).filter(
        event_id__in=(event.id, *event.aliases), kind=CorrectionKind.ANNOTATE
    )
    last = rows.order_by("-id").values_list("after", flat=True).first()
    return str(last.get("annotation") or "") if last else ""


def _split(incident: Incident, event: Event, sightings: tuple[str, ...]) -> tuple[Corrected, Corrected]:
    taken = tuple(EventId(each) for each in dict.fromkeys(sightings))
    if not taken:
        raise Invalid("Choose which sightings are something else.")
    if event.id in taken:
        raise Invalid("The first sighting keeps the event. Take out the others instead.")
    seen = set(
        StoredSighting.objects.filter(incident=incident, sighting_id__in=event.aliases).values_list("sighting_id", flat=True)
    )
    if not seen.issuperset(taken):
        raise Invalid("A sighting that is to be taken out is not one of this event.")
    other = split_id(event.id, taken)
    return Corrected(sightings=(event.id, *event.aliases)), Corrected(sightings=taken, other=other)


def _join(incident: Incident, event: Event, other: str) -> tuple[Corrected, Corrected]:
    if not other:
        raise Invalid("Choose the event that is the same happening.")
    joined = _row(incident, other)
    if joined.event_id == event.id:
        raise Invalid("An event cannot be joined with itself. Choose another one.")
    return Corrected(summary=joined.summary), Corrected(other=EventId(joined.event_id))


class _Added(NamedTuple):
    """An event that a person adds, and the receipt of what they wrote."""

    event: Event
    receipt: Receipt


def _added(viewer: Viewer, incident: Incident, asked: Asked) -> _Added:
    """Return an event that a person adds. What they wrote is kept as an artefact, and cited like any other."""
    words = _one_line(asked.text, "text", SUMMARY_LIMIT)
    if not words:
        raise Invalid("An event needs words: one line that says what happened.")
    lane = _lane(asked.lane)
    told = _time(asked.time, asked.zone, _day(incident))
    now = timezone.now()
    store = artefact_store()
    line = f"{to_iso(now)} {viewer.role} added to the timeline: {asked.time.strip()} ({asked.zone}): {words}\n".encode()
    name = f"added-{now:%Y-%m-%d-%H%M%S}-{secrets.token_hex(3)}.txt"
    receipt = next(iter(store.put([Received(name, None, lambda: BytesIO(line))], by=viewer.name)))
    if not isinstance(receipt, Receipt):
        raise Invalid(f"The event could not be kept: {receipt.why}")
    event = Event(
        id=EventId(secrets.token_hex(16)),
        occurred_at=told.occurred_at,
        earliest=told.earliest,
        latest=told.latest,
        recorded_at=now,
        lane=lane,
        kind=_KINDS[lane],
        source=ADDED,
        summary=Mask(store.salt).text(words),
        key=True,
        why_key="pinned",
        citations=(Citation(receipt.artefact, None, "line:1"),),
    )
    return _Added(event, receipt)


def _write_one(incident: Incident, event: Event, kind: CorrectionKind, after: Corrected, row: StoredEvent | None) -> None:
    """Write what a correction makes of its own event, at once; what follows from it is rebuilt after."""
    hidden = row.hidden if row else False
    if kind is CorrectionKind.PIN:
        event = msgspec.structs.replace(event, key=True, why_key=event.why_key or "pinned")
    elif kind is CorrectionKind.UNPIN:
        event = msgspec.structs.replace(event, key=False, why_key=None)
    elif kind in {CorrectionKind.HIDE, CorrectionKind.SHOW}:
        hidden = kind is CorrectionKind.HIDE
    elif kind in {CorrectionKind.TIME, CorrectionKind.TEXT, CorrectionKind.LANE}:
        event = changed(event, after)
    elif kind is not CorrectionKind.ADD:
        return
    store_event(incident, event, hidden=hidden)


def _frozen(value: Corrected, kind: CorrectionKind, row: StoredEvent | None) -> dict[str, Any]:
    frozen: dict[str, Any] = msgspec.to_builtins(value)
    if row is not None and kind in {CorrectionKind.PIN, CorrectionKind.UNPIN}:
        frozen["key"] = row.key
    if row is not None and kind in {CorrectionKind.HIDE, CorrectionKind.SHOW}:
        frozen["hidden"] = row.hidden
    return frozen


def _time(text: str, zone: str, near: Instant) -> Recalled:
    if len(text) > 100:
        raise Invalid("A time has at most 100 characters.")
    try:
        at = parse_iso(text)
        if at.tzinfo is not None:
            at = at.astimezone(UTC)
            return Recalled(at, at, at)
    except (ValueError, OverflowError):
        pass  # It is said in a person's way, which is read below.
    try:
        where = zone_of(zone)
        return recalled(text, near.astimezone(where).date(), where)
    except (ValueError, OverflowError) as error:
        raise Invalid(str(error)) from None


def zone_of(name: str) -> tzinfo:
    """Return the zone of this IANA name. Raises Invalid."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(f"There is no zone {name[:60]!r}. Write one such as Europe/Berlin, or UTC.") from None


def _day(incident: Incident) -> datetime:
    """Return an instant of the day that a time without one is on: that of the first key event, else of the start."""
    first = (
        StoredEvent.objects.filter(incident=incident, hidden=False, key=True)
        .order_by("-occurred_at")
        .values_list("occurred_at", flat=True)
        .first()
    )
    return first or incident.started_at or timezone.now()


def _lane(text: str) -> Lane:
    try:
        return Lane(text)
    except ValueError:
        raise Invalid(f"{text[:40]!r} is no lane: {', '.join(Lane)}") from None


def _annotation(text: str) -> str:
    text = text.strip()
    if len(text) > _ANNOTATION_LIMIT:
        raise Invalid(f"An annotation has at most {_ANNOTATION_LIMIT:,} characters; this has {len(text):,}.")
    return _fit(text)


def _one_line(text: str, name: str, limit: int) -> str:
    text = " ".join(text.split())
    if len(text) > limit:
        raise Invalid(f"{name} has {len(text):,} characters; {limit:,} are the most.")
    return _fit(text)


def _fit(text: str) -> str:
    if not is_storable(text):
        raise Invalid("The text holds a NUL or half a character, which cannot be stored.")
    return text
