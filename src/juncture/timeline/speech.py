"""What people said: the messages, calls and notes of a timeline with their cues, and which channels are about the incident."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from juncture.model.evidence import Event, Kind, MessageDetails
from juncture.model.identity import EventId
from juncture.timeline.cues import ACTIONS, Cue, cues_of

SPOKEN = frozenset({Kind.MESSAGE, Kind.UTTERANCE, Kind.NOTE, Kind.COMMENT})

MOST_WEIGHED = 6_000
"""Messages whose words are weighed; a channel in an incident sees some hundreds an hour."""
MOST_SAMPLED = 50_000

_SIGNS = frozenset({Kind.ALERT, Kind.PAGE, Kind.ACKNOWLEDGEMENT, Kind.ESCALATION, Kind.RESOLUTION, Kind.CUSTOMER_UPDATE})
_SIGN_WORDS = re.compile(
    r"\b(?:sev-?\d|incident|outage|declar(?:e|ing|ed)|all clear|status ?page|5xx|50[0234]s?|failing"
    r"|roll(?:ing|ed)? ?back|paged)\b",
    re.IGNORECASE,
)

_ABOUT_IT = frozenset(
    {
        Cue.SYMPTOM,
        Cue.DECLARATION,
        Cue.ESCALATION,
        Cue.FINDING,
        Cue.HYPOTHESIS,
        Cue.IMPROVING,
        Cue.MITIGATED,
        Cue.RESOLVED,
        Cue.CUSTOMER_UPDATE,
    }
)
"""What is said of an incident and seldom of anything else."""
_AROUND_IT = frozenset({Cue.ACKNOWLEDGEMENT, Cue.RULED_OUT, Cue.WAIT})
_MODES = frozenset({Cue.PROPOSAL, Cue.COMMITMENT, Cue.COMPLETED, Cue.DECLINED, Cue.AGREEMENT})

_IDLE_CHANNEL = re.compile(
    r"(?:^|[-_])(?:random|off-?topic|water-?cooler|kitchen|canteen|lunch|social|fun|memes|pets|music|food|coffee|kudos|birthdays?"
    r"|sports?|games?|jobs|books|travel|parking)(?:$|[-_])",
    re.IGNORECASE,
)
_INCIDENT_CHANNEL = re.compile(
    r"(?:^|[-_])(?:inc|incidents?|outage|sev|war-?room|major|emergency|bridge)(?:\d|$|[-_])", re.IGNORECASE
)
_WORKING_CHANNEL = re.compile(
    r"(?:^|[-_])(?:ops|devops|sre|on-?call|alerts?|pages?|pager|prod|production|team|support|helpdesk|customers?|escalations?"
    r"|operations|infra|platform|status|monitoring)(?:\d|$|[-_])",
    re.IGNORECASE,
)


class Said(NamedTuple):
    """A message of a person or a bot with what it does."""

    event: Event
    cues: frozenset[Cue]
    channel: str | None
    bot: bool


class Speech:
    """All that was said and does anything, in order; weighed once for milestones and key events.

    Messages without a cue are left out: in a large export they are most, and nothing can be told from them. Of more than
    `MOST_WEIGHED` messages only those around the densest signs of an incident are weighed; `passed_over` counts the others.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        spoken = [event for event in events if event.kind in SPOKEN]
        weighed = spoken if len(spoken) <= MOST_WEIGHED else around_the_signs(events, spoken)
        self.passed_over = len(spoken) - len(weighed)
        self.weighed = (weighed[0].occurred_at, weighed[-1].occurred_at) if weighed else None
        """From when to when messages were weighed."""
        self.all = tuple(_said(weighed))
        self.by_id: dict[EventId, Said] = {said.event.id: said for said in self.all}

    def people(self) -> Iterator[Said]:
        """Yield what persons said."""
        return (said for said in self.all if not said.bot)

    def channels(self, events: Iterable[Event], names: Iterable[str]) -> frozenset[str | None]:
        """Return the channels in which people handled the incident, from the `events` while it lasted.

        A channel named like an incident is one, a channel for idle talk is none. Any other is judged by how much of what
        people say there is about it: `names` are the services and alerts that it is about. One for work (on call, alerts, a
        team, support, a service by name) needs little; one for everything needs more; one in which it was called an incident
        needs nothing else.
        """
        known = frozenset(name.lower() for name in names if len(name) > 2)
        weights: dict[str | None, list[tuple[float, bool]]] = defaultdict(list)
        declared: set[str | None] = set()
        for event in events:
            if event.kind in SPOKEN and not _is_bot(event):
                said = self.by_id.get(event.id)
                if said and Cue.DECLARATION in said.cues:
                    declared.add(said.channel)
                weights[_channel_of(event)].append(_weight(event, said.cues if said else frozenset(), known))
        about = (channel for channel, found in weights.items() if channel in declared or _is_about(channel, found, known))
        return frozenset(channel for channel in about if not is_idle(channel))


