"""The draft: a postmortem made of facts, each with its citation.

No language model takes part, and no sentence is invented: what the evidence does not give is a prompt or a question. Drafts
name roles. The names of people are in `Participant.name` alone; in the events of the draft and in all words taken from them,
roles stand for names. The excerpt that a citation opens stays as it was written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from juncture.document.drafting.facts import Facts
from juncture.document.drafting.orders import sections_of
from juncture.document.drafting.questions import questions_of
from juncture.document.drafting.title import title_of
from juncture.inquiry.roles import Roles
from juncture.model.evidence import CommandDetails, Details, Event, Note, PageDetails, RecordDetails, Series
from juncture.model.record import Impact, Incident, Milestone, MilestoneName, Postmortem, Timeline


def draft(
    timeline: Timeline,
    series: Sequence[Series] = (),
    *,
    practice: str = "google",
    assumptions: tuple[Note, ...] = (),
    near_miss: bool = False,
) -> Postmortem:
    """Return the drafted postmortem of a timeline, its sections in the order of `practice`; of a near miss without impact.

    `Postmortem.timeline` holds the key events and all that is cited; the others stay in the timeline. The footnotes of the
    prose are defined at the end of the last section. Raises ValueError for a practice that there is not.
    """
    facts = Facts(timeline, series)
    sections = sections_of(facts, practice, near_miss=near_miss)
    questions = tuple(facts.roles.anonymise(text) for text in questions_of(facts, near_miss=near_miss))
    return Postmortem(
        title=title_of(facts),
        incident=_incident(facts),
        milestones=tuple(_milestone(one, facts.roles) for one in timeline.milestones),
        phases=timeline.phases,
        participants=facts.participants,
        timeline=tuple(as_roles(event, facts.roles) for event in _kept(facts)),
        changes=facts.changes,
        decisions=facts.decisions,
        weak_points=facts.weak_points,
        impact=Impact() if near_miss else facts.impact,
        questions=questions,
        sections=sections,
        notes=(*assumptions, *timeline.notes),
        practice=practice,
        metadata={"state": "draft"} | ({"near_miss": "true"} if near_miss else {}),
    )


def as_roles(event: Event, roles: Roles) -> Event:
    """Return an event in which roles stand for the names of people; ids, times and citations stay."""
    return msgspec.structs.replace(
        event,
        actor=roles.role_of(event.actor),
        known_by=tuple(dict.fromkeys(roles.role_of(name) or name for name in event.known_by)),
        summary=roles.anonymise(event.summary),
        details=_details_as_roles(event.details, roles),
    )


def _details_as_roles(details: Details | None, roles: Roles) -> Details | None:
    if isinstance(details, PageDetails):
        return msgspec.structs.replace(details, assignees=tuple(roles.role_of(name) or name for name in details.assignees))
    if isinstance(details, CommandDetails):
        return msgspec.structs.replace(details, command=roles.anonymise(details.command))
    if isinstance(details, RecordDetails):
        return msgspec.structs.replace(details, fields={name: roles.anonymise(text) for name, text in details.fields.items()})
    return details


def _milestone(one: Milestone, roles: Roles) -> Milestone:
    return msgspec.structs.replace(one, reason=roles.anonymise(one.reason))


def _kept(facts: Facts) -> Iterator[Event]:
    """Yield the key events, and those that prose or an object cites."""
    shown = (
        *(one.citations for one in facts.timeline.milestones),
        *(one.citations for one in facts.participants),
        *(one.citations for one in facts.changes),
        *(one.citations for one in facts.decisions),
        *(one.citations for one in facts.weak_points),
    )
    places = {(citation.artefact, citation.place) for citations in shown for citation in citations}
    for event in facts.timeline.events:
        cited = any((citation.artefact, citation.place) in places for citation in event.citations)
        if event.key or event.id in facts.footnotes.cited or cited:
            yield event


def _incident(facts: Facts) -> Incident:
    return Incident(
        severity=facts.severity,
        services=facts.effect.services,
        started_at=facts.at(MilestoneName.STARTED),
        detected_at=facts.at(MilestoneName.DETECTED),
        acknowledged_at=facts.at(MilestoneName.ACKNOWLEDGED),
        declared_at=facts.at(MilestoneName.DECLARED),
        mitigated_at=facts.at(MilestoneName.MITIGATED),
        resolved_at=facts.at(MilestoneName.RESOLVED),
    )
