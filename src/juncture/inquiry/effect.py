"""The effect: when users felt it, which services showed it, and in which words the signals speak of it."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from functools import lru_cache

from msgspec import Struct

from juncture.inquiry.people import SPOKEN
from juncture.inquiry.words import has_word, tokens
from juncture.model.evidence import AlertDetails, Event, Kind, Lane, LogDetails, TurnDetails
from juncture.model.instants import Instant
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Timeline
from juncture.timeline.cues import Cue, cues_of

SERVICE_LABELS = ("service", "app", "application", "component", "job")
"""Labels of alerts and series that name a service, the surest first."""

_WEIGHT = {Kind.ALERT: 6, Kind.PAGE: 4, Kind.TURN: 3, Kind.LOG_BURST: 2, Kind.LOG_PATTERN: 1, Kind.LOG: 1}
_SPOKEN_WEIGHT = 4
_WATCHERS = frozenset({"prometheus", "alertmanager", "node", "node-exporter", "blackbox", "pushgateway", "grafana"})
_EARLY = timedelta(minutes=2)
"""Signals this much before the start still speak of the effect: the start is no more exact than a scrape interval."""


AT_THE_START = timedelta(seconds=60)
"""A change this little after the start still came before it: a start is no more exact than the interval of its metric."""


class Effect(Struct, frozen=True):
    """What was felt, from `started` (the best known start) to `until` (None while unknown).

    `services` showed it, the surest first. `words` are those in which signals and findings speak of it.
    """

    started: Instant | None
    until: Instant | None
    services: tuple[str, ...]
    words: frozenset[str]


def milestone(timeline: Timeline, name: MilestoneName) -> Milestone | None:
    """Return a milestone that was found, else None."""
    for candidate in timeline.milestones:
        if candidate.name is name and candidate.state is MilestoneState.FOUND and candidate.at is not None:
            return candidate
    return None


def instant_of(timeline: Timeline, name: MilestoneName) -> Instant | None:
    """Return the instant of a milestone that was found, else None."""
    found = milestone(timeline, name)
    return found.at if found else None


def start_of(timeline: Timeline) -> Instant | None:
    """Return when it began: the start, else the first later milestone, else the first signal; None if nothing tells."""
    for name in MilestoneName:
        at = instant_of(timeline, name)
        if at is not None:
            return at
    return next((event.occurred_at for event in timeline.events if event.kind in {Kind.ALERT, Kind.PAGE}), None)


def end_of(timeline: Timeline) -> Instant | None:
    """Return when it was over: mitigated, else resolved; None if nothing tells."""
    return instant_of(timeline, MilestoneName.MITIGATED) or instant_of(timeline, MilestoneName.RESOLVED)


def effect_of(timeline: Timeline) -> Effect:
    """Return the effect as far as the evidence shows it."""
    started, until = start_of(timeline), end_of(timeline)
    if started is None:
        return Effect(None, until, (), frozenset())
    inside = [
        event
        for event in timeline.events
        if event.occurred_at >= started - _EARLY and (until is None or event.occurred_at <= until)
    ]
    return Effect(started, until, _services(inside), _words(inside))


def service_of(event: Event) -> str | None:
    """Return the service that an event speaks of, by its own field or by labels."""
    if event.service:
        return event.service
    labels = event.details.labels if isinstance(event.details, AlertDetails | TurnDetails) else {}
    return next((labels[label] for label in SERVICE_LABELS if labels.get(label)), None)


LEAST_SHARE = 0.3
"""A service that shows less than this share of what the first one shows was touched, not affected."""


def _services(events: list[Event]) -> tuple[str, ...]:
    """Return the services that alerts name, the first one first; without such alerts, those that most signals name."""
    alerted = [service_of(event) for event in events if event.kind is Kind.ALERT]
    named = tuple(dict.fromkeys(name for name in alerted if name and name.casefold() not in _WATCHERS))
    if named:
        return named
    weights: Counter[str] = Counter()
    for event in events:
        service = service_of(event)
        if service and service.casefold() not in _WATCHERS and event.lane is Lane.SIGNAL and _is_bad(event):
            weights[service] += _WEIGHT.get(event.kind, 0)
    known = tuple({event.service for event in events if event.service})
    for event in events:
        if event.kind in SPOKEN and known and Cue.SYMPTOM in said(event.summary):
            spoken_of = has_word(event.summary, known)
            weights.update({name: _SPOKEN_WEIGHT for name in known if spoken_of == name.lower()})
    most = max(weights.values(), default=0)
    return tuple(name for name, weight in weights.most_common() if weight and weight >= LEAST_SHARE * most)


def _is_bad(event: Event) -> bool:
    if isinstance(event.details, LogDetails) and event.details.level:
        return event.details.level.casefold() not in {"info", "debug", "notice", "log"}
    return True


def _words(events: list[Event]) -> frozenset[str]:
    return frozenset().union(*(tokens(event.summary) for event in events if _speaks_of_it(event)))


def _speaks_of_it(event: Event) -> bool:
    if event.kind in SPOKEN:
        return bool(said(event.summary) & {Cue.SYMPTOM, Cue.FINDING, Cue.HYPOTHESIS})
    return event.lane is Lane.SIGNAL and _is_bad(event)


@lru_cache(maxsize=32768)
def said(text: str) -> frozenset[Cue]:
    """Return what a message does, remembered: many parts ask about the same message. A script's name is no verb."""
    return cues_of(_SCRIPT.sub("script", text))


_SCRIPT = re.compile(r"\b[\w-]+\.(?:sh|py|rb|pl|yml|yaml)\b")
