"""What a sample incident was like: its record, and its events. Values from a random generator, the same for the same seed."""

from __future__ import annotations

import datetime as dt
import random
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.model import record
from juncture.model.evidence import AlertDetails, Citation, Event, Kind, Lane
from juncture.model.identity import ArtefactHash, EventId
from juncture.model.record import MilestoneName, MilestoneState, PhaseName
from juncture.web.postmortems.citations import footnote_for

ARTEFACT_NAME = "sample-evidence.log"
_NUMBERS = (2, 3, 5, 8, 12, 20, 31, 47, 64, 90, 120, 240, 500, 900)
_YEARS = dt.timedelta(days=730)
_KEY_SPREAD = 9


class Theme(Struct, frozen=True):
    """What an incident can be about, with slots for services and a number."""

    title: str
    near_miss: str
    alert: str
    change: str
    effect: str
    unit: str
    factors: list[tuple[str, str]]
    decision: tuple[str, str, str, str]
    lessons: tuple[str, str, str, str]
    actions: list[tuple[str, str, int, str]]
    lines: list[str]


class Words(Struct, frozen=True):
    """All that samples are made of."""

    services: list[str]
    teams: list[str]
    roles: list[str]
    severities: list[str]
    theme: list[Theme]


class Sample(Struct, frozen=True):
    """One sample incident: what was declared of it, its events in order, and the record of its postmortem."""

    title: str
    severity: str
    services: tuple[str, ...]
    visibility: str
    near_miss: bool
    started_at: dt.datetime
    state: str
    events: tuple[Event, ...]
    value: record.Postmortem


