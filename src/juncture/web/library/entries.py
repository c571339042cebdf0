"""What of an incident is searched: its own words, its postmortems, their actions, its key and cited events."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec
from django.db.models import Q
from msgspec import Struct

from juncture.evidence.mask import Mask
from juncture.model import record
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.models import Incident
from juncture.web.library.models import Audience, Kind
from juncture.web.library.plain import HEADING, words_of
from juncture.web.postmortems.mapping import published_record, to_record
from juncture.web.postmortems.models import Postmortem, Publication, State
from juncture.web.timeline.models import StoredEvent

TEXT_LIMIT = 400_000
"""Characters of one document that are searched; a tsvector of PostgreSQL holds 1 MB."""
NEAR_MISS = "Near miss"
_WEIGHT = {Kind.POSTMORTEM: 1.0, Kind.INCIDENT: 1.0, Kind.ACTION: 0.7, Kind.EVENT: 0.5}
_CITED = re.compile(r"\(event ([0-9a-f]{32})\b")
_SLICE = 500


class Entry(Struct, frozen=True):
    """One entry as it should stand, without its incident."""

    kind: str
    object_id: str
    audience: str
    title: str
    body: str
    services: str
    severity: str
    state: str
    at: datetime
    weight: float


class About(Struct, frozen=True):
    """What all entries of an incident share: its services each between line feeds, its severity, and when it was."""

    services: str
    severity: str
    at: datetime


def about(incident: Incident) -> About:
    """Return what the entries of an incident share."""
    names = "\n".join(incident.services.values_list("name", flat=True))
    severity = incident.severity or (NEAR_MISS if incident.near_miss else "")
    return About(f"\n{names}\n" if names else "", severity, incident.started_at or incident.created_at)


def incident_entries(incident: Incident, shared: About) -> list[Entry]:
    """Return the entry of an incident's own words."""
    body = " ".join([*shared.services.split("\n"), shared.severity]).strip()
    return [_entry(Kind.INCIDENT, incident.public_id, Audience.EVERYBODY, incident.title, body, shared)]


def event_entries(incident: Incident, shared: About) -> Iterator[Entry]:
    """Yield the entries of an incident's key and cited events. Their text was masked when it was read."""
    cited = list(_cited(incident))
    seen: set[str] = set()
    columns = ("event_id", "summary", "occurred_at", "lane")
    events = StoredEvent.objects.filter(incident=incident)
    slices = [Q(key=True), *(Q(event_id__in=cited[start : start + _SLICE]) for start in range(0, len(cited), _SLICE))]
    for which in slices:
        for event_id, summary, at, lane in events.filter(which).values_list(*columns):
            if event_id not in seen:
                seen.add(event_id)
                yield Entry(
                    Kind.EVENT,
                    event_id,
                    Audience.EVERYBODY,
                    "",
                    summary,
                    shared.services,
                    shared.severity,
                    str(lane),
                    at,
                    _WEIGHT[Kind.EVENT],
                )


def events_to_keep(incident: Incident) -> set[str]:
    """Return the ids of an incident's key and cited events."""
    events = StoredEvent.objects.filter(incident=incident)
    keep = set(events.filter(key=True).values_list("event_id", flat=True))
    cited = list(_cited(incident) - keep)
    for start in range(0, len(cited), _SLICE):
        keep.update(events.filter(event_id__in=cited[start : start + _SLICE]).values_list("event_id", flat=True))
    return keep


def postmortem_entries(row: Postmortem, shared: About) -> list[Entry]:
    """Return the entries of a postmortem: one where its working text is what readers see, else one an audience."""
    working = _document(row, to_record(row), row.state, Audience.WRITERS, shared)
    latest = latest_publication(row)
    if latest is None:
        return [working]
    state = row.state if row.state == State.CLOSED else State.PUBLISHED
    published = _document(row, published_record(latest), state, Audience.READERS, shared)
    if msgspec.structs.replace(published, audience=working.audience) == working:
        return [msgspec.structs.replace(working, audience=Audience.EVERYBODY)]
    return [working, published]


def action_entries(incident: Incident, shared: About) -> list[Entry]:
    """Return the entries of an incident's actions: those that a publication shows are for everybody, as they are now."""
    rows = ActionItem.objects.get_queryset().filter(incident=incident)
    return [
        _entry(
            Kind.ACTION,
            row.public_id,
            Audience.EVERYBODY if row.published else Audience.WRITERS,
            row.title,
            _joined(row.criterion and f"{HEADING}Works when\n{row.criterion}", row.ticket),
            shared,
            state=row.state,
        )
        for row in rows
    ]


def latest_publication(row: Postmortem) -> Publication | None:
    """Return the latest publication of a postmortem."""
    return Publication.objects.filter(postmortem=row, number=row.published_number).first() if row.published_number else None


def _cited(incident: Incident) -> set[str]:
    found: set[str] = set()
    for postmortem in incident.postmortems.get_queryset():
        for markdown in postmortem.sections.values_list("markdown", flat=True):
            found.update(_CITED.findall(markdown))
    return found


def _document(row: Postmortem, value: record.Postmortem, state: str, audience: str, shared: About) -> Entry:
    body = "\n".join(_lines(value))
    return _entry(Kind.POSTMORTEM, row.public_id, audience, value.title, body, shared, state=state)


def _lines(value: record.Postmortem) -> Iterator[str]:
    for section in value.sections:
        yield f"{HEADING}{section.heading}"
        yield from (line.lstrip("# ") for line in words_of(section.markdown))
    yield from _under("Decision", (_joined(one.question, _stopped(one.chosen), one.reason) for one in value.decisions))
    yield from _under("Factor", (f"{factor.id} {factor.title}" for factor in value.factors))
    yield from _under("Impact", (figure.name for figure in value.impact.figures))
    lessons = value.lessons
    yield from _under("Lesson", (*lessons.learned, *lessons.went_well, *lessons.went_poorly, *lessons.got_lucky))


def _under(heading: str, lines: Iterable[str]) -> Iterator[str]:
    told = [" ".join(line.split()) for line in lines]
    if told:
        yield f"{HEADING}{heading}"
        yield from (line.lstrip("# ") for line in told)


def _stopped(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _joined(*parts: str | None) -> str:
    return " ".join(part for part in parts if part)


def _entry(kind: Kind, object_id: str, audience: str, title: str, body: str, shared: About, *, state: str = "") -> Entry:
    mask = Mask()
    return Entry(
        kind,
        object_id,
        audience,
        mask.text(title),
        mask.text(body[:TEXT_LIMIT]),
        shared.services,
        shared.severity,
        state,
        shared.at,
        _WEIGHT[kind],
    )
