"""Who took part, by what they did. Nobody is counted, ranked or compared: acts and times, nothing else."""

from __future__ import annotations

from juncture.inquiry.acts import Form, act_of
from juncture.inquiry.effect import milestone, said, start_of
from juncture.inquiry.naming import COLLEAGUE
from juncture.inquiry.people import SPOKEN, Person
from juncture.inquiry.roles import AUTHOR, AUTHORS_SINCE, Roles, roles_of, took_part
from juncture.inquiry.shipments import results_of, shipments
from juncture.model.evidence import Citation, Event, Kind
from juncture.model.instants import clock_time
from juncture.model.record import MilestoneName, Participant, Timeline
from juncture.timeline.cues import Cue

_ACT_WORDS = {
    "undo": "a roll-back",
    "restart": "a restart",
    "failover": "a fail-over",
    "flag": "a flag change",
    "cancel": "a cancellation",
    "scale": "a change of scale",
    "deploy": "a deployment",
    "configure": "a change of a setting",
    "shield": "a limit on traffic",
}
_FORM_WORDS = {Form.ASK: "proposed", Form.AGREE: "agreed to", Form.DECLINE: "spoke against"}
_PARTS: tuple[tuple[frozenset[Cue], str], ...] = (
    (frozenset({Cue.SYMPTOM}), "reported what they saw"),
    (frozenset({Cue.HYPOTHESIS, Cue.FINDING, Cue.RULED_OUT}), "searched for what was wrong"),
    (frozenset({Cue.ESCALATION}), "called for help"),
    (frozenset({Cue.CUSTOMER_UPDATE}), "spoke of telling customers"),
    (frozenset({Cue.IMPROVING, Cue.MITIGATED, Cue.RESOLVED}), "watched the recovery"),
)


def who_took_part(timeline: Timeline, roles: Roles | None = None) -> tuple[Participant, ...]:
    """Return the people who took part, in order of their first act, each with a role that no other has.

    Roles follow from what the evidence shows; somebody who did nothing that it shows is left out. `roles`, like in all of
    inquiry, is what `roles_of` gives for this timeline, for callers that have it already.
    """
    roles = roles or roles_of(timeline)
    people = tuple(person for person, _ in roles.given)
    parts = took_part(timeline, people)
    authors = _shipped(timeline, people)
    results = results_of(timeline.events)
    found: list[tuple[Event, Participant]] = []
    for person, role in roles.given:
        own = [event for event in parts.get(person.name, []) if event.id not in results]
        events = own or (authors.get(person.name, []) if role.startswith(AUTHOR) else [])
        if not events or role == COLLEAGUE:
            continue
        words, shown = _how(timeline, role, roles, events, authors.get(person.name, []))
        citations: list[Citation] = list(dict.fromkeys(event.citations[0] for event in shown if event.citations))
        found.append((shown[0], Participant(role=role, took_part=words, name=person.name, citations=tuple(citations))))
    found.sort(key=lambda one: (one[0].occurred_at, one[0].id))
    return tuple(participant for _, participant in found)


def _shipped(timeline: Timeline, people: tuple[Person, ...]) -> dict[str, list[Event]]:
    """Return, by person's name, the changes that they wrote or shipped shortly before the start."""
    start = start_of(timeline)
    owner = {name: person.name for person in people for name in person.names}
    found: dict[str, list[Event]] = {}
    for one in shipments(timeline.events):
        if start is None or not start - AUTHORS_SINCE <= one.at <= start:
            continue
        for actor in dict.fromkeys((one.actor, one.anchor.actor)):
            if actor in owner:
                found.setdefault(owner[actor], []).extend([one.anchor, *one.events])
    return found


def _how(timeline: Timeline, role: str, roles: Roles, events: list[Event], shipped: list[Event]) -> tuple[str, list[Event]]:
    """Say how somebody took part, and which events show it."""
    words: list[str] = []
    shown: list[Event] = []

    def add(text: str, event: Event) -> None:
        if text not in words:
            words.append(text)
            shown.append(event)

    if shipped:
        add(f"shipped a change at {_at(shipped[0])}", shipped[0])
    for name, text in _MILESTONES.items():
        event = _milestone_event(timeline, name)
        if event is not None and roles.by_whom(event) == role:
            add(f"{text} at {_at(event)}", event)
    start = start_of(timeline)
    for event in events:
        before = bool(shipped) and start is not None and event.occurred_at <= start
        for text in () if before else _acts(event):
            add(text, event)
    if not words:
        add(f"joined the conversation at {_at(events[0])}", events[0])
    order = sorted(range(len(words)), key=lambda number: shown[number].occurred_at)
    sentence = ", ".join(words[number] for number in order)
    return sentence[0].upper() + sentence[1:], [shown[number] for number in order]


_MILESTONES = {
    MilestoneName.ACKNOWLEDGED: "acknowledged",
    MilestoneName.DECLARED: "called it an incident",
    MilestoneName.RESOLVED: "said that it was over",
}


def _milestone_event(timeline: Timeline, name: MilestoneName) -> Event | None:
    found = milestone(timeline, name)
    return next((event for event in timeline.events if found and event.id == found.event), None)


def _acts(event: Event) -> list[str]:
    act = act_of(event)
    acting = next((_ACT_WORDS[kind] for kind in _ACT_WORDS if act and kind in act.kinds), None)
    if act is not None and acting is not None:
        return [f"{_FORM_WORDS.get(act.form, 'carried out')} {acting}"]
    if act is not None and act.kinds & {"escalate", "reroute"}:
        return ["handed over or called for help"]
    if event.kind is Kind.COMMAND:
        return ["ran commands"]
    if event.kind is Kind.CUSTOMER_UPDATE:
        return ["told customers"]
    if event.kind not in SPOKEN:
        return []
    found = [text for group, text in _PARTS if said(event.summary) & group]
    return found or (["agreed to what was proposed"] if act and act.form is Form.AGREE else [])


def _at(event: Event) -> str:
    return f"{clock_time(event.occurred_at)} UTC"
