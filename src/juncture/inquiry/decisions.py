"""Candidate decisions: the moments at which somebody had to choose."""

from __future__ import annotations

from datetime import timedelta

from juncture.inquiry.acts import Form
from juncture.inquiry.effect import AT_THE_START, effect_of, end_of, instant_of, milestone, said, start_of
from juncture.inquiry.matters import Matter, matters
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.roles import Roles, channel_of, incident_channels, roles_of
from juncture.inquiry.shipments import results_of
from juncture.inquiry.speech import quoted, said_in_vain, said_refused, shortened
from juncture.inquiry.wording import Wording
from juncture.model.evidence import Citation, Event, Kind
from juncture.model.instants import Instant, clock_time, duration_text, seconds_between
from juncture.model.record import Decision, MilestoneName, Timeline
from juncture.timeline.cues import Cue

BEFORE_THE_START = timedelta(seconds=60)
"""The start is no more exact than the interval of its metric: an act this little before it can be part of the response."""

SPOKEN_BEFORE = timedelta(minutes=30)
"""Where a start is told by words alone, people were at it before; what they said this long before belongs to it."""

AFTER_THE_END = timedelta(minutes=15)
"""What is chosen this soon after the end (retry now or tomorrow?) still belongs to the incident."""

OUTCOME_WITHIN = timedelta(minutes=10)
"""What followed a choice is looked for so long, and no longer than until the next choice."""

TAKEN_WITHIN = timedelta(minutes=3)
SHORT_ANSWER = 8
"""Who takes over says so soon and in few words; later and longer messages speak of something else."""

RECOVERED_WITHIN = timedelta(minutes=5)
"""A recovery this soon after a choice is told as what followed it."""


def candidates(timeline: Timeline, roles: Roles | None = None) -> tuple[Decision, ...]:
    """Return the candidate decisions in order of time, one an act, each with its citations.

    `at` is the moment of choosing: the agreement or commitment, else the act itself. Question, options and reason are
    taken from what was said, names of people replaced by roles; the outcome is what the evidence shows next, if anything.
    """
    channels = incident_channels(timeline)
    services = effect_of(timeline).services
    chosen = handled(timeline)
    roles = roles or roles_of(timeline)
    found: list[Decision] = []
    for number, matter in enumerate(chosen):
        following = chosen[number + 1].chosen_at if number + 1 < len(chosen) else None
        outcome = _outcome(matter, timeline, following, channels)
        found.append(_decision(matter, outcome, roles, services[0] if services else None))
    return tuple(found)


def handled(timeline: Timeline) -> list[Matter]:
    """Return the matters that were chosen, in order of choosing: candidate decisions with the events they are made of."""
    found = matters(_during(timeline), incident_channels(timeline), results_of(timeline.events))
    return sorted((one for one in found if _is_a_choice(one, timeline)), key=lambda matter: matter.chosen_at)


def _during(timeline: Timeline) -> list[Event]:
    start, resolved = start_of(timeline), instant_of(timeline, MilestoneName.RESOLVED)
    early = SPOKEN_BEFORE if _is_told(timeline) else BEFORE_THE_START
    return [
        event
        for event in timeline.events
        if (start is None or event.occurred_at >= start - (early if event.kind in SPOKEN else BEFORE_THE_START))
        and (resolved is None or event.occurred_at <= resolved + AFTER_THE_END)
    ]


def _is_told(timeline: Timeline) -> bool:
    """Whether the start is what somebody said, and not what a signal shows."""
    started = milestone(timeline, MilestoneName.STARTED)
    event = next((event for event in timeline.events if started and event.id == started.event), None)
    return started is None or (event is not None and event.kind in SPOKEN)


def _is_a_choice(matter: Matter, timeline: Timeline) -> bool:
    """Whether it was chosen, by people, while there was something to choose."""
    if matter.chosen is None:
        return False
    if matter.kinds == {"tell"}:
        return bool(matter.asked)
    if matter.kinds <= {"deploy", "configure", "scale"}:
        start = start_of(timeline)
        if start is not None and matter.chosen_at <= start + AT_THE_START:
            return False
        if not matter.asked and matter.form is not Form.COMMIT:
            return _is_about_the_effect(matter, timeline)
    return True


