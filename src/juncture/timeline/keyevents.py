"""Which of thousands of events a careful author would put into the document.

From the candidates (`juncture.timeline.worth`), at most `MOST` are taken, the worthiest first: the events of milestones
whatever they are worth, then changes, decisions, first sightings, turning points and customer updates. One of several that
say the same at about the same time is enough; no phase takes more than its share while others have something to tell;
greetings, thanks and who joined are never taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import timedelta

from msgspec.structs import replace

from juncture.model.evidence import Event, Kind, TurnDetails
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.model.record import Milestone, MilestoneName, Phase
from juncture.timeline.cues import Cue
from juncture.timeline.scene import Scene, scene_of
from juncture.timeline.worth import Candidate, Category, candidates

MOST = 60
FEWEST = 20
"""So many are taken if there are as many that tell anything at all."""
WORTH_TELLING = 44
TELLS_ANYTHING = 30
SAME_THOUGHT = timedelta(seconds=30)
"""So close together two events with one thought are one to a reader. No more, since a decision is to be found within this."""
AT_A_MILESTONE = timedelta(seconds=60)
SHARE = 0.5
"""The largest share of the key events that one phase may take while candidates of others are left."""
CATEGORY_SHARE = 0.4
"""The largest share of one category."""
AT_LEAST = 3
"""So many events tell of each phase, if there are as many that tell anything."""


def mark_key_events(
    events: Sequence[Event], milestones: Sequence[Milestone], phases: Sequence[Phase], scene: Scene | None = None
) -> list[Event]:
    """Return the same events in the same order, those that matter with `key` and `why_key`; at most 60 of them."""
    scene = scene or scene_of(events, ())
    at = {milestone.name: milestone.at for milestone in milestones}
    chosen = _Choice(phases)
    for candidate in _at_milestones(scene, milestones):
        chosen.take(candidate)
    end = at.get(MilestoneName.RESOLVED) or at.get(MilestoneName.MITIGATED)
    ranked = sorted(
        candidates(scene, at.get(MilestoneName.STARTED), end),
        key=lambda candidate: (-candidate.worth, candidate.event.occurred_at, candidate.event.id),
    )
    chosen.fill(ranked)
    if len(events) <= FEWEST:
        for event in events:
            if event.kind is not Kind.MEMBERSHIP and not _is_chatter(scene, event):
                chosen.take(Candidate(event, Category.SIGNAL, "one of few events", 0, ""))
    return [
        replace(event, key=True, why_key=chosen.why[event.id]) if event.id in chosen.why else _plain(event) for event in events
    ]


def _plain(event: Event) -> Event:
    return replace(event, key=False, why_key=None) if event.key or event.why_key else event


class _Choice:
    """What was taken so far."""

    def __init__(self, phases: Sequence[Phase]) -> None:
        self.why: dict[EventId, str] = {}
        self._phases = phases
        self._by_phase: Counter[int] = Counter()
        self._by_category: Counter[Category] = Counter()
        self._thoughts: dict[str, list[Instant]] = {}

    def take(self, candidate: Candidate) -> None:
        """Take a candidate; an event taken before gains a reason."""
        before = self.why.get(candidate.event.id)
        if before is not None:
            if candidate.worth and candidate.why not in before:
                self.why[candidate.event.id] = f"{before}; {candidate.why}"
            return
        self.why[candidate.event.id] = candidate.why
        self._by_phase[self._phase_of(candidate.event)] += 1
        self._by_category[candidate.category] += 1
        if candidate.thought:
            self._thoughts.setdefault(candidate.thought, []).append(candidate.event.occurred_at)

    def fill(self, ranked: Sequence[Candidate]) -> None:
        """Take the worthiest: first a few of each phase, then all that tell something of their own, then up to the fewest."""
        for candidate in ranked:
            phase = self._phase_of(candidate.event)
            if candidate.worth >= TELLS_ANYTHING and self._by_phase[phase] < AT_LEAST:
                self._try(candidate, MOST)
        for candidate in ranked:
            if candidate.worth >= WORTH_TELLING and self._has_room(candidate):
                self._try(candidate, MOST)
        for candidate in ranked:
            if candidate.worth >= WORTH_TELLING:
                self._try(candidate, MOST)
        for candidate in ranked:
            if candidate.worth >= TELLS_ANYTHING:
                self._try(candidate, FEWEST)

    def _try(self, candidate: Candidate, most: int) -> None:
        if candidate.event.id in self.why:
            return
        if len(self.why) < most and not self._is_said(candidate):
            self.take(candidate)

    def _has_room(self, candidate: Candidate) -> bool:
        return (
            self._by_phase[self._phase_of(candidate.event)] < SHARE * MOST
            and self._by_category[candidate.category] < CATEGORY_SHARE * MOST
        )

    def _is_said(self, candidate: Candidate) -> bool:
        at = candidate.event.occurred_at
        return bool(candidate.thought) and any(
            abs(at - said) < SAME_THOUGHT for said in self._thoughts.get(candidate.thought, ())
        )

    def _phase_of(self, event: Event) -> int:
        """Return the number of the phase an event lies in, -1 before the first."""
        number = -1
        for place, phase in enumerate(self._phases):
            if event.occurred_at >= phase.from_:
                number = place
        return number


def _at_milestones(scene: Scene, milestones: Sequence[Milestone]) -> Iterable[Candidate]:
    """Yield, for each found milestone, its own event if that happened then, and else the nearest that tells anything."""
    by_id = {event.id: event for event in scene.events if event.id in {milestone.event for milestone in milestones}}
    for milestone in milestones:
        if milestone.at is None:
            continue
        why = f"{milestone.name}: {milestone.reason}"
        own = by_id.get(milestone.event) if milestone.event else None
        if own is not None:
            yield Candidate(own, Category.MILESTONE, why, 100, "")
        if own is None or abs(own.occurred_at - milestone.at) > AT_A_MILESTONE:
            near = _nearest(scene, milestone)
            if near is not None:
                yield Candidate(near, Category.MILESTONE, f"nearest to {milestone.name}", 100, "")


def _nearest(scene: Scene, milestone: Milestone) -> Event | None:
    """Return the event nearest to a milestone that has none of its own; for an end, rather one that tells of an end."""
    at = milestone.at
    if at is None:
        return None
    telling = [event for event in scene.events if abs(event.occurred_at - at) <= AT_A_MILESTONE and _tells(scene, event)]
    is_end = milestone.name in {MilestoneName.MITIGATED, MilestoneName.RESOLVED}
    return min(
        telling,
        key=lambda event: (is_end and not _tells_of_an_end(scene, event), abs(event.occurred_at - at), event.id),
        default=None,
    )


def _tells_of_an_end(scene: Scene, event: Event) -> bool:
    said = scene.speech.by_id.get(event.id)
    if said is not None:
        return not said.cues.isdisjoint({Cue.IMPROVING, Cue.MITIGATED, Cue.RESOLVED})
    return isinstance(event.details, TurnDetails) and event.details.direction == "back"


def _is_chatter(scene: Scene, event: Event) -> bool:
    said = scene.speech.by_id.get(event.id)
    return said is not None and Cue.CHATTER in said.cues


def _tells(scene: Scene, event: Event) -> bool:
    if event.kind is Kind.MEMBERSHIP:
        return False
    if event.kind not in {Kind.MESSAGE, Kind.UTTERANCE}:
        return True
    said = scene.speech.by_id.get(event.id)
    return said is not None and said.channel in scene.channels and Cue.CHATTER not in said.cues
