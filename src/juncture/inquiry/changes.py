"""Which changes came before the start, and which of them deserves the first look."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.inquiry.acts import Form, act_of
from juncture.inquiry.effect import AT_THE_START, Effect, effect_of
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.roles import Roles, roles_of
from juncture.inquiry.shipments import FAILED_STATES, Shipment, is_undoing, shipments
from juncture.inquiry.speech import quoted, shortened
from juncture.inquiry.undoing import Remedy, remedies, undone_by
from juncture.inquiry.words import has_word, tokens
from juncture.model.evidence import ChangeDetails, Citation, Event, Kind
from juncture.model.instants import clock_time, duration_text, seconds_between
from juncture.model.record import Change, Timeline


class Reason(Struct, frozen=True):
    """Why a change moves forward (or back, with negative points), in words, with what shows it."""

    points: float
    words: str
    events: tuple[Event, ...] = ()


class LookBack(Struct, frozen=True):
    """How far back to look; `most` changes are listed."""

    hours: float
    half_life_minutes: float
    most: int


class Points(Struct, frozen=True):
    """How much each reason counts."""

    near: float
    same_service: float
    schema: float
    setting: float
    flag: float
    whole_system: float
    shared_word: float
    shared_words_most: int
    undone_and_recovered: float
    undone_in_vain: float
    spoken_of_by_the_remedy: float
    ran_at_the_start: float
    large: float
    several_at_once: float
    unreviewed: float
    failed_checks: float
    only_words: float


class Limits(Struct, frozen=True):
    """Where a reason begins."""

    large_lines: int
    large_files: int
    helped_within_minutes: float
    at_once_minutes: float


class Words(Struct, frozen=True):
    """By which words a kind of change is recognised."""

    schema: tuple[str, ...]
    setting: tuple[str, ...]
    flag: tuple[str, ...]
    whole_system: tuple[str, ...]
    only_words: tuple[str, ...]


class Common(Struct, frozen=True):
    """Words that say nothing about what two texts have in common."""

    words: frozenset[str]


class Weights(Struct, frozen=True):
    """`changes.toml`."""

    look_back: LookBack
    points: Points
    limits: Limits
    words: Words
    common: Common


@cache
def weights() -> Weights:
    """Return what `changes.toml` says."""
    return msgspec.convert(tomllib.loads(files(__package__).joinpath("changes.toml").read_text("utf-8")), Weights)


def changes_before(timeline: Timeline, roles: Roles | None = None) -> tuple[Change, ...]:
    """Return the changes before or at the start, rank 1 first; empty where nothing tells when it started.

    A rank is a proposal of where to look first, by nearness in time, blast radius, and what undoing it did. Every reason is
    stated, and the events that show it are cited. It is no statement of cause.
    """
    effect = effect_of(timeline)
    if effect.started is None:
        return ()
    everything = shipments(timeline.events)
    before = _before([*everything, *_told(timeline, everything)], effect)
    remedy_list = remedies(timeline, effect, within=timedelta(minutes=weights().limits.helped_within_minutes))
    undone = {shipment.anchor.id: undone_by(shipment, everything, remedy_list) for shipment in before}
    rarity = Counter(word for shipment in before for word in tokens(shipment.text))
    judged = [(shipment, _reasons(shipment, before, effect, rarity, undone[shipment.anchor.id])) for shipment in before]
    if remedy_list:
        judged = [(shipment, [*reasons, *_remedy_reasons(shipment, remedy_list, rarity)]) for shipment, reasons in judged]
    ordered = sorted(judged, key=lambda one: (-sum(reason.points for reason in one[1]), -one[0].at.timestamp()))
    roles = roles or roles_of(timeline)
    chosen = ordered[: weights().look_back.most]
    return tuple(_change(rank, shipment, reasons, effect, roles) for rank, (shipment, reasons) in enumerate(chosen, 1))


_TOLD_APART = timedelta(minutes=3)
"""A message about shipping this near to a record of it speaks of the same."""

_TOLD_LATE = timedelta(minutes=30)
"""So long into an incident somebody may tell of what was shipped before it: "we shipped 2.31 at 8:55"."""
_REMEDIES = ("fix", "fixed", "hotfix", "patch", "patched", "revert", "reverted", "rollback", "back")
"""What is shipped with these words is shipped against the incident."""

_NOT_YET = ("merged", "not deployed", "goes out with", "tomorrow", "later")


def _told(timeline: Timeline, recorded: Iterable[Shipment]) -> list[Shipment]:
    """Return what people only said that they shipped: where no tool recorded it, a message is what there is."""
    known = [one.at for one in recorded if one.runs]
    found: list[Shipment] = []
    for event in timeline.events:
        act = act_of(event) if event.kind in SPOKEN else None
        if act is None or act.form not in {Form.COMMIT, Form.DONE} or not act.kinds & {"deploy", "configure", "flag", "scale"}:
            continue
        if has_word(event.summary, _NOT_YET) or any(abs(event.occurred_at - at) <= _TOLD_APART for at in known):
            continue
        if not any(abs(event.occurred_at - one.at) <= _TOLD_APART for one in found):
            found.append(Shipment(event, (event,)))
    return found


def _before(everything: Iterable[Shipment], effect: Effect) -> list[Shipment]:
    """Return what took effect before the start; commits that nothing shows in use count only where nothing is shown in use."""
    started = effect.started
    if started is None:
        return []
    since = started - timedelta(hours=weights().look_back.hours)
    near = [one for one in everything if since <= one.at <= started + _may_be_told_after(one)]
    in_use = [one for one in near if one.runs]
    return in_use or near


def _may_be_told_after(shipment: Shipment) -> timedelta:
    """Return how long after the start a change may stand in the evidence and still come from before it."""
    if is_undoing(shipment.anchor):
        return timedelta(0)
    if shipment.anchor.kind not in SPOKEN or has_word(shipment.anchor.summary, _REMEDIES):
        return AT_THE_START
    act = act_of(shipment.anchor)
    return _TOLD_LATE if act is not None and act.form is Form.DONE else AT_THE_START


def _reasons(
    shipment: Shipment, before: list[Shipment], effect: Effect, rarity: Counter[str], undone: tuple[Remedy, ...]
) -> list[Reason]:
    points, limits = weights().points, weights().limits
    found = [_nearness(shipment, effect)]
    service = shipment.service
    if service and service in effect.services:
        found.append(Reason(points.same_service, f"it changed {service}, which showed the effect"))
    found += _what_it_changed(shipment)
    found += _shared_words(shipment, effect, rarity, len(before))
    others = [one for one in before if one is not shipment and abs(one.at - shipment.at) <= _at_once()]
    if others:
        found.append(
            Reason(points.several_at_once, f"{len(others) + 1} changes went out within {limits.at_once_minutes:g} min")
        )
    found += _checks(shipment, before)
    for remedy in undone:
        found.append(_undoing_reason(remedy))
    return found


def _at_once() -> timedelta:
    return timedelta(minutes=weights().limits.at_once_minutes)


def _nearness(shipment: Shipment, effect: Effect) -> Reason:
    seconds = seconds_between(shipment.at, effect.started) if effect.started else 0.0
    share = 0.5 ** (max(seconds, 0) / 60 / weights().look_back.half_life_minutes)
    when = (
        "at the start"
        if abs(seconds) < 1
        else f"{duration_text(abs(seconds))} {'before' if seconds > 0 else 'after'} the start"
    )
    how = "was told" if shipment.anchor.kind in SPOKEN else "took effect"
    return Reason(weights().points.near * share, f"it {how} {when}")


def _what_it_changed(shipment: Shipment) -> list[Reason]:
    points, words, limits = weights().points, weights().words, weights().limits
    text = shipment.text
    found: list[Reason] = []
    if word := has_word(text, words.schema):
        found.append(Reason(points.schema, f"it changed the database schema (“{word}”)"))
    elif word := has_word(text, words.setting):
        found.append(Reason(points.setting, f"it changed a setting (“{word}”)"))
    if word := has_word(text, words.flag):
        found.append(Reason(points.flag, f"it changed a feature flag (“{word}”)"))
    if word := has_word(text, words.whole_system):
        found.append(Reason(points.whole_system, f"it touched what many parts share (“{word}”)"))
    if not found and (word := has_word(text, words.only_words)):
        found.append(Reason(points.only_words, f"it speaks of wording or looks (“{word}”)"))
    lines, files_touched = shipment.lines or 0, len(shipment.files)
    if lines >= limits.large_lines or files_touched >= limits.large_files:
        size = f"{lines} lines" if lines else f"{files_touched} files"
        found.append(Reason(points.large, f"it was large: {size}"))
    return found


def _shared_words(shipment: Shipment, effect: Effect, rarity: Counter[str], count: int) -> list[Reason]:
    """Words that the change shares with the signals and findings; a word of most changes tells nothing."""
    shared = _telling(tokens(shipment.text) & effect.words, rarity, count)
    points = weights().points
    chosen = shared[: points.shared_words_most]
    if not chosen:
        return []
    listed = ", ".join(f"“{word}”" for word in chosen)
    return [Reason(points.shared_word * len(chosen), f"signals and messages of the incident speak of {listed}, as it does")]


def _telling(words: frozenset[str], rarity: Counter[str], count: int) -> list[str]:
    common = weights().common.words
    telling = [word for word in words if word not in common and (rarity[word] <= max(1, count // 2))]
    return sorted(telling, key=lambda word: (rarity[word], -len(word), word))


def _checks(shipment: Shipment, before: list[Shipment]) -> list[Reason]:
    points = weights().points
    found: list[Reason] = []
    failed = [
        event
        for event in shipment.events
        if event.kind is Kind.CHECK and isinstance(event.details, ChangeDetails) and event.details.state in FAILED_STATES
    ]
    if failed:
        found.append(Reason(points.failed_checks, f"a check had failed: {failed[0].summary}", tuple(failed[:1])))
    reviews_are_kept = any(event.kind is Kind.REVIEW for one in before for event in one.events)
    if reviews_are_kept and not any(event.kind is Kind.REVIEW for event in shipment.events):
        found.append(Reason(points.unreviewed, "the evidence holds reviews of other changes, and none of this one"))
    return found


def _undoing_reason(remedy: Remedy) -> Reason:
    points = weights().points
    at = clock_time(remedy.event.occurred_at)
    if remedy.recovered_after is None:
        return Reason(points.undone_in_vain, f"it was undone at {at} UTC and the effect went on", (remedy.event,))
    after = duration_text(remedy.recovered_after)
    return Reason(points.undone_and_recovered, f"it was undone at {at} UTC and users recovered {after} later", (remedy.event,))


def _remedy_reasons(shipment: Shipment, remedy_list: tuple[Remedy, ...], rarity: Counter[str]) -> list[Reason]:
    """Return whether the act before the recovery speaks of the change without undoing it (a cancelled migration)."""
    helped = [remedy for remedy in remedy_list if remedy.recovered_after is not None]
    own = tokens(shipment.text)
    for remedy in helped:
        shared = _telling(own & tokens(remedy.text), rarity, len(rarity))
        named = [name for name in shipment.names if has_word(remedy.text, (name,))]
        telling = named or [word for word in shared if rarity[word] == 1]
        if telling and not is_undoing(remedy.event):
            words = (
                f"what was done at {clock_time(remedy.event.occurred_at)} UTC, before users recovered, speaks of “{telling[0]}”"
            )
            return [Reason(weights().points.spoken_of_by_the_remedy, words, (remedy.event,))]
    return []


def _change(rank: int, shipment: Shipment, reasons: list[Reason], effect: Effect, roles: Roles) -> Change:
    cited = [shipment.anchor, *(event for event in shipment.events if event.id != shipment.anchor.id)]
    cited += [event for reason in reasons for event in reason.events]
    citations: list[Citation] = list(dict.fromkeys(citation for event in cited for citation in event.citations[:1]))
    return Change(
        rank=rank,
        at=shipment.at,
        what=roles.anonymise(what_was_shipped(shipment)),
        service=shipment.service,
        by=roles.role_of(shipment.actor),
        seconds_before=seconds_between(shipment.at, effect.started) if effect.started else None,
        reasons=tuple(roles.anonymise(reason.words) for reason in sorted(reasons, key=lambda one: -abs(one.points))),
        event=shipment.anchor.id,
        citations=tuple(citations),
    )


def what_was_shipped(shipment: Shipment) -> str:
    """Say what was shipped: service and version where they are known, and the commit's subject."""
    anchor = shipment.anchor
    written = [event.summary for event in shipment.events if event.kind in {Kind.COMMIT, Kind.MERGE, Kind.PULL_REQUEST}]
    details = anchor.details
    if anchor.kind in SPOKEN:
        return f"Said: “{shortened(quoted(anchor.summary))}”"
    if anchor.kind in _ACTS and isinstance(details, ChangeDetails) and anchor.service and details.reference:
        first = f"{_ACTS[anchor.kind]} of {anchor.service} {details.reference}"
    else:
        first = anchor.summary
    return f"{first}: {written[0]}" if written and written[0] not in first else first


_ACTS = {Kind.DEPLOYMENT: "Deploy", Kind.ROLLBACK: "Roll-back", Kind.RELEASE: "Release", Kind.CONFIGURATION: "Configuration"}
