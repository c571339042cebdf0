"""Roles: what the evidence shows of each person's part, and texts in which roles stand for names.

Drafts name roles. Words quoted in a draft have their names replaced too; the excerpt that a citation opens stays as it was
written, for who may open it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from juncture.inquiry.effect import end_of, milestone, said, start_of
from juncture.inquiry.naming import COLLEAGUE, Writing, prose
from juncture.inquiry.people import (
    SPOKEN,
    Person,
    Specialty,
    first_name,
    is_by_a_person,
    lexicon,
    others_named,
    people_of,
)  # fmt: skip
from juncture.inquiry.shipments import shipments
from juncture.inquiry.words import has_word
from juncture.model.evidence import Event, Kind, MessageDetails
from juncture.model.instants import EPOCH
from juncture.model.record import MilestoneName, Timeline
from juncture.timeline.cues import ACTIONS, Cue

COMMANDER = "Incident commander"
ON_CALL = "On-call engineer"
FIRST = "First responder"
AUTHOR = "Change author"
REPORTER = "First reporter"
SUPPORT = "Support"
TELLER = "Communicator"

AUTHORS_SINCE = timedelta(hours=24)
"""Who shipped something this long before the start is an author of a change; earlier ones are colleagues."""

AROUND = timedelta(minutes=30)
"""Who spoke this long before the start or after the end can still have taken part."""

_NOT_A_PART = frozenset({Cue.CHATTER})


class Roles:
    """The role of everybody in a timeline. Built by `roles_of`."""

    def __init__(self, given: Iterable[tuple[Person, str]], others: Iterable[str], services: Iterable[str]) -> None:
        self.given = tuple(given)
        """Every person with their role, by first act in the timeline."""
        self._of = {name: role for person, role in self.given for name in person.names}
        self._writing = Writing({**self._of, **dict.fromkeys(others, COLLEAGUE)}, frozenset(map(str.casefold, services)))

    def role_of(self, actor: str | None) -> str | None:
        """Return the role of a person by any of their names; a program's name as it is; None for nobody."""
        return self._of.get(actor, actor) if actor else None

    def is_person(self, actor: str | None) -> bool:
        """Whether a name is that of somebody with a role."""
        return actor in self._of

    def by_whom(self, event: Event) -> str | None:
        """Return the role of who did it; a program's message about somebody's act names them; None for nobody."""
        if self.is_person(event.actor):
            return self.role_of(event.actor)
        named = [name for name in self._of if has_word(event.summary, (name,))]
        return self._of[max(named, key=len)] if named and event.kind in SPOKEN else None

    def said_of(self, actor: str | None) -> str:
        """Return how prose names somebody: `the on-call engineer`, `Responder 2`, `alertmanager`, `somebody`."""
        if not actor:
            return "somebody"
        return prose(self._of[actor]) if actor in self._of else actor

    def anonymise(self, text: str) -> str:
        """Return a text with every name of a person replaced by their role, as prose says it."""
        return self._writing.replaced(text)


def roles_of(timeline: Timeline) -> Roles:
    """Return the role of every person in the timeline, by what they did."""
    people = people_of(timeline)
    services = {event.service for event in timeline.events if event.service}
    return Roles(zip(people, assigned(timeline, people), strict=True), others_named(timeline), services)


def assigned(timeline: Timeline, people: tuple[Person, ...]) -> list[str]:
    """Return the role of each of `people`, each role once; those alike are numbered."""
    evidence = _Evidence(timeline, people)
    wanted = evidence.roles()
    counts: dict[str, int] = {}
    given: dict[int, str] = {}
    for number in evidence.order():
        role = wanted[number]
        if role is None:
            continue
        counts[role] = counts.get(role, 0) + 1
        alike = role == "Responder" or wanted.count(role) > 1
        offset = 1 if role == "Responder" and {FIRST, ON_CALL, COMMANDER} & set(wanted) else 0
        given[number] = f"{role} {counts[role] + offset}" if alike else role
    return [given.get(number, COLLEAGUE) for number in range(len(people))]


def took_part(timeline: Timeline, people: tuple[Person, ...]) -> dict[str, list[Event]]:
    """Return, by person's name, the events by which they took part in the incident."""
    start, end = start_of(timeline), end_of(timeline)
    owner = {name: person.name for person in people for name in person.names}
    channels = incident_channels(timeline)
    found: dict[str, list[Event]] = {}
    for event in timeline.events:
        if event.actor not in owner or not is_by_a_person(event):
            continue
        if start is not None and event.occurred_at < start - AROUND:
            continue
        if end is not None and event.occurred_at > end + AROUND:
            continue
        if event.key or _is_a_part(event, channels):
            found.setdefault(owner[event.actor], []).append(event)
    return found


def channel_of(event: Event) -> str | None:
    """Return the channel of a message."""
    return event.details.channel if isinstance(event.details, MessageDetails) else None


