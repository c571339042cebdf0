"""Matters: the acts that belong to one choice (its proposal, the answer, the command, "done"), joined."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from juncture.inquiry.acts import Act, Form, act_of, asks_something
from juncture.inquiry.effect import said
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.roles import channel_of
from juncture.inquiry.speech import VOTES, options_in, picked, said_in_vain, said_refused, sentences, tells_own_act
from juncture.inquiry.words import has_word
from juncture.model.evidence import Event, Kind
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.timeline.cues import ACTIONS, Cue

ANSWER_WITHIN = timedelta(minutes=6)
"""A yes or no answers what was asked no longer ago."""

ANSWER_MESSAGES = 5
"""A yes or no answers one of so many messages before it in its channel: further up, it speaks of something else."""

SAME_ACT_WITHIN = timedelta(minutes=6)
"""Choosing, ordering and running a step lie no further apart; what comes later is a choice anew."""

DONE_WITHIN = timedelta(minutes=30)
"""A step can take so long from choosing it to "done"."""

ASKED_AGAIN_AFTER = timedelta(seconds=60)
"""Asking for a thing that was chosen a moment ago goes on about it; later it asks anew."""

_ONCE = frozenset({"declare"})
"""Kinds that are decided once an incident, however often they are told."""

_STEPWISE = {"undo": frozenset({"undo", "deploy"}), "reroute": frozenset({"reroute", "configure"})}
"""Kinds of which a tool's record may name another kind: rolling back deploys an older version."""


class Matter:
    """One thing to be chosen: what was asked, what was chosen and when, and what carried it out."""

    def __init__(self, act: Act) -> None:
        self.kinds = act.kinds
        self.names: frozenset[str] = frozenset()
        self.services: frozenset[str] = frozenset()
        self.closed = False
        """Whether somebody said that it changed nothing or could not be done: what comes after is a choice anew."""
        self.asked: list[Event] = []
        self.chosen: Event | None = None
        self.form: Form | None = None
        self.steps: list[Event] = []
        self.last_at = act.event.occurred_at
        self.take(act)

    def take(self, act: Act) -> None:
        """Add an act: an ask before the choice, the choice itself, or a step after it."""
        event = act.event
        self.last_at = max(self.last_at, event.occurred_at)
        if self.chosen is None and act.form is Form.ASK:
            self.asked.append(event)
            self.kinds |= act.kinds
        elif self.chosen is None:
            self.chosen, self.form = event, act.form
        else:
            self.steps.append(event)
        if event.kind in SPOKEN:
            self.names |= act.names

    @property
    def chosen_at(self) -> Instant:
        """When it was chosen, the last ask while it was not."""
        return self.chosen.occurred_at if self.chosen else self.last_at

    @property
    def events(self) -> list[Event]:
        """All its events, in order."""
        chosen = [self.chosen] if self.chosen else []
        return sorted([*self.asked, *chosen, *self.steps], key=lambda event: (event.occurred_at, event.id))


def matters(events: Iterable[Event], channels: frozenset[str | None], results: frozenset[EventId]) -> list[Matter]:
    """Return the matters of a stretch of the timeline, those chosen and those not, by their first event.

    Only messages of `channels` count, where the incident was handled. `results` are records of how a change that began
    earlier went on: they choose nothing.
    """
    listed = list(events)
    joining = _Joining(tuple(sorted({event.service for event in listed if event.service})))
    for event in listed:
        if event.kind in SPOKEN:
            if channel_of(event) not in channels:
                continue
            joining.heard(event)
        act = act_of(event) if event.id not in results else None
        if act is not None:
            joining.take(act)
        elif asks_something(event):
            joining.asked_otherwise(event)
        elif event.kind in SPOKEN:
            joining.picks(event)
    return joining.found