def is_idle(channel: str | None) -> bool:
    """Return whether a channel's name says that nobody speaks of work there."""
    return channel is not None and _IDLE_CHANNEL.search(channel) is not None


def _is_about(channel: str | None, found: Sequence[tuple[float, bool]], names: frozenset[str]) -> bool:
    if channel is None or _INCIDENT_CHANNEL.search(channel):
        return True
    total, mean = sum(weight for weight, _ in found), sum(weight for weight, _ in found) / len(found)
    if _WORKING_CHANNEL.search(channel) or any(name in channel.lower() for name in names):
        return total >= 0.5 and mean >= 0.2
    return total >= 2 and mean >= 0.4 and any(names_it for _, names_it in found)


def _weight(event: Event, cues: frozenset[Cue], names: frozenset[str]) -> tuple[float, bool]:
    """Return how much a message is about the incident, 0 to 2, and whether it tells of trouble or names what is in it."""
    text = event.summary.lower()
    tells = not cues.isdisjoint(_ABOUT_IT)
    names_it = any(name in text for name in names)
    acts = not cues.isdisjoint(ACTIONS) and not cues.isdisjoint(_MODES)
    weight = tells + names_it + acts + 0.5 * (not cues.isdisjoint(_AROUND_IT)) + 0.5 * ("`" in text)
    return min(weight, 2.0), tells or names_it


def _said(spoken: Iterable[Event]) -> Iterator[Said]:
    for event in spoken:
        cues = cues_of(event.summary)
        if cues:
            yield Said(event, cues, _channel_of(event), _is_bot(event))


def around_the_signs(events: Sequence[Event], spoken: Sequence[Event]) -> Sequence[Event]:
    """Return `MOST_WEIGHED` messages around the hour with most signs: of machines, else of words in a sample of messages."""
    signs = [event.occurred_at for event in events if event.kind in _SIGNS]
    if not signs:
        sample = spoken[:: max(1, len(spoken) // MOST_SAMPLED)]
        signs = [event.occurred_at for event in sample if _SIGN_WORDS.search(event.summary)] or [spoken[0].occurred_at]
    hours = Counter(int(at.timestamp()) // 3600 for at in signs)
    hour = max(hours, key=lambda one: (hours[one], -one))
    within = [at for at in signs if int(at.timestamp()) // 3600 == hour]
    middle = bisect_left(spoken, within[len(within) // 2], key=lambda event: event.occurred_at)
    first = max(0, min(middle - MOST_WEIGHED // 2, len(spoken) - MOST_WEIGHED))
    return spoken[first : first + MOST_WEIGHED]


def _channel_of(event: Event) -> str | None:
    return event.details.channel if isinstance(event.details, MessageDetails) else None


def _is_bot(event: Event) -> bool:
    return event.details.bot if isinstance(event.details, MessageDetails) else event.actor is None
