"""Fill a library with samples: the rows that operations would have written, many at a time."""

from __future__ import annotations

import datetime as dt
import io
import random
from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.casework.ports import Received
from juncture.inquiry.criteria import severity_key
from juncture.inquiry.signs import signs_of
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut
from juncture.model.identity import ArtefactHash
from juncture.model.record import Timeline
from juncture.web.access.operations import add_person
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import COMMAND_LINE, Viewer
from juncture.web.actions.changing import KIND as ACTION
from juncture.web.actions.changing import told
from juncture.web.actions.mapping import FIELDS, set_from_record
from juncture.web.actions.models import ActionItem, State
from juncture.web.actions.owners import people_called
from juncture.web.bulk import upsert
from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.judging import judge_in_slices
from juncture.web.incidents.models import EvidenceSigns, Incident, IncidentService, Visibility
from juncture.web.incidents.operations import public_id_for
from juncture.web.journal.models import Change
from juncture.web.library.indexing import index_actions, index_events, index_incident, index_postmortem
from juncture.web.people.models import Role, Service, Team, User
from juncture.web.people.operations import team_named
from juncture.web.postmortems.mapping import Rows, from_record, frozen
from juncture.web.postmortems.models import Postmortem, Publication, Section
from juncture.web.sampling.telling import ARTEFACT_NAME, Sample, evidence_lines, tell, words
from juncture.web.timeline.models import StoredEvent, StoredTimeline
from juncture.web.timeline.storing import COLUMNS, row_of

PEOPLE = (("robin", "Robin Sample"), ("kim", "Kim Sample"), ("sam", "Sam Sample"))
SLICE = 20
"""Incidents a transaction."""
_encode = msgspec.json.Encoder().encode
_PROOF = "Shown in the drill of the month after (sample)."
_REASON = "The part was replaced before it was due (sample)."
_SIGNS = ("started_at", "detected_at", "mitigated_at", "resolved_at", "found_by", "intervention")


class Filled(Struct, frozen=True):
    """How much was made."""

    postmortems: int
    events: int
    actions: int


class _Made(Struct):
    """One sample with the rows that it gives."""

    sample: Sample
    incident: Incident
    postmortem: Postmortem
    rows: Rows | None = None
    actions: list[ActionItem] = []


class _Run(Struct):
    """What all slices of one run share."""

    viewer: Viewer
    artefact: ArtefactHash
    size: int
    ledger_head: str
    teams: list[Team]
    owners: dict[str, int]
    number: int
    action_number: int


def fill(
    *, postmortems: int, events: int, actions: int, seed: int, now: dt.datetime, beat: Callable[[int], None] = lambda _: None
) -> Filled:
    """Add so many sample postmortems, with so many events and actions among them; return how many there are now more.

    The same seed on the same day gives the same samples. `beat` is told how many are made.
    """
    chance = random.Random(seed)  # noqa: S311 - samples, not secrets
    run = _begin()
    made = 0
    while made < postmortems:
        count = min(SLICE, postmortems - made)
        samples = [
            tell(
                chance,
                now,
                run.artefact,
                events=_share(events, postmortems, made + place),
                actions=_share(actions, postmortems, made + place),
            )
            for place in range(count)
        ]
        written = _write(run, chance, samples)
        judge_in_slices([one.incident.pk for one in written])
        for one in written:
            _index(one)
        made += count
        beat(made)
    return Filled(postmortems, events, actions)


def _share(total: int, among: int, place: int) -> int:
    """Return how many of `total` belong to one of `among`: they differ by one at most."""
    return total * (place + 1) // among - total * place // among