def _is_about_the_effect(matter: Matter, timeline: Timeline) -> bool:
    """Whether a change that nobody spoke of came before the end: others ship too, and go on shipping afterwards."""
    end = end_of(timeline)
    return matter.chosen is not None and matter.chosen.key and (end is None or matter.chosen.occurred_at <= end)


def _decision(matter: Matter, outcome: tuple[str, list[Event]] | None, roles: Roles, service: str | None) -> Decision:
    chosen = matter.chosen
    if chosen is None:
        raise ValueError("a matter that was not chosen is no decision")
    said_of_it = Wording(matter, service)
    reason, reasoned = said_of_it.reason()
    cited = [*matter.asked, chosen, *matter.steps[:3], *reasoned, *(outcome[1] if outcome else ())]
    citations: list[Citation] = list(dict.fromkeys(event.citations[0] for event in cited if event.citations))
    return Decision(
        at=chosen.occurred_at,
        question=roles.anonymise(said_of_it.question()),
        chosen=roles.anonymise(said_of_it.chosen()),
        options=tuple(map(roles.anonymise, said_of_it.options)) if len(said_of_it.options) > 1 else (),
        reason=roles.anonymise(reason) if reason else None,
        outcome=roles.anonymise(outcome[0]) if outcome else None,
        by=roles.by_whom(chosen),
        kind=said_of_it.kind,
        event=chosen.id,
        citations=tuple(citations),
    )


def _outcome(
    matter: Matter, timeline: Timeline, following: Instant | None, channels: frozenset[str | None]
) -> tuple[str, list[Event]] | None:
    """Return what happened next, as the evidence shows it, and the events that show it."""
    until = matter.chosen_at + OUTCOME_WITHIN
    if following is not None and not matter.kinds & {"escalate", "reroute"}:
        until = min(until, following)
    later = [event for event in timeline.events if matter.chosen_at < event.occurred_at <= until]
    telling = [event for event in later if _tells(event, matter, channels)]
    told = next((event for event in telling if is_by_a_person(event)), next(iter(telling), None))
    parts = [f"{clock_time(told.occurred_at)} UTC: “{shortened(quoted(told.summary), 160)}”."] if told else []
    recovered = instant_of(timeline, MilestoneName.MITIGATED)
    if recovered is not None and matter.form is not Form.DECLINE:
        after = seconds_between(matter.chosen_at, recovered)
        if 0 <= after <= RECOVERED_WITHIN.total_seconds() and (following is None or recovered <= following):
            parts.append(f"Users no longer felt it {duration_text(after)} after the choice.")
    return (" ".join(parts), [told] if told else []) if parts else None


def _tells(event: Event, matter: Matter, channels: frozenset[str | None]) -> bool:
    """Whether an event tells what came of a choice."""
    if matter.kinds & {"escalate", "reroute", "declare"}:
        here = event.kind in SPOKEN and channel_of(event) in channels
        cues = said(event.summary) if here and len(event.summary.split()) <= SHORT_ANSWER else frozenset()
        taken = event.kind is Kind.ACKNOWLEDGEMENT or (Cue.ACKNOWLEDGEMENT in cues and Cue.DECLINED not in cues)
        by_another = event.actor != (matter.chosen.actor if matter.chosen else None)
        soon = event.occurred_at - matter.chosen_at <= TAKEN_WITHIN
        return "declare" not in matter.kinds and taken and by_another and soon
    if event.kind not in SPOKEN or channel_of(event) not in channels or matter.form is Form.DECLINE:
        return False
    cues = said(event.summary)
    result = bool(cues & {Cue.IMPROVING, Cue.MITIGATED}) and not cues & {Cue.QUESTION, Cue.RESOLVED}
    return result or said_in_vain(event.summary) or said_refused(event.summary)
