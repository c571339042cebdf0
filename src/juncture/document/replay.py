"""The postmortem as it could have been written at an instant: nothing in it that nobody knew yet.

The rules, one place for the exported file, which hides, and for the server, which never sends:

- an event is known from its `known_at` on, as it was known then (`juncture.timeline.known`); where nothing shows anybody to
  have seen it, never;
- a decision is known when it is made, or when the message that tells it was known, if that is later; what came of it never,
  because nobody could know it while deciding;
- a change is known when it is made and its event is known; its rank and reasons are hindsight;
- a milestone is known when its event is; without one, the acts of responders (detected, acknowledged, declared) are known when
  they happen and the others never; a phase is known when the milestone that it begins with is;
- title, prose, impact, factors, lessons, actions, questions and the parts that people played were all written later.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import msgspec

from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation, Event, MessageDetails
from juncture.model.identity import EventId
from juncture.model.instants import Instant, clock_time
from juncture.model.record import (
    Change,
    Decision,
    Incident,
    Milestone,
    MilestoneName,
    MilestoneState,
    Phase,
    Postmortem,
)
from juncture.timeline.known import as_known, known_at

_ACTS = frozenset({MilestoneName.DETECTED, MilestoneName.ACKNOWLEDGED, MilestoneName.DECLARED})
_INSTANT = timedelta(microseconds=1)


def at(postmortem: Postmortem, instant: Instant) -> Postmortem:
    """Return what of `postmortem` responders knew at `instant`, and nothing else: no byte of it tells anything later."""
    decisions = tuple(
        _decision_then(decision)
        for decision in postmortem.decisions
        if decision_known_at(decision, postmortem.timeline) <= instant
    )
    milestones = tuple(
        _milestone_then(milestone)
        for milestone in postmortem.milestones
        if _is_by(milestone_known_at(milestone, postmortem.timeline), instant)
    )
    known = known_at(postmortem.timeline, instant).known
    return Postmortem(
        title=f"What was known at {clock_time(instant)} UTC",
        incident=_incident_then(postmortem.incident, milestones, known),
        milestones=milestones,
        phases=_phases_then(postmortem, instant),
        timeline=tuple(_event_then(event, instant) for event in known),
        changes=_changes_then(postmortem, instant),
        decisions=decisions,
        practice=postmortem.practice,
    )


def not_seen(postmortem: Postmortem, instant: Instant) -> tuple[Event, ...]:
    """Return what was there at `instant` and not seen, for the reveal: without a word about when it was known."""
    hidden = set(known_at(postmortem.timeline, instant).not_seen)
    return tuple(
        msgspec.structs.replace(_event_then(event, instant), known_at=None, known_by=())
        for event in postmortem.timeline
        if event.id in hidden
    )


def excerpts_at(postmortem: Postmortem, excerpts: Mapping[Citation, Excerpt]) -> dict[Citation, Excerpt]:
    """Return the excerpts that a cut postmortem cites, without the lines that may be later than the cited one.

    Those around it go; of a stretch of many lines, which may reach far, the first alone stays.
    """
    parts = (postmortem.timeline, postmortem.decisions, postmortem.changes, postmortem.milestones)
    cited = {citation for part in parts for each in part for citation in each.citations}
    return {citation: _excerpt_then(excerpt) for citation, excerpt in excerpts.items() if citation in cited}


def told_later(event: Event) -> tuple[str, Instant] | None:
    """Return what stands for an event's summary while that would tell what lay ahead, and the instant from which it may.

    So many lines, the height of a peak, words edited later: None where the summary tells nothing of the kind.
    """
    edited = event.details.edited_at if isinstance(event.details, MessageDetails) else None
    for instant in (event.ended_at, edited):
        if instant is not None and instant > event.occurred_at:
            before = as_known(event, instant - _INSTANT).summary
            if before != event.summary:
                return before, instant
    return None


def decision_known_at(decision: Decision, events: Sequence[Event]) -> Instant:
    """Return since when a decision was known."""
    event = _event(decision.event, events)
    return max(decision.at, event.known_at) if event is not None and event.known_at is not None else decision.at


def change_known_at(change: Change, events: Sequence[Event]) -> Instant | None:
    """Return since when a change was known to have been made, None if nothing shows that it was."""
    event = _event(change.event, events)
    return max(change.at, event.known_at) if event is not None and event.known_at is not None else None


def milestone_known_at(milestone: Milestone, events: Sequence[Event]) -> Instant | None:
    """Return since when it was known that a milestone had been reached, None if nothing shows that it was."""
    if milestone.at is None:
        return None
    event = _event(milestone.event, events)
    if event is not None:
        return max(event.known_at, milestone.at) if event.known_at is not None else None
    return milestone.at if milestone.name in _ACTS else None


def phase_known_at(
    phase: Phase, milestones: Sequence[Milestone], events: Sequence[Event], decisions: Sequence[Decision] = ()
) -> Instant | None:
    """Return since when it was known that a phase had begun, None if nothing shows that it was."""
    return instant_known_at(phase.from_, milestones, events, decisions)


def instant_known_at(
    boundary: Instant, milestones: Sequence[Milestone], events: Sequence[Event], decisions: Sequence[Decision] = ()
) -> Instant | None:
    """Return since when an instant between two phases was known: that of its milestone, else of what happened then."""
    reached = [milestone for milestone in milestones if milestone.at == boundary]
    if reached:
        known = [milestone_known_at(milestone, events) for milestone in reached]
    else:
        known = [max(event.known_at, boundary) for event in events if event.occurred_at == boundary and event.known_at]
        known += [decision_known_at(decision, events) for decision in decisions if decision.at == boundary]
    return min((instant for instant in known if instant is not None), default=None)


def is_stretch(place: str) -> bool:
    """Whether a place is a stretch of lines or bytes, in which later ones follow earlier ones."""
    return place.startswith(("line:", "bytes:")) and "-" in place


def _event(event_id: EventId | None, events: Sequence[Event]) -> Event | None:
    if event_id is None:
        return None
    return next((event for event in events if event.id == event_id or event_id in event.aliases), None)


def _is_by(known: Instant | None, instant: Instant) -> bool:
    return known is not None and known <= instant


def _event_then(event: Event, instant: Instant) -> Event:
    """Return an event as it was known, without links, which later sightings may have brought."""
    return msgspec.structs.replace(as_known(event, instant), links=())


def _excerpt_then(excerpt: Excerpt) -> Excerpt:
    hits = tuple(line for line in excerpt.lines if line.hit)
    return Excerpt(excerpt.title, excerpt.place, hits[:1] if is_stretch(excerpt.place) else hits)


def _decision_then(decision: Decision) -> Decision:
    return msgspec.structs.replace(decision, outcome=None, citations=decision.citations[:1])


def _milestone_then(milestone: Milestone) -> Milestone:
    return Milestone(
        milestone.name, milestone.at, MilestoneState.FOUND, "known by then", milestone.citations[:1], milestone.event
    )


def _changes_then(postmortem: Postmortem, instant: Instant) -> tuple[Change, ...]:
    known = [each for each in postmortem.changes if _is_by(change_known_at(each, postmortem.timeline), instant)]
    then = sorted(known, key=lambda change: change.at, reverse=True)
    return tuple(
        msgspec.structs.replace(change, rank=rank, seconds_before=None, reasons=(), citations=change.citations[:1])
        for rank, change in enumerate(then, start=1)
    )


def _incident_then(incident: Incident, milestones: Sequence[Milestone], known: Sequence[Event]) -> Incident:
    named = {event.service for event in known}
    then = Incident(services=tuple(service for service in incident.services if service in named))
    return msgspec.structs.replace(then, **{f"{milestone.name}_at": milestone.at for milestone in milestones})


def _phases_then(postmortem: Postmortem, instant: Instant) -> tuple[Phase, ...]:
    parts = (postmortem.milestones, postmortem.timeline, postmortem.decisions)
    begun = [phase for phase in postmortem.phases if _is_by(phase_known_at(phase, *parts), instant)]
    return tuple(
        Phase(
            phase.name,
            phase.from_,
            phase.to if phase.to is not None and _is_by(instant_known_at(phase.to, *parts), instant) else None,
        )
        for phase in begun
    )