@cache
def words() -> Words:
    """Return what samples are made of."""
    text = files("juncture.web.sampling").joinpath("themes.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text), Words)


@cache
def evidence_lines() -> tuple[str, ...]:
    """Return the lines of the one artefact that all sample events cite: every line that a sample can say, once."""
    found: dict[str, None] = {}
    told = words()
    for theme in told.theme:
        for index, service in enumerate(told.services):
            other = told.services[(index + 5) % len(told.services)]
            for line in (
                *theme.lines,
                f"{theme.alert} fires on {{service}}",
                f"{theme.alert} resolved on {{service}}",
                theme.change,
            ):
                for number in _NUMBERS if "{n}" in line else _NUMBERS[:1]:
                    found[line.format(service=service, other=other, n=number)] = None
    return tuple(found)


@cache
def _places() -> dict[str, str]:
    return {line: f"line:{number}" for number, line in enumerate(evidence_lines(), 1)}


def tell(chance: random.Random, now: dt.datetime, artefact: ArtefactHash, *, events: int, actions: int) -> Sample:
    """Return a sample incident of the two years before `now` with so many events and actions."""
    told = words()
    theme = chance.choice(told.theme)
    index = chance.randrange(len(told.services))
    service, other = told.services[index], told.services[(index + 5) % len(told.services)]
    near_miss = chance.random() < 0.1
    state = "published" if chance.random() < 0.8 else chance.choice(("draft", "in_review", "reviewed", "closed"))
    started = now - _YEARS * chance.random() - dt.timedelta(hours=6)
    started = started.replace(second=0, microsecond=0)
    slots = {"service": service, "other": other, "n": str(chance.choice(_NUMBERS))}
    said = _said(theme, slots)
    title = f"{(theme.near_miss if near_miss else theme.title).format(**slots)} (sample)"
    moments = _moments(chance, started)
    happened = tuple(_events(chance, said, slots, moments, artefact, events))
    severity = "Sev 3" if near_miss else chance.choice(told.severities)
    value = _record(chance, said, title, severity, (service, other), moments, happened, near_miss=near_miss)
    value = msgspec.structs.replace(value, actions=tuple(_actions(chance, said, told, now, started, actions)))
    return Sample(
        title=title,
        severity=severity,
        services=(service, other),
        visibility=chance.choices(("organisation", "team", "restricted"), (94, 3, 3))[0],
        near_miss=near_miss,
        started_at=started,
        state=state,
        events=happened,
        value=value,
    )


def _said(theme: Theme, slots: dict[str, str]) -> Theme:
    def fill(value: object) -> object:
        if isinstance(value, str):
            return value.format(**slots)
        return [fill(item) for item in value] if isinstance(value, list | tuple) else value

    filled = {name: fill(value) for name, value in msgspec.to_builtins(theme).items() if name != "lines"}
    return msgspec.convert(filled | {"lines": theme.lines}, Theme)


def _moments(chance: random.Random, started: dt.datetime) -> list[dt.datetime]:
    """Return when it started, was detected, acknowledged, declared, mitigated and resolved."""
    steps = (
        0,
        chance.randint(1, 45),
        chance.randint(1, 9),
        chance.randint(1, 6),
        chance.randint(8, 120),
        chance.randint(5, 60),
    )
    at = started
    found = []
    for minutes in steps:
        at += dt.timedelta(minutes=minutes)
        found.append(at)
    return found


def _events(
    chance: random.Random, theme: Theme, slots: dict[str, str], moments: list[dt.datetime], artefact: ArtefactHash, count: int
) -> Iterator[Event]:
    start, detected, end = moments[0], moments[1], moments[-1]
    fixed = [
        (start - dt.timedelta(minutes=3), Lane.CHANGE, Kind.DEPLOYMENT, theme.change, True, None),
        (detected, Lane.SIGNAL, Kind.ALERT, f"{theme.alert} fires on {slots['service']}", True, "firing"),
        (end, Lane.SIGNAL, Kind.ALERT, f"{theme.alert} resolved on {slots['service']}", True, "resolved"),
    ]
    span = (end - start).total_seconds()
    for number in range(max(count - len(fixed), 0)):
        line = chance.choice(theme.lines).format(**slots | {"n": str(chance.choice(_NUMBERS))})
        at = start + dt.timedelta(seconds=chance.random() * span)
        is_chat = number % 3 == 2
        lane, kind = (Lane.PEOPLE, Kind.MESSAGE) if is_chat else (Lane.SIGNAL, Kind.LOG)
        fixed.append((at.replace(microsecond=0), lane, kind, line, number % _KEY_SPREAD == 0 and number < 90, None))
    fixed.sort(key=lambda one: one[0])
    for at, lane, kind, line, key, state in fixed[: max(count, 1)]:
        known = at + dt.timedelta(seconds=chance.choice((0, 0, 5, 40, 600)))
        yield Event(
            id=EventId(f"{chance.getrandbits(128):032x}"),
            occurred_at=at,
            earliest=at,
            latest=at,
            recorded_at=at,
            known_at=known,
            lane=lane,
            kind=kind,
            source="sample",
            service=slots["service"],
            summary=line,
            key=key,
            why_key="a sample" if key else None,
            citations=(Citation(artefact, None, _places()[line]),),
            details=AlertDetails(theme.alert, state) if state else None,
        )


def _record(  # noqa: PLR0913 - what a record is made of
    chance: random.Random,
    theme: Theme,
    title: str,
    severity: str,
    services: tuple[str, ...],
    moments: list[dt.datetime],
    events: tuple[Event, ...],
    *,
    near_miss: bool,
) -> record.Postmortem:
    keys = tuple(event for event in events if event.key)
    cited = chance.choice(keys or events)
    lasted = int((moments[-1] - moments[0]).total_seconds() // 60)
    summary = f"{'Nobody outside noticed.' if near_miss else theme.effect} It went on for {lasted} min.[^e1]"
    text = f"{summary}\n\nThis is a generated sample.\n\n{footnote_for('e1', cited)}\n"
    low = chance.randint(20, 4000)
    figure = record.Figure(
        name=theme.unit.capitalize(), unit=theme.unit,
        low=float(low), mid=float(round(low * 1.2)), high=float(round(low * 1.5)),
        formula="expected minus counted, same hours of the week before", inputs={"minutes": str(lasted)},
    )  # fmt: skip
    learned, well, poorly, lucky = theme.lessons
    names = tuple(MilestoneName)
    phases = zip(PhaseName, moments, moments[1:], strict=False)
    return record.Postmortem(
        title=title,
        incident=record.Incident(severity, services, *moments),
        milestones=tuple(
            record.Milestone(name, at, MilestoneState.FOUND, "As the sample says.")
            for name, at in zip(names, moments, strict=True)
        ),
        phases=tuple(record.Phase(name, begin, end) for name, begin, end in phases),
        participants=tuple(record.Participant(role, "Took part in the sample") for role in chance.sample(words().roles, 2)),
        timeline=keys,
        decisions=(
            record.Decision(
                at=moments[3], question=theme.decision[0], chosen=theme.decision[1], options=(theme.decision[2],),
                reason=theme.decision[3], by=chance.choice(words().roles), standing=record.Standing.ACCEPTED,
            ),
        ),
        factors=tuple(
            record.Factor(id=f"F{number}", title=said, role=record.FactorRole(role))
            for number, (role, said) in enumerate(theme.factors, 1)
        ),
        impact=record.Impact() if near_miss else record.Impact((figure,), ("What it cost in trust",) if low % 3 == 0 else ()),
        lessons=record.Lessons((well,), (poorly,), (lucky,), (learned,)),
        sections=(
            record.Section("Summary", text),
            record.Section("Impact", "<!-- juncture:impact -->\n"),
            record.Section("What was decided", "<!-- juncture:decisions -->\n"),
            record.Section("Contributing factors", "Each of these had to hold.\n\n<!-- juncture:factors -->\n"),
            record.Section("Lessons learned", "<!-- juncture:lessons -->\n"),
            record.Section("Action items", "<!-- juncture:actions -->\n"),
        ),
        practice=chance.choice(("google", "google", "netflix-oops", "amazon-coe")),
        metadata={"sample": "yes"},
    )  # fmt: skip


def _actions(
    chance: random.Random, theme: Theme, told: Words, now: dt.datetime, started: dt.datetime, count: int
) -> Iterator[record.ActionItem]:
    age = (now - started).days
    for number in range(count):
        title, kind, factor, criterion = theme.actions[number % len(theme.actions)]
        again = number // len(theme.actions)
        due = (started + dt.timedelta(days=chance.randint(14, 120))).date()
        finished = chance.random() < (0.9 if age > 120 else 0.3)
        state = (
            chance.choice(("verified", "verified", "done", "wont_do")) if finished else chance.choice(("open", "in_progress"))
        )
        yield record.ActionItem(
            title=f"{title}, part {again + 1}" if again else title,
            kind=record.ActionKind(kind),
            owner=chance.choice((*told.teams, "Robin Sample", "Kim Sample")),
            due=due if chance.random() < 0.95 else None,
            priority=chance.choice(("P1", "P2", "P2", "P3")),
            ticket=f"SAMPLE-{chance.randint(100, 9999)}",
            state=record.ActionState(state),
            factor=f"F{factor + 1}",
            criterion=criterion,
        )