class _Joining:
    """Walks through the acts in order and keeps the matters that are open."""

    def __init__(self, services: tuple[str, ...]) -> None:
        self._services = services
        self.found: list[Matter] = []
        self._messages: dict[str | None, list[Event]] = {}
        self._other_question: dict[str | None, Event] = {}

    def heard(self, event: Event) -> None:
        self._messages.setdefault(channel_of(event), []).append(event)
        if said_in_vain(event.summary) or said_refused(event.summary):
            for matter in self.found:
                matter.closed = matter.closed or matter.chosen is not None

    def asked_otherwise(self, event: Event) -> None:
        """Remember a question that asks for no act: a yes or no after it is about it."""
        self._other_question[channel_of(event)] = event

    def take(self, act: Act) -> None:
        if not act.kinds:
            self._answer(act)
        elif act.form is Form.ASK:
            self._ask(act)
        else:
            self._choose_or_step(act)

    def _ask(self, act: Act) -> None:
        matter = self._latest(act, open_only=True, within=ANSWER_WITHIN)
        if matter is None:
            matter = self._latest(act, open_only=False, within=ASKED_AGAIN_AFTER)
        if matter is None:
            self._open(act)
        else:
            self._add(matter, act)

    def _open(self, act: Act) -> None:
        self.found.append(Matter(act))
        self.found[-1].services = self._services_of(act)

    def _add(self, matter: Matter, act: Act) -> None:
        matter.take(act)
        matter.services |= self._services_of(act)

    def _services_of(self, act: Act) -> frozenset[str]:
        named = {act.event.service} if act.event.service else set()
        return frozenset(named | {name for name in self._services if has_word(act.event.summary, (name,))})

    def _answer(self, act: Act) -> None:
        """Let a yes or no choose the matter asked last in its channel, unless another question was asked since."""
        channel = channel_of(act.event)
        recent = {event.id for event in self._messages.get(channel, [])[-ANSWER_MESSAGES - 1 : -1]}
        for matter in reversed(self.found):
            if matter.chosen is not None or act.event.occurred_at - matter.last_at > ANSWER_WITHIN:
                continue
            asks = [event for event in matter.asked if event.id in recent]
            own = all(event.actor == act.event.actor for event in asks)
            if not asks or (own and act.form is not Form.COMMIT):
                continue
            other = self._other_question.get(channel)
            if other is not None and other.occurred_at > asks[-1].occurred_at:
                continue
            matter.take(act)
            return

    def picks(self, event: Event) -> None:
        """Let words that repeat one of the options asked choose it; `I'd drain` is a vote, and goes on asking."""
        channel = channel_of(event)
        recent = {one.id for one in self._messages.get(channel, [])[-ANSWER_MESSAGES - 1 : -1]}
        for matter in reversed(self.found):
            asks = [one for one in matter.asked if one.id in recent and one.actor != event.actor]
            if matter.chosen is not None or not asks or event.occurred_at - matter.last_at > ANSWER_WITHIN:
                continue
            if picked(options_in(asks[-1].summary), event.summary):
                votes = has_word(event.summary, VOTES) is not None
                matter.take(Act(event, Form.ASK if votes else Form.AGREE))
            return

    def _choose_or_step(self, act: Act) -> None:
        if act.form is Form.DONE:
            matter = self._latest(act, open_only=False, within=DONE_WITHIN, undeclined=True)
            matter = matter or self._latest(act, open_only=False, within=DONE_WITHIN)
        else:
            matter = self._latest(act, open_only=True, within=ANSWER_WITHIN)
            matter = matter or self._latest(act, open_only=False, within=SAME_ACT_WITHIN)
        if matter is None and act.form is Form.DONE and not tells_own_act(act.event.summary):
            return
        if matter is None and act.form is Form.DECLINE and commits_elsewhere(act.event.summary):
            # "No, that kills the db. I'll raise the limit": what was refused was not an act; what it says it does is one.
            act = replace(act, form=Form.COMMIT)
        if matter is None or self._turns(matter, act):
            self._open(act)
        else:
            self._add(matter, act)

    def _turns(self, matter: Matter, act: Act) -> bool:
        """Whether an act goes against what was chosen: rolled back after all is a choice of its own."""
        return matter.form is Form.DECLINE and act.form is not Form.DECLINE and matter.chosen is not None

    def _latest(self, act: Act, *, open_only: bool, within: timedelta, undeclined: bool = False) -> Matter | None:
        """Return the latest matter that an act can belong to. What is done was chosen: `undeclined` passes over refusals."""
        for matter in reversed(self.found):
            if open_only and matter.chosen is not None:
                continue
            if undeclined and matter.form is Form.DECLINE:
                continue
            if not _same_kind(matter, act) or _different_names(matter, act):
                continue
            services = self._services_of(act)
            if matter.services and services and not matter.services & services:
                continue
            if matter.closed and act.form is not Form.DONE:
                continue
            if matter.kinds & _ONCE or act.event.occurred_at - matter.last_at <= within:
                return matter
        return None


def commits_elsewhere(text: str) -> bool:
    """Whether a sentence of a refusing message says what its author does instead."""
    found = [said(sentence) for sentence in sentences(text)]
    return any(Cue.COMMITMENT in cues and Cue.DECLINED not in cues and not cues.isdisjoint(ACTIONS) for cues in found)


def _same_kind(matter: Matter, act: Act) -> bool:
    widened = matter.kinds.union(*(_STEPWISE.get(kind, frozenset()) for kind in matter.kinds))
    return bool(act.kinds & (widened if act.event.kind not in SPOKEN else matter.kinds))


def _different_names(matter: Matter, act: Act) -> bool:
    """Whether both name versions or numbers and share none. A tool's record names more than people say."""
    if act.event.kind in {Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.COMMAND}:
        return False
    return bool(matter.names and act.names) and not matter.names & act.names
