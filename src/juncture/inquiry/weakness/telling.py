"""Silence, customers and questions: what was said to those who waited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from juncture.inquiry.acts import Form
from juncture.inquiry.effect import end_of, said
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.roles import channel_of
from juncture.inquiry.weakness.facts import Facts, Stated, at, cite, rules, words
from juncture.inquiry.words import has_word
from juncture.model.evidence import Event, Kind
from juncture.model.instants import duration_text, seconds_between
from juncture.model.record import MilestoneName
from juncture.timeline.cues import Cue


def silence(facts: Facts) -> Iterator[Stated]:
    """Say where nothing was recorded while it went on."""
    taken = facts.found(MilestoneName.ACKNOWLEDGED) or facts.found(MilestoneName.DETECTED)
    end = end_of(facts.timeline)
    if taken is None or taken.at is None or end is None:
        return
    by_people = [
        event for event in facts.events
        if taken.at <= event.occurred_at <= end and (is_by_a_person(event) or event.kind is Kind.COMMAND)
    ]  # fmt: skip
    for before, after in pairwise(by_people):
        seconds = seconds_between(before.occurred_at, after.occurred_at)
        if seconds >= rules()["silence"].threshold:
            stretch = f"from {at(before.occurred_at)} to {at(after.occurred_at)}"
            yield f"Nothing was said or done for {duration_text(seconds)}, {stretch}", cite(before, after)


def _tells_customers(event: Event) -> bool:
    if event.kind is Kind.CUSTOMER_UPDATE:
        return True
    cues = said(event.summary) if event.kind in SPOKEN else frozenset()
    return Cue.CUSTOMER_UPDATE in cues and not cues & {Cue.QUESTION, Cue.PROPOSAL, Cue.NEGATED}


def customers_not_told(facts: Facts) -> Iterator[Stated]:
    """Say that nothing shows that customers were told."""
    started, end = facts.effect.started, facts.effect.until
    chosen = any("tell" in one.kinds and one.form is not Form.DECLINE for one in facts.matters)
    if chosen or any(_tells_customers(event) for event in facts.events) or started is None:
        return
    asked = next((event for event in facts.events if event.kind in SPOKEN and _asks_to_tell(event)), None)
    felt = seconds_between(started, end) if end else 0.0
    if asked is not None:
        text = f"Somebody asked at {at(asked.occurred_at)} what to tell customers: {words(asked)}"
        yield text + ". No customer update follows in the evidence", cite(asked)
    elif felt >= rules()["customers_not_told"].threshold:
        first, last = facts.found(MilestoneName.STARTED), facts.found(MilestoneName.MITIGATED)
        text = f"Users felt it for {duration_text(felt)}, and the evidence holds no customer update"
        yield text, [citation for found in (first, last) if found for citation in found.citations]


def _asks_to_tell(event: Event) -> bool:
    cues = said(event.summary)
    return Cue.CUSTOMER_UPDATE in cues and bool(cues & {Cue.QUESTION, Cue.PROPOSAL})


def customers_told_late(facts: Facts) -> Iterator[Stated]:
    """Say that customers were told late."""
    started = facts.found(MilestoneName.STARTED)
    first = next((event for event in facts.events if _tells_customers(event)), None)
    if started is None or started.at is None or first is None:
        return
    seconds = seconds_between(started.at, first.occurred_at)
    if seconds >= rules()["customers_told_late"].threshold:
        text = f"The first customer update that the evidence shows came {duration_text(seconds)} after the start"
        yield text, [*started.citations, *cite(first)]


_ASKS_FOR_NEWS = (
    "any news", "eta", "what do i tell", "what do we tell", "what can i tell", "any update", "any updates", "same issue",
    "is this the same", "same thing", "known issue",
)  # fmt: skip
"""What somebody asks who waits in a channel of their own, as support does."""


def unanswered(facts: Facts) -> Iterator[Stated]:
    """Say which questions nobody answered: no reply in the thread, and no other person spoke in the channel for a while."""
    end = end_of(facts.timeline)
    spoken = [event for event in facts.events if event.kind in SPOKEN and is_by_a_person(event)]
    within = timedelta(seconds=rules()["unanswered_question"].threshold)
    for number, event in enumerate(spoken):
        about_it = channel_of(event) in facts.channels or has_word(event.summary, _ASKS_FOR_NEWS)
        if (
            not about_it
            or Cue.QUESTION not in said(event.summary)
            or (facts.effect.started and event.occurred_at < facts.effect.started)
        ):
            continue
        if end is not None and event.occurred_at > end:
            break
        replies = (later for later in spoken[number + 1 :] if later.occurred_at <= event.occurred_at + within)
        heard = facts.channels if channel_of(event) in facts.channels else {channel_of(event)}
        if not any(later.actor != event.actor and channel_of(later) in heard for later in replies):
            yield (
                f"Nobody answered for {duration_text(within.total_seconds())}: {words(event)}, {at(event.occurred_at)}",
                cite(event),
            )