_PAGED_HERE = re.compile(r"\b(?:firing|triggered|resolved|alert|paging|paged)\b", re.IGNORECASE)
_INCIDENT_NAME = re.compile(r"(?:^|[-_])(?:inc|incident|sev|outage|warroom|war-room)(?=$|[-_\d])", re.IGNORECASE)
_LINKED = re.compile(r"#([\w-]+)")


def incident_channels(timeline: Timeline) -> frozenset[str | None]:
    """Return the channels in which the incident was handled; all channels where nothing tells them apart.

    They are those of its milestones, those into which its pages were posted, those named as an incident's, and those that
    one of these sends people to. A paste has one channel, None.
    """
    spoken = [event for event in timeline.events if event.kind in SPOKEN]
    start = start_of(timeline)
    during = [event for event in spoken if start is None or event.occurred_at >= start - AROUND]
    milestones = {found.event for found in timeline.milestones if found.event}
    found = {
        channel_of(event)
        for event in during
        if event.id in milestones or _INCIDENT_NAME.search(channel_of(event) or "") or _is_a_page(event)
    }
    held_in = {event.citations[0].artefact: channel_of(event) for event in spoken if event.citations}
    pages = [event for event in timeline.events if event.kind in {Kind.ALERT, Kind.PAGE}]
    found |= {held_in[place.artefact] for event in pages for place in event.citations if place.artefact in held_in}
    linked = {name for event in during if channel_of(event) in found for name in _LINKED.findall(event.summary)}
    found |= {channel_of(event) for event in during if channel_of(event) in linked}
    return frozenset(found) or frozenset(map(channel_of, spoken))


def _is_a_page(event: Event) -> bool:
    by_program = isinstance(event.details, MessageDetails) and event.details.bot
    return by_program and _PAGED_HERE.search(event.summary) is not None


def _is_a_part(event: Event, channels: frozenset[str | None]) -> bool:
    if event.kind in SPOKEN:
        return channel_of(event) in channels and bool(said(event.summary) - _NOT_A_PART)
    return event.kind in {
        Kind.ACKNOWLEDGEMENT,
        Kind.ESCALATION,
        Kind.COMMAND,
        Kind.ROLLBACK,
        Kind.CUSTOMER_UPDATE,
        Kind.ACCOUNT,
    }


def takes_command(text: str) -> bool:
    """Whether somebody says that they lead the response."""
    return has_word(text, lexicon().commander.takes) is not None


