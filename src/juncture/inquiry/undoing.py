"""Remedies: what was done to the system while the effect lasted, and whether users recovered after it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from datetime import timedelta

from msgspec import Struct

from juncture.inquiry.acts import Act, Form, act_of
from juncture.inquiry.effect import Effect
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.roles import channel_of, incident_channels
from juncture.inquiry.shipments import FAILED_STATES, Shipment, is_undoing, results_of
from juncture.inquiry.speech import said_in_vain, said_refused
from juncture.inquiry.words import has_word
from juncture.model.evidence import ChangeDetails, CommandDetails, Event
from juncture.model.instants import Instant, seconds_between
from juncture.model.record import Timeline

_ON_PEOPLE = frozenset({"declare", "escalate", "reroute", "tell"})
"""Kinds of choice that change nothing in the system."""

_DONE = frozenset({Form.COMMIT, Form.DONE, Form.DO})

_SAME_STEP = timedelta(minutes=3)
"""Saying, running and finishing one step lie no further apart."""


class Remedy(Struct, frozen=True):
    """One step on the system. `recovered_after` is seconds until users recovered; None if they did not soon after it."""

    event: Event
    kinds: frozenset[str]
    text: str
    recovered_after: float | None


def remedies(timeline: Timeline, effect: Effect, *, within: timedelta) -> tuple[Remedy, ...]:
    """Return what was done between the start and the recovery, in order of time; what was refused is left out.

    A step helped if users recovered `within` this time after it and no step of another kind stands between.
    """
    if effect.started is None:
        return ()
    channels = incident_channels(timeline)
    inside = [
        event
        for event in timeline.events
        if event.occurred_at > effect.started and (effect.until is None or event.occurred_at <= effect.until)
        if event.kind not in SPOKEN or channel_of(event) in channels
    ]
    results = results_of(timeline.events)
    acts = [act for act in (act_of(event) for event in inside if event.id not in results) if act and act.kinds - _ON_PEOPLE]
    done = [act for act in acts if act.form in _DONE]
    instants = [event.occurred_at for event in inside]
    kept = [
        act for act in done if _state(act.event) not in FAILED_STATES and not _refused(act, _following(act, inside, instants))
    ]
    asks = [act for act in acts if act.form is Form.ASK]
    in_vain = [event.occurred_at for event in inside if _is_in_vain(event)]
    return tuple(
        Remedy(act.event, act.kinds, _text(act, asks, in_vain), _recovered_after(act, kept, effect, within, in_vain))
        for act in kept
    )


def _following(act: Act, events: list[Event], instants: list[Instant]) -> list[Event]:
    """Return what stands right after an act; `instants` are those of `events`, in order."""
    at = act.event.occurred_at
    return events[bisect_right(instants, at) : bisect_right(instants, at + _SAME_STEP)]


def undone_by(shipment: Shipment, everything: tuple[Shipment, ...], remedy_list: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """Return the remedy that took a shipment back, the one that helped if one did."""
    found = [remedy for remedy in remedy_list if _undoes(remedy, shipment, everything)]
    helped = [remedy for remedy in found if remedy.recovered_after is not None]
    return tuple((helped or found)[:1])


def _recovered_after(act: Act, acts: list[Act], effect: Effect, within: timedelta, in_vain: list[Instant]) -> float | None:
    last = acts[-1]
    if bisect_left(in_vain, last.event.occurred_at) > bisect_right(in_vain, act.event.occurred_at):
        return None
    same_step = act is last or (bool(act.kinds & last.kinds) and last.event.occurred_at - act.event.occurred_at <= _SAME_STEP)
    if effect.until is None or not same_step or effect.until - last.event.occurred_at > within:
        return None
    return seconds_between(act.event.occurred_at, effect.until)


def _is_in_vain(event: Event) -> bool:
    return event.kind in SPOKEN and said_in_vain(event.summary)


def _refused(act: Act, events: list[Event]) -> bool:
    """Whether a message or the tool said that it could not be done, in `events` right after it."""
    for event in events:
        if event.kind in SPOKEN and said_refused(event.summary):
            return True
        other = act_of(event)
        if other is not None and other.form in _DONE and not other.kinds & act.kinds:
            return False
    return False


def _state(event: Event) -> str:
    return (event.details.state or "").lower() if isinstance(event.details, ChangeDetails) else ""


def _text(act: Act, asks: list[Act], in_vain: list[Instant]) -> str:
    """Return what the step says, and what was asked shortly before it about a step of its kind."""
    at = act.event.occurred_at
    failed = bisect_left(in_vain, at)
    since = max([at - _SAME_STEP, *in_vain[max(0, failed - 1) : failed]])
    first = bisect_left(asks, since, key=lambda one: one.event.occurred_at)
    end = bisect_right(asks, at, key=lambda one: one.event.occurred_at)
    asked = [one.event.summary for one in asks[first:end] if one.kinds & act.kinds]
    return " ".join([_own_text(act.event), *asked])


def _own_text(event: Event) -> str:
    details = event.details
    if isinstance(details, ChangeDetails):
        return " ".join(part for part in (event.summary, details.reference, details.previous, details.revision) if part)
    if isinstance(details, CommandDetails):
        return f"{event.summary} {details.command}"
    return event.summary


def _undoes(remedy: Remedy, shipment: Shipment, everything: tuple[Shipment, ...]) -> bool:
    event = remedy.event
    if "undo" not in remedy.kinds or event.occurred_at <= shipment.at:
        return False
    details = event.details
    if isinstance(details, ChangeDetails) and details.previous:
        return details.previous in shipment.names or details.previous[:7] in shipment.names
    earlier = [one for one in everything if one.at < event.occurred_at and not is_undoing(one.anchor)]
    named = [one for one in earlier if has_word(event.summary, one.names)]
    if named:
        return shipment in named
    latest = [one for one in earlier if one.service is not None and has_word(event.summary, (one.service,))]
    return bool(latest) and latest[-1] is shipment