def _begin() -> _Run:
    told_words = words()
    owner = None
    for handle, name in PEOPLE:
        email = f"{handle}@sample.invalid"
        person = User.objects.filter(email=email).first()
        person = person or add_person(COMMAND_LINE, email=email, name=name, role=Role.AUTHOR, password=None)
        owner = owner or person
    if owner is None:
        raise RuntimeError("there are no sample people")
    viewer = viewer_of(owner, through="command")
    data = ("\n".join(evidence_lines()) + "\n").encode()
    kept = next(iter(artefact_store().put([Received(ARTEFACT_NAME, None, lambda: io.BytesIO(data))], by=viewer.name)))
    if isinstance(kept, LeftOut):
        raise BadEvidence(kept.where, kept.why)
    with transaction.atomic():
        teams = [team_named(viewer, name) for name in told_words.teams]
        for place, name in enumerate(told_words.services):
            Service.objects.get_or_create(name=name, defaults={"team": teams[place % len(teams)], "description": "A sample."})
    last = ActionItem.objects.get_queryset().exclude(number=None).order_by("-number").values_list("number", flat=True).first()
    return _Run(
        viewer=viewer,
        artefact=kept.artefact,
        size=len(data),
        ledger_head=artefact_store().head().hash,
        teams=teams,
        owners=people_called([name for _, name in PEOPLE]),
        number=int(public_id_for(Visibility.ORGANISATION)),
        action_number=(last or 0) + 1,
    )


def _write(run: _Run, chance: random.Random, samples: Sequence[Sample]) -> list[_Made]:
    with transaction.atomic():
        made = [_Made(sample, _incident(run, chance, sample), Postmortem()) for sample in samples]
        Incident.objects.bulk_create([one.incident for one in made])
        for one in made:
            # `auto_now_add` gives all the time of now; the sample was declared when it was acknowledged.
            one.incident.created_at = one.sample.value.incident.acknowledged_at or one.sample.started_at
        Incident.objects.bulk_update([one.incident for one in made], ["created_at"])
        _write_evidence(run, made)
        _write_postmortems(run, chance, made)
        _write_actions(run, chance, made)
        _publish(run, made)
        _journal(run, made)
    return made


def _index(one: _Made) -> None:
    with transaction.atomic():
        index_incident(one.incident.pk)
        index_events(one.incident.pk)
        index_postmortem(one.postmortem.pk)
        index_actions(one.postmortem.pk)


def _incident(run: _Run, chance: random.Random, sample: Sample) -> Incident:
    if sample.visibility == Visibility.RESTRICTED:
        public_id = f"{chance.getrandbits(96):024x}"
    else:
        public_id, run.number = str(run.number), run.number + 1
    return Incident(
        public_id=public_id,
        title=sample.title,
        severity=sample.severity,
        severity_key=severity_key(sample.severity),
        near_miss=sample.near_miss,
        data_lost=False,
        visibility=sample.visibility,
        team=chance.choice(run.teams) if sample.visibility == Visibility.TEAM else None,
        started_at=sample.started_at,
        created_by_id=run.viewer.person,
    )


def _write_evidence(run: _Run, made: Sequence[_Made]) -> None:
    IncidentService.objects.bulk_create(
        IncidentService(incident=one.incident, name=name, position=place)
        for one in made
        for place, name in enumerate(one.sample.services)
    )
    EvidenceItem.objects.bulk_create(
        EvidenceItem(
            incident=one.incident, sha256=run.artefact, name=ARTEFACT_NAME, size=run.size, received_from_id=run.viewer.person
        )
        for one in made
    )
    rows = [row_of(one.incident, event, hidden=False) for one in made for event in one.sample.events]
    upsert(StoredEvent, COLUMNS, rows, unique=("incident", "event_id"), update=False)
    value = [(one, one.sample.value) for one in made]
    StoredTimeline.objects.bulk_create(
        StoredTimeline(
            incident=one.incident, milestones=_encode(told.milestones), phases=_encode(told.phases), notes=_encode(told.notes)
        )
        for one, told in value
    )
    signs = [(one, signs_of(Timeline(one.sample.events, told.milestones, told.phases))) for one, told in value]
    EvidenceSigns.objects.bulk_create(
        EvidenceSigns(incident=one.incident, **{name: getattr(found, name) for name in _SIGNS}) for one, found in signs
    )


