"""All that the page of one incident tells, read with few queries."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any

import msgspec
from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.inquiry.criteria import Outcome
from juncture.model.evidence import Event
from juncture.model.instants import duration_text, seconds_between
from juncture.model.record import Milestone, MilestoneState
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import ImportRun
from juncture.web.incidents.models import Incident
from juncture.web.incidents.rights import may_open_up
from juncture.web.incidents.selectors import IncidentView, incident_row, view_of
from juncture.web.timeline.models import StoredEvent

SHOWN_EVENTS = 40
SHOWN_ITEMS = 6
SHOWN_IMPORTS = 3
_AT_ONCE = 30


class PersonOnIt(Struct, frozen=True):
    """Somebody on an incident; `declared` is who declared it, and stays on it."""

    id: int
    name: str
    declared: bool


class Said(Struct, frozen=True):
    """What somebody said at some time: a waiver, a request."""

    by: str
    at: datetime
    reason: str
    own: bool


class CriterionFound(Struct, frozen=True):
    """One criterion as an incident was judged by it: its words, and why as a sentence."""

    label: str
    why: str
    outcome: str


class MilestoneShown(Struct, frozen=True):
    """A milestone in the strip: its name, when, how long after the one before, or why there is none."""

    name: str
    at: datetime | None
    time: str
    after: str
    state: str


class ImportShown(Struct, frozen=True):
    """An import in short."""

    id: str
    requested_at: datetime
    state: str
    events: int
    left_out: int


class Standing(Struct, frozen=True):
    """An incident with who is on it, and what a viewer may do to it."""

    incident: IncidentView
    people: tuple[PersonOnIt, ...]
    may_edit: bool
    may_open_up: bool


class Overview(Struct, frozen=True):
    """An incident with what is known of it."""

    incident: IncidentView
    sentence: str
    milestones: tuple[MilestoneShown, ...]
    day: str
    met: tuple[CriterionFound, ...]
    other: tuple[CriterionFound, ...]
    waiver: Said | None
    requests: tuple[Said, ...]
    people: tuple[PersonOnIt, ...]
    events: tuple[Event, ...]
    total: int
    evidence: tuple[str, ...]
    evidence_count: int
    imports: tuple[ImportShown, ...]
    may_edit: bool
    may_open_up: bool
    asked: bool
    """Whether the viewer has asked for a postmortem."""

    @property
    def evidence_more(self) -> int:
        """How many artefacts are not named here."""
        return self.evidence_count - len(self.evidence)


def overview(viewer: Viewer, incident_id: str) -> Overview:
    """Return what is known of an incident. Evidence, imports and people are told to who may write. Raises NotFound, Moved."""
    row = incident_row(viewer, incident_id, "waiver__by", "signs", "timeline", "created_by")
    seen = view_of(row, viewer)
    clock = Clock(viewer.zone)
    bodies = StoredEvent.objects.filter(incident=row, key=True).order_by("occurred_at", "event_id")
    events = tuple(msgspec.json.decode(body, type=Event) for body in bodies.values_list("body", flat=True)[:SHOWN_EVENTS])
    total = StoredEvent.objects.filter(incident=row).count()
    imports = _imports(row) if viewer.may_write else ()
    names = list(row.evidence.order_by("id").values_list("name", flat=True)) if viewer.may_write else []
    people = _people(row)
    stored = row.verdicts.get_queryset()
    verdicts = [CriterionFound(one.label, _sentence(one.why), one.outcome) for one in stored]
    requests = [
        Said(one.by.name, one.at, one.reason, one.by_id == viewer.user_id)
        for one in row.requests.select_related("by").order_by("id")
    ]
    waiver = getattr(row, "waiver", None)
    leads = may_open_up(viewer, row)
    milestones = _milestones(row)
    return Overview(
        incident=seen,
        sentence=_first_sentence(row, seen, total, clock, reading=any(run.state in {"queued", "running"} for run in imports)),
        milestones=_strip(milestones, row, clock),
        day=_day(milestones, row, clock),
        met=tuple(one for one in verdicts if one.outcome == Outcome.MET),
        other=tuple(one for one in verdicts if one.outcome != Outcome.MET),
        waiver=Said(waiver.by.name, waiver.at, waiver.reason, waiver.by_id == viewer.user_id) if waiver else None,
        requests=tuple(requests),
        people=people if viewer.may_write else (),
        events=events,
        total=total,
        evidence=tuple(names[:SHOWN_ITEMS]),
        evidence_count=len(names),
        imports=imports[:SHOWN_IMPORTS],
        may_edit=leads or (viewer.may_write and any(person.id == viewer.user_id for person in people)),
        may_open_up=leads,
        asked=any(one.own for one in requests),
    )


def standing(viewer: Viewer, incident_id: str) -> Standing:
    """Return an incident with who is on it, told to who may write. Raises NotFound, Moved."""
    row = incident_row(viewer, incident_id, "created_by")
    people = _people(row)
    leads = may_open_up(viewer, row)
    may_edit = leads or (viewer.may_write and any(person.id == viewer.user_id for person in people))
    return Standing(view_of(row, viewer), people if viewer.may_write else (), may_edit, leads)


def _people(row: Incident) -> tuple[PersonOnIt, ...]:
    added = row.people.select_related("user").order_by("id")
    return (
        PersonOnIt(row.created_by_id, row.created_by.name, declared=True),
        *(PersonOnIt(one.user_id, one.user.name, declared=False) for one in added),
    )


def _imports(row: Incident) -> tuple[ImportShown, ...]:
    rows = ImportRun.objects.filter(incident=row, task=ImportRun.Task.READ).order_by("-id")[: SHOWN_IMPORTS + 1]
    return tuple(ImportShown(run.public_id, run.requested_at, run.state, run.events, len(run.left_out)) for run in rows)


def _milestones(row: Incident) -> tuple[Milestone, ...]:
    stored = getattr(row, "timeline", None)
    return msgspec.json.decode(stored.milestones, type=tuple[Milestone, ...]) if stored else ()


def _strip(milestones: Sequence[Milestone], row: Incident, clock: Clock) -> tuple[MilestoneShown, ...]:
    if not milestones:
        return ()
    shown: list[MilestoneShown] = []
    before: datetime | None = None
    said = _alike([one.at for one in milestones if one.at is not None], clock)
    for one in milestones:
        at = one.at
        if at is None and one.name == "started" and row.started_at is not None:
            at = row.started_at
            shown.append(MilestoneShown("started", at, said(at), "as it was told", "told"))
        elif at is None:
            invalid = one.state is MilestoneState.INVALID
            shown.append(MilestoneShown(str(one.name), None, "", "", "invalid" if invalid else "not_applicable"))
            continue
        else:
            shown.append(MilestoneShown(str(one.name), at, said(at), _after(before, at), "found"))
        before = at
    return tuple(shown)


def _alike(instants: Sequence[datetime], clock: Clock) -> Callable[[datetime], str]:
    """Return how all instants of a strip are told: to the second where two of them stand within a minute of each other."""
    close = any(0 < abs(seconds_between(one, then)) < 60 for one, then in pairwise(instants))
    return clock.second if close else clock.minute


def _after(before: datetime | None, at: datetime) -> str:
    if before is None:
        return ""
    seconds = seconds_between(before, at)
    if abs(seconds) < 1:
        return "at once"
    words = duration_text(abs(seconds) if abs(seconds) < 60 else round(abs(seconds) / 60) * 60)
    return f"{words} later" if seconds > 0 else f"{words} earlier"


def _day(milestones: Sequence[Milestone], row: Incident, clock: Clock) -> str:
    first = next((one.at for one in milestones if one.at is not None), row.started_at)
    return clock.day(first) if first else ""


def _first_sentence(row: Incident, seen: IncidentView, total: int, clock: Clock, *, reading: bool) -> str:
    if reading:
        return "Evidence is being read."
    if not total:
        return _without_evidence(row, seen, clock)
    return " ".join(filter(None, (_felt(row, clock) or _read(total), _found(row), _written(seen))))


def _without_evidence(row: Incident, seen: IncidentView, clock: Clock) -> str:
    at = row.started_at
    begun = f"It started at {clock.minute(at)} on {clock.day(at)}, as it was told." if at else ""
    if seen.postmortems:
        return " ".join(filter(None, (begun, "No evidence was read for it.", _written(seen))))
    if row.near_miss:
        return "A near miss: nothing happened to users. Five sentences are enough to learn from it."
    known = begun or "It has been declared; nothing else is known yet."
    return f"{known} Add what it left behind, and the draft is written from it."


def _felt(row: Incident, clock: Clock) -> str:
    signs: Any = getattr(row, "signs", None)
    start = (signs.started_at if signs else None) or row.started_at
    end = signs.mitigated_at if signs else None
    if start is None:
        return ""
    day = clock.day(start)
    if row.near_miss:
        return f"A near miss at {clock.minute(start)} on {day}: no user felt it."
    if end is None or end < start:
        return f"It began at {clock.minute(start)} on {day}; nothing shows when users no longer felt it."
    seconds = seconds_between(start, end)
    lasted = duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)
    return f"Users felt it for {lasted}, from {clock.minute(start)} to {clock.minute(end)} on {day}."


def _found(row: Incident) -> str:
    signs: Any = getattr(row, "signs", None)
    if not signs or not signs.found_by:
        return ""
    after = ""
    if signs.started_at and signs.detected_at and (seconds := seconds_between(signs.started_at, signs.detected_at)) > _AT_ONCE:
        after = f" after {duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)}"
    return f"A person found it{after}, before any alert did." if signs.found_by == "person" else f"An alert told of it{after}."


def _read(total: int) -> str:
    return f"{total:,} event{'' if total == 1 else 's'} {'was' if total == 1 else 'were'} read from the evidence."


def _written(seen: IncidentView) -> str:
    if seen.is_published:
        return "Its postmortem is published."
    if seen.postmortems:
        return "Its postmortem is being written."
    return "There is no postmortem yet."


def _sentence(clause: str) -> str:
    return f"{clause[:1].upper()}{clause[1:]}."
