"""What people said: the messages, calls and notes of a timeline with their cues, and which of them are about the incident."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from juncture.model.evidence import Event, Kind, MessageDetails
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.timeline.cues import Cue, cues_of

SPOKEN = frozenset({Kind.MESSAGE, Kind.UTTERANCE, Kind.NOTE, Kind.COMMENT})

ABOUT_IT = frozenset(
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
SHARE_ABOUT_IT = 0.2
"""A channel in which a fifth of what people say is about an incident is one of its channels; in a busy one, less is chance."""

_IDLE_CHANNEL = re.compile(
    r"(?:^|[-_])(?:random|off-?topic|water-?cooler|lunch|social|fun|memes|pets|music|food|coffee|kudos|birthdays?|sports?|games?"
    r"|jobs|books|travel|parking)(?:$|[-_])",
    re.IGNORECASE,
)
_INCIDENT_CHANNEL = re.compile(
    r"(?:^|[-_])(?:inc|incident|outage|sev\d?|war-?room|major|emergency|bridge)(?:\d|$|[-_])", re.IGNORECASE
)


class Said(NamedTuple):
    """A message of a person or a bot with what it does."""

    event: Event
    cues: frozenset[Cue]
    channel: str | None
    bot: bool


class Speech:
    """All that was said and does anything, in order; weighed once for milestones and key events.

    Messages without a cue are left out: in a large export they are most, and nothing can be told from them.
    """

    def __init__(self, events: Sequence[Event]) -> None:
        self.all = tuple(_said(events))
        self.by_id: dict[EventId, Said] = {said.event.id: said for said in self.all}
        self._channels: tuple[Instant, Instant, frozenset[str | None]] | None = None

    def people(self) -> Iterator[Said]:
        """Yield what persons said."""
        return (said for said in self.all if not said.bot)

    def channels(self, start: Instant, end: Instant) -> frozenset[str | None]:
        """Return the channels in which people spoke about the incident between `start` and `end`.

        A channel named like an incident is one, a channel for idle talk is none; any other is judged by what was said, and if
        nowhere anything tells of trouble, all are taken.
        """
        if self._channels and self._channels[:2] == (start, end):
            return self._channels[2]
        about: dict[str | None, set[EventId]] = defaultdict(set)
        total: dict[str | None, int] = defaultdict(int)
        for said in self.all:
            if start <= said.event.occurred_at <= end:
                total[said.channel] += 1
                if not said.cues.isdisjoint(ABOUT_IT) or (said.bot and Cue.SYMPTOM in said.cues):
                    about[said.channel].add(said.event.id)
        found = frozenset(
            channel
            for channel, count in total.items()
            if _is_named_so(channel) or (not is_idle(channel) and len(about[channel]) >= max(1, SHARE_ABOUT_IT * count))
        ) or frozenset(channel for channel in total if not is_idle(channel))
        self._channels = (start, end, found)
        return found


def is_idle(channel: str | None) -> bool:
    """Return whether a channel's name says that nobody speaks of work there."""
    return channel is not None and _IDLE_CHANNEL.search(channel) is not None


def _is_named_so(channel: str | None) -> bool:
    return channel is None or _INCIDENT_CHANNEL.search(channel) is not None


def _said(events: Sequence[Event]) -> Iterator[Said]:
    for event in events:
        if event.kind not in SPOKEN:
            continue
        cues = cues_of(event.summary)
        if not cues:
            continue
        details = event.details
        if isinstance(details, MessageDetails):
            yield Said(event, cues, details.channel, details.bot)
        else:
            yield Said(event, cues, None, event.actor is None)