def _write_postmortems(run: _Run, chance: random.Random, made: Sequence[_Made]) -> None:
    for one in made:
        restricted = one.sample.visibility == Visibility.RESTRICTED
        one.postmortem = Postmortem(
            incident=one.incident,
            public_id=f"{chance.getrandbits(96):024x}" if restricted else one.incident.public_id,
            renamed=True,
            state=one.sample.state,
            published_number=1 if one.sample.state in {"published", "closed"} else 0,
            published_title=one.sample.value.title if one.sample.state in {"published", "closed"} else "",
            created_by_id=run.viewer.person,
        )
        one.rows = from_record(one.postmortem, one.sample.value)
    Postmortem.objects.bulk_create([one.postmortem for one in made])
    for one in made:
        one.postmortem.created_at = one.incident.created_at + dt.timedelta(days=2)
    Postmortem.objects.bulk_update([one.postmortem for one in made], ["created_at"])
    rows = [one.rows for one in made if one.rows]
    Section.objects.bulk_create([section for each in rows for section in each.sections])
    tables: dict[Any, list[Any]] = {}
    for each in rows:
        for kind, pieces in each.pieces:
            tables.setdefault(kind.row, []).extend(pieces)
    for table, pieces in tables.items():
        table.objects.bulk_create(pieces)


def _write_actions(run: _Run, chance: random.Random, made: Sequence[_Made]) -> None:
    for one in made:
        restricted = one.sample.visibility == Visibility.RESTRICTED
        for position, value in enumerate(one.sample.value.actions):
            row = ActionItem(
                postmortem=one.postmortem,
                incident=one.incident,
                position=position,
                owner_id=run.owners.get(value.owner or ""),
                published=one.postmortem.published_number > 0,
                touched=True,
            )
            set_from_record(row, value)
            row.state_at = _state_at(value.due, one.postmortem.created_at)
            row.proof = _PROOF if row.state == State.VERIFIED else ""
            row.reason = _REASON if row.state == State.WONT_DO else ""
            if restricted:
                row.public_id = f"{chance.getrandbits(96):024x}"
            else:
                row.number, row.public_id = run.action_number, str(run.action_number)
                run.action_number += 1
            one.actions.append(row)
    ActionItem.objects.bulk_create([row for one in made for row in one.actions], batch_size=200)


def _state_at(due: dt.date | None, otherwise: dt.datetime) -> dt.datetime:
    at = dt.datetime.combine(due, dt.time(12), dt.UTC) if due else otherwise
    return min(at, timezone.now())


def _publish(run: _Run, made: Sequence[_Made]) -> None:
    published = [one for one in made if one.postmortem.published_number]
    rows = [
        Publication(
            postmortem=one.postmortem,
            number=1,
            record=frozen(
                msgspec.structs.replace(one.sample.value, metadata=one.sample.value.metadata | {"state": "published"})
            ),
            ledger_head=run.ledger_head,
            published_by_id=run.viewer.person,
        )
        for one in published
    ]
    Publication.objects.bulk_create(rows)
    for row, one in zip(rows, published, strict=True):
        row.published_at = min(one.postmortem.created_at + dt.timedelta(days=5), timezone.now())
    Publication.objects.bulk_update(rows, ["published_at"])


def _journal(run: _Run, made: Sequence[_Made]) -> None:
    rows: list[Change] = []

    def add(one: _Made, action: str, kind: str, object_id: str, after: dict[str, object]) -> None:
        rows.append(
            Change(
                by_id=run.viewer.user_id,
                through=run.viewer.through,
                action=action,
                object_kind=kind,
                object_id=object_id,
                incident_id=one.incident.pk,
                postmortem_id=None if kind == "incident" else one.postmortem.pk,
                after=after,
            )
        )

    for one in made:
        row = one.postmortem
        said = {"title": one.sample.title, "severity": one.sample.severity, "visibility": one.sample.visibility}
        add(one, "declare", "incident", one.incident.public_id, said | {"services": list(one.sample.services)})
        add(one, "import", "postmortem", row.public_id, {"title": row.title, "practice": row.practice})
        for action in one.actions:
            values = {name: told(getattr(action, name)) for name in FIELDS}
            add(one, "add", ACTION, action.public_id, {name: value for name, value in values.items() if value})
        if row.published_number:
            add(one, "set_state", "postmortem", row.public_id, {"state": "published", "reason": "", "publication": 1})
    Change.objects.bulk_create(rows, batch_size=200)