class _Evidence:
    """What a timeline shows of each person's part."""

    def __init__(self, timeline: Timeline, people: tuple[Person, ...]) -> None:
        self._timeline = timeline
        self._people = people
        self._owner = {name: person for person in people for name in person.names}
        self._parts = took_part(timeline, people)
        self._start = start_of(timeline)

    def roles(self) -> list[str | None]:
        """Return a role for each person, None where they took no part. The first that fits in this order."""
        ranked: list[tuple[str, Person | None]] = [(COMMANDER, self._commander())]
        acknowledged = self._of_milestone(MilestoneName.ACKNOWLEDGED)
        ranked.append((self._first_role(acknowledged), acknowledged))
        declared = self._of_milestone(MilestoneName.DECLARED)
        if declared is not acknowledged:
            ranked.append((COMMANDER, declared if self._commander() is None else None))
        ranked += [(AUTHOR, person) for person in self._authors()]
        ranked += self._specialists()
        ranked += [(SUPPORT, person) for person in self._saying(lexicon().shown_by.support)]
        ranked.append((REPORTER, self._reporter()))
        ranked += [(TELLER, person) for person in self._tellers()]
        found: dict[str, str] = {}
        for role, person in ranked:
            if person is not None:
                found.setdefault(person.name, role)
        return [found.get(person.name, "Responder" if person.name in self._parts else None) for person in self._people]

    def order(self) -> list[int]:
        """Return the numbers of the people by their first part, those without one as they came."""
        first = {name: (events[0].occurred_at, events[0].id) for name, events in self._parts.items()}
        late = max(first.values(), default=(EPOCH, ""))
        return sorted(range(len(self._people)), key=lambda number: first.get(self._people[number].name, late))

    def _of_milestone(self, name: MilestoneName) -> Person | None:
        found = milestone(self._timeline, name)
        if found is None or found.event is None:
            return None
        event = next((event for event in self._timeline.events if event.id == found.event), None)
        return self._who(event) if event else None

    def _who(self, event: Event) -> Person | None:
        """Return who did it; a program's message about somebody's act names them."""
        if event.actor in self._owner and is_by_a_person(event):
            return self._owner[event.actor]
        named = [person for person in self._people if has_word(event.summary, person.names)]
        shown = [self._owner[name] for name in event.known_by if name in self._owner]
        return next(iter([*named, *shown]), None)

    def _commander(self) -> Person | None:
        for event in self._spoken():
            if takes_command(event.summary):
                return self._owner.get(event.actor or "")
            if has_word(event.summary, lexicon().commander.asked):
                named = [
                    person for person in self._people if _is_named(person, event.summary) and event.actor not in person.names
                ]
                if named and named[0].name in self._parts:
                    return named[0]
        return None

    def _first_role(self, person: Person | None) -> str:
        if person is None:
            return FIRST
        paged = any(self._was_paged(person, event) for event in self._timeline.events)
        said_so = any(one is person for one in self._saying(lexicon().shown_by.on_call))
        named_so = any(_called_on_call(person, event.summary) for event in self._timeline.events if event.kind in SPOKEN)
        return ON_CALL if paged or said_so or named_so else FIRST

    def _was_paged(self, person: Person, event: Event) -> bool:
        if event.kind is Kind.ACKNOWLEDGEMENT:
            return self._who(event) is person
        shown = event.kind in {Kind.ALERT, Kind.PAGE} and bool(person.names & set(event.known_by))
        return shown and (self._start is None or event.occurred_at >= self._start - AROUND)

    def _authors(self) -> list[Person]:
        if self._start is None:
            return []
        since = self._start - AUTHORS_SINCE
        shipped = [one for one in shipments(self._timeline.events) if since <= one.at <= self._start]
        in_use = [one for one in shipped if one.runs] or shipped
        actors = [actor for one in in_use for actor in (one.actor, one.anchor.actor) if actor in self._owner]
        return list({self._owner[actor].name: self._owner[actor] for actor in actors if actor}.values())

    def _specialists(self) -> list[tuple[str, Person]]:
        found: list[tuple[str, Person]] = []
        for specialty in lexicon().specialties:
            person = self._says_so(specialty) or self._came_when_called(specialty)
            if person is not None:
                found.append((specialty.role, person))
        return found

    def _says_so(self, specialty: Specialty) -> Person | None:
        told = [f"{word} here" for word in specialty.called] + [f"i'm the {word}" for word in specialty.called]
        return next(iter(self._saying(told)), None)

    def _came_when_called(self, specialty: Specialty) -> Person | None:
        """Return the first newcomer after a call for the specialty whose words or commands then are of it."""
        called = next((event for event in self._spoken() if _calls(event, specialty)), None)
        if called is None:
            return None
        before = {event.actor for event in self._spoken() if event.occurred_at <= called.occurred_at}
        for events in self._parts.values():
            after = [event for event in events if event.occurred_at > called.occurred_at]
            if len(after) < len(events) or any(event.actor in before for event in events):
                continue
            if any(has_word(event.summary, specialty.shown) or "pg_" in event.summary for event in after):
                return self._owner[after[0].actor or ""]
        return None

    def _reporter(self) -> Person | None:
        found = milestone(self._timeline, MilestoneName.DETECTED)
        event = next((event for event in self._timeline.events if found and event.id == found.event), None)
        return self._who(event) if event and event.kind in SPOKEN and is_by_a_person(event) else None

    def _tellers(self) -> list[Person]:
        told = [event for event in self._timeline.events if event.kind is Kind.CUSTOMER_UPDATE]
        told += [event for event in self._spoken() if _tells_customers(event)]
        owners = (self._owner.get(event.actor or "") for event in told)
        return [owner for owner in owners if owner and owner.name in self._parts]

    def _saying(self, phrases: Iterable[str]) -> list[Person]:
        listed = tuple(phrases)
        owners = (self._owner.get(event.actor or "") for event in self._spoken() if has_word(event.summary, listed))
        return list({owner.name: owner for owner in owners if owner}.values())

    def _spoken(self) -> list[Event]:
        spoken = (event for events in self._parts.values() for event in events if event.kind in SPOKEN)
        return sorted(spoken, key=lambda event: (event.occurred_at, event.id))


def _is_named(person: Person, text: str) -> bool:
    first = first_name(person.name)
    return has_word(text, (*person.names, first) if first else person.names) is not None


def _called_on_call(person: Person, text: str) -> bool:
    """Whether a message calls somebody on call: `Paging @Ana Kovac (payments on call)`."""
    listed = "|".join(re.escape(name) for name in person.names)
    return re.search(rf"(?:{listed})[^.\n]{{0,40}}\bon[- ]?call\b", text, re.IGNORECASE) is not None


def _calls(event: Event, specialty: Specialty) -> bool:
    cues = said(event.summary)
    asks = bool(cues & {Cue.ESCALATION, Cue.PROPOSAL, Cue.QUESTION}) and not cues & ACTIONS
    return (asks or Cue.ESCALATION in cues) and has_word(event.summary, specialty.called) is not None


def _tells_customers(event: Event) -> bool:
    return Cue.CUSTOMER_UPDATE in said(event.summary) and has_word(event.summary, lexicon().shown_by.tells) is not None
