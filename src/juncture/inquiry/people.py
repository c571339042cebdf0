"""Who is who among the names beside events: one person under several names, programs apart."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.model.evidence import AlertDetails, Event, Kind, MessageDetails
from juncture.model.record import Timeline

SPOKEN = frozenset({Kind.MESSAGE, Kind.UTTERANCE, Kind.NOTE, Kind.COMMENT})
"""Kinds whose summary is what a person said."""

_BY_PEOPLE = SPOKEN | {
    Kind.ACKNOWLEDGEMENT, Kind.ESCALATION, Kind.RESOLUTION, Kind.COMMAND, Kind.COMMIT, Kind.PUSH, Kind.BRANCH,
    Kind.PULL_REQUEST, Kind.MERGE, Kind.REVIEW, Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION, Kind.ISSUE,
    Kind.ACCOUNT, Kind.MEMBERSHIP, Kind.CUSTOMER_UPDATE, Kind.RECORD,
}  # fmt: skip


class Specialty(Struct, frozen=True):
    """A role that evidence can show: the words somebody is `called` by, and what their messages then speak of."""

    role: str
    called: tuple[str, ...]
    shown: tuple[str, ...]


class Commander(Struct, frozen=True):
    """What somebody says who takes the command, and how others are asked to."""

    takes: tuple[str, ...]
    asked: tuple[str, ...]


class ShownBy(Struct, frozen=True):
    """What somebody says who is on call, who speaks for customers, and who tells them."""

    on_call: tuple[str, ...]
    support: tuple[str, ...]
    tells: tuple[str, ...]


class Lexicon(Struct, frozen=True):
    """`people.toml`."""

    programs: frozenset[str]
    program_endings: tuple[str, ...]
    words_that_are_names: frozenset[str]
    specialties: tuple[Specialty, ...]
    commander: Commander
    shown_by: ShownBy


@cache
def lexicon() -> Lexicon:
    """Return what `people.toml` says."""
    data = tomllib.loads(files(__package__).joinpath("people.toml").read_text("utf-8"))
    return msgspec.convert(data, Lexicon)


class Person(Struct, frozen=True):
    """One human being of an incident: the fullest of their names, and all names that events give them."""

    name: str
    names: frozenset[str]


def people_of(timeline: Timeline) -> tuple[Person, ...]:
    """Return the people who did something in the timeline, by their first act.

    Names of one person are joined where a handle can be made of exactly one full name (`mlindqvist` of Mara Lindqvist).
    """
    names = list(dict.fromkeys(event.actor for event in timeline.events if event.actor and is_by_a_person(event)))
    return _joined(names)


def is_by_a_person(event: Event) -> bool:
    """Whether a human being did this, as far as the evidence tells."""
    if event.actor is None or event.kind not in _BY_PEOPLE:
        return False
    if isinstance(event.details, MessageDetails) and event.details.bot:
        return False
    return not is_program(event.actor)


def is_program(actor: str) -> bool:
    """Whether a name is that of a program or of a machine's account."""
    name = actor.strip().casefold()
    return name in lexicon().programs or name.endswith(lexicon().program_endings)


def others_named(timeline: Timeline) -> tuple[str, ...]:
    """Return the names of people to whom things were shown or assigned and who did nothing themselves."""
    known = {event.actor for event in timeline.events} | {event.service for event in timeline.events}
    known |= {event.details.receiver for event in timeline.events if isinstance(event.details, AlertDetails)}
    found = (name for event in timeline.events for name in event.known_by)
    return tuple(dict.fromkeys(name for name in found if name not in known and not is_program(name)))


def first_name(name: str) -> str | None:
    """Return the first of several names, None where there is only one word."""
    words = [word for word in re.split(r"\s+", name.strip()) if word]
    return words[0] if len(words) > 1 else None


def folded(name: str) -> str:
    """Return a name for comparing: no case, no accents, no sign, the local part of an address."""
    plain = unicodedata.normalize("NFKD", name.split("@", 1)[0] if "@" in name[1:] else name)
    return re.sub(r"[^a-z0-9]", "", "".join(letter for letter in plain if not unicodedata.combining(letter)).casefold())


def _joined(names: Iterable[str]) -> tuple[Person, ...]:
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(folded(name) or name, []).append(name)
    full = {key: group[0] for key, group in groups.items() if first_name(group[0])}
    owners: dict[str, set[str]] = {}
    for key, name in full.items():
        for handle in _handles(name):
            owners.setdefault(handle, set()).add(key)
    merged: dict[str, list[str]] = {}
    for key, group in groups.items():
        candidates = owners.get(re.sub(r"\d+$", "", key), set()) if key not in full else set()
        merged.setdefault(candidates.pop() if len(candidates) == 1 else key, []).extend(group)
    return tuple(Person(_fullest(group), frozenset(group)) for group in merged.values())


def _handles(name: str) -> set[str]:
    words = [folded(word) for word in name.split() if folded(word)]
    if len(words) < 2:
        return set(words)
    first, last = words[0], words[-1]
    return {first, first + last, last + first, first[0] + last, first + last[0], last + first[0], last}


def _fullest(names: Iterable[str]) -> str:
    return max(names, key=lambda name: (first_name(name) is not None, "@" not in name, len(name)))
