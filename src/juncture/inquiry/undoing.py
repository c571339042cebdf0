"""Remedies: what was done to the system while the effect lasted, and whether users recovered after it."""

from __future__ import annotations

from datetime import timedelta

from msgspec import Struct

from juncture.inquiry.effect import Effect, said
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.shipments import Shipment, is_undoing
from juncture.inquiry.words import has_word
from juncture.model.evidence import ChangeDetails, CommandDetails, Event, Kind, Lane
from juncture.model.instants import seconds_between
from juncture.model.record import Timeline
from juncture.timeline.cues import ACTIONS, Cue

_MEANT = frozenset({Cue.COMMITMENT, Cue.COMPLETED})


class Remedy(Struct, frozen=True):
    """One act on the system. `recovered_after` is seconds until users recovered; None if they did not soon after it.

    `text` is what the act and the messages right around it say of it.
    """

    event: Event
    text: str
    recovered_after: float | None


def remedies(timeline: Timeline, effect: Effect, *, within: timedelta) -> tuple[Remedy, ...]:
    """Return what was done between the start and the recovery, in order of time.

    An act helped if users recovered `within` this time after it and no later act stands between.
    """
    if effect.started is None:
        return ()
    acts = [event for event in timeline.events if event.occurred_at > effect.started and _acts(event)]
    found: list[Remedy] = []
    for event in acts:
        if effect.until is not None and event.occurred_at > effect.until:
            break
        found.append(Remedy(event, _text(event), None))
    if found and effect.until is not None:
        last = found[-1]
        seconds = seconds_between(last.event.occurred_at, effect.until)
        if seconds <= within.total_seconds():
            found = [_helped(remedy, effect, last, seconds) for remedy in found]
    return tuple(found)


def undone_by(shipment: Shipment, everything: tuple[Shipment, ...], remedy_list: tuple[Remedy, ...]) -> tuple[Remedy, ...]:
    """Return the remedies that took a shipment back, the one that helped alone if one did."""
    found = [remedy for remedy in remedy_list if _undoes(remedy, shipment, everything)]
    helped = [remedy for remedy in found if remedy.recovered_after is not None]
    return tuple((helped or found)[:1])


_SAME_ACT = timedelta(minutes=3)
"""Saying, running and finishing one act lie no further apart."""


def _helped(remedy: Remedy, effect: Effect, last: Remedy, seconds: float) -> Remedy:
    """Let the steps of the last act share its success: the message, the command and the tool's record."""
    if last.event.occurred_at - remedy.event.occurred_at > _SAME_ACT or effect.until is None:
        return remedy
    return Remedy(remedy.event, remedy.text, max(seconds, seconds_between(remedy.event.occurred_at, effect.until)))


def _acts(event: Event) -> bool:
    cues = said(event.summary)
    if event.kind in SPOKEN:
        return bool(cues & ACTIONS) and bool(cues & _MEANT) and not cues & {Cue.NEGATED, Cue.QUESTION}
    if event.kind is Kind.COMMAND:
        return bool(cues & ACTIONS)
    return event.lane is Lane.CHANGE and event.kind in {Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.CONFIGURATION, Kind.RELEASE}


def _text(event: Event) -> str:
    details = event.details
    if isinstance(details, ChangeDetails):
        return " ".join(part for part in (event.summary, details.reference, details.previous, details.revision) if part)
    if isinstance(details, CommandDetails):
        return f"{event.summary} {details.command}"
    return event.summary


def _undoes(remedy: Remedy, shipment: Shipment, everything: tuple[Shipment, ...]) -> bool:
    event = remedy.event
    undoing = is_undoing(event) or bool(said(event.summary) & {Cue.ROLLBACK, Cue.REVERT})
    if not undoing or event.occurred_at <= shipment.at:
        return False
    details = event.details
    if isinstance(details, ChangeDetails) and details.previous:
        return details.previous in shipment.names or details.previous[:7] in shipment.names
    named = [one for one in everything if one.at < event.occurred_at and has_word(event.summary, one.names)]
    if named:
        return shipment in named
    latest = [one for one in everything if one.at < event.occurred_at and one.service == event.service and not _undone(one)]
    return event.service is not None and bool(latest) and latest[-1] is shipment


def _undone(shipment: Shipment) -> bool:
    return is_undoing(shipment.anchor)
