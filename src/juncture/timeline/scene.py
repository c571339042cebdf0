"""Which stretch of the evidence is the incident, and what of it speaks for users, responders and machines.

Evidence covers hours before and after, other channels, and alerts of other days. The incident is the densest cluster of
signals: effects on users, alerts and pages that somebody received, declarations, what responders say and do. Signals further
apart than `APART` belong to different clusters; the weightiest cluster is the incident.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import NamedTuple

from juncture.model.evidence import AlertDetails, Event, Kind, Series
from juncture.model.instants import Instant
from juncture.timeline.cues import Cue
from juncture.timeline.effects import Effect, effects_of
from juncture.timeline.posts import Posts, posts_of
from juncture.timeline.reach import can_be_placed
from juncture.timeline.speech import SPOKEN, Said, Speech, is_idle

APART = timedelta(hours=4)
"""Silence that parts two incidents: people who handle one say something within this."""
MARGIN = timedelta(minutes=30)
"""How long before the first signal the effect on users may have begun, and how long after the last one it may end."""

AROUND = timedelta(minutes=5)
"""What is said this close to it can be about it."""

HEARTBEATS = frozenset({"watchdog", "deadmansswitch", "deadmanswitch", "infoinhibitor"})
QUIET_SEVERITIES = frozenset({"info", "none", "informational", "debug"})

_WEIGHTS = {
    Kind.ALERT: 3,
    Kind.PAGE: 4,
    Kind.ACKNOWLEDGEMENT: 4,
    Kind.ESCALATION: 3,
    Kind.RESOLUTION: 4,
    Kind.CUSTOMER_UPDATE: 3,
    Kind.ROLLBACK: 2,
}
_CUE_WEIGHTS = {
    Cue.DECLARATION: 5,
    Cue.RESOLVED: 3,
    Cue.SYMPTOM: 2,
    Cue.ESCALATION: 2,
    Cue.MITIGATED: 2,
    Cue.FINDING: 1,
    Cue.IMPROVING: 1,
    Cue.HYPOTHESIS: 1,
    Cue.COMMITMENT: 1,
    Cue.PROPOSAL: 1,
    Cue.ACKNOWLEDGEMENT: 1,
}


class Scene(NamedTuple):
    """The incident's stretch of the evidence. `first` and `last` are its first and last signal; None where there is none.

    `events` are all but messages from which nothing can be told; `alerts` those that ask somebody to act, by start.
    """

    events: tuple[Event, ...]
    speech: Speech
    effects: tuple[Effect, ...]
    first: Instant | None
    last: Instant | None
    channels: frozenset[str | None]
    alerts: tuple[Event, ...]
    posts: Posts = Posts()
    """Alerts that are known by what a program posted of them alone."""

    def holds(self, at: Instant) -> bool:
        """Return whether an instant lies in the incident, with a margin."""
        return self.first is not None and self.last is not None and self.first - MARGIN <= at <= self.last + MARGIN

    def said(self, *, bots: bool = False) -> Iterator[Said]:
        """Yield what was said in the incident's channels, in order."""
        for said in self.speech.all:
            if (bots or not said.bot) and said.channel in self.channels and self.holds(said.event.occurred_at):
                yield said


def scene_of(events: Sequence[Event], series: Sequence[Series]) -> Scene:
    """Return the incident in the evidence. `events` are sorted by `occurred_at`."""
    placed = [event for event in events if can_be_placed(event)]
    speech = Speech(placed)
    telling = tuple(event for event in placed if event.kind not in SPOKEN or event.id in speech.by_id)
    effects = tuple(effects_of(telling, series))
    posts = posts_of(placed)
    first, last = _weightiest(_signals(telling, speech, posts))
    if first is None or last is None:
        first, last = _of_effects(effects)
    if first is None or last is None:
        return Scene(telling, speech, (), None, None, frozenset(), ())
    within = tuple(
        effect for effect in effects if effect.started_at <= last + MARGIN and (effect.ended_at or last) >= first - MARGIN
    )
    channels = speech.channels(_while_it_lasted(placed, within, first, last), _names(telling))
    alerts = tuple(
        event for event in telling if is_signal_alert(event) and first - MARGIN <= event.occurred_at <= last + MARGIN
    )
    return Scene(telling, speech, within, first, last, channels, alerts, posts)


def _while_it_lasted(events: Sequence[Event], effects: Sequence[Effect], first: Instant, last: Instant) -> Sequence[Event]:
    """Return the events between the first and last thing that machines tell of it; between all signals where they tell none."""
    told = [
        (event.occurred_at, event.ended_at or last)
        for event in events
        if (event.kind is Kind.PAGE or is_signal_alert(event)) and first <= event.occurred_at <= last
    ]
    told += [(effect.started_at, effect.ended_at or last) for effect in effects]
    begin = min((start for start, _ in told), default=first) - AROUND
    end = min(max((end for _, end in told), default=last), last) + AROUND
    return [event for event in events if begin <= event.occurred_at <= end]


def _names(events: Sequence[Event]) -> set[str]:
    """Return the services and alerts that machines name."""
    names = {event.service for event in events if event.service and event.kind in {Kind.ALERT, Kind.TURN, Kind.PAGE}}
    names |= {event.details.name for event in events if isinstance(event.details, AlertDetails)}
    return names


def is_signal_alert(event: Event) -> bool:
    """Return whether an event is an alert that asks somebody to act: no heartbeat, not merely for information."""
    details = event.details
    if event.kind is not Kind.ALERT or not isinstance(details, AlertDetails):
        return event.kind is Kind.ALERT
    return details.name.lower() not in HEARTBEATS and (details.severity or "").lower() not in QUIET_SEVERITIES


def _signals(events: Sequence[Event], speech: Speech, posts: Posts) -> list[tuple[Instant, int]]:
    """Return the instants that tell of an incident with their weights, in order."""
    found = [(event.occurred_at, _WEIGHTS[Kind.ALERT]) for event in posts.fired]
    found += [(event.occurred_at, 1) for event in posts.over]
    for event in events:
        weight = _WEIGHTS.get(event.kind, 0)
        if weight and (event.kind is not Kind.ALERT or is_signal_alert(event)):
            found.append((event.occurred_at, weight))
            if event.ended_at is not None and event.ended_at - event.occurred_at < APART:
                found.append((event.ended_at, 1))
    for said in speech.all:
        if not said.bot and not is_idle(said.channel):
            weight = max((_CUE_WEIGHTS.get(cue, 0) for cue in said.cues), default=0)
            if weight and Cue.CHATTER not in said.cues:
                found.append((said.event.occurred_at, weight))
    found.sort()
    return found


def _weightiest(signals: Sequence[tuple[Instant, int]]) -> tuple[Instant | None, Instant | None]:
    best: tuple[int, Instant | None, Instant | None] = (1, None, None)
    start, weight = 0, 0
    for place, (at, own) in enumerate(signals):
        weight += own
        if place + 1 == len(signals) or signals[place + 1][0] - at > APART:
            if weight > best[0]:
                best = (weight, signals[start][0], at)
            start, weight = place + 1, 0
    return best[1], best[2]


def _of_effects(effects: Sequence[Effect]) -> tuple[Instant | None, Instant | None]:
    """Return the range of effects where nothing else tells of an incident."""
    felt = [effect for effect in effects if effect.measure.kind != "throughput"] or list(effects)
    if not felt:
        return None, None
    return min(effect.started_at for effect in felt), max(effect.ended_at or effect.started_at for effect in felt)
