"""Effects on users: when a metric that users feel left its usual range, and when it came back.

Which metrics those are is data (`measures.toml`). The usual range comes from the series itself: its median over the better half
of its values, and how far that half scatters. A value is bad beyond four times that scatter, and beyond a step that users
would notice (`NOTICED`); a stretch of bad values counts from two samples on, and short returns do not end it. Counters are taken as
increases a second; a series of errors that is there only while there are any is zero where it is absent.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from itertools import pairwise
from statistics import median

from msgspec import Struct, convert

from juncture.model.evidence import Citation, Event, Series, TurnDetails
from juncture.model.instants import Instant, seconds_between

SHORT_RETURN = timedelta(seconds=60)
"""A return to the usual range that is shorter than this (or than three samples) doesn't end an effect."""
SMOOTHED_OVER = 5
"""Samples over which a counter of few things is averaged: orders come one by one."""
NOTICED: dict[str, Callable[[float], float]] = {
    "errors": lambda usual: usual + max(0.01, 0.5 * usual),
    "success": lambda usual: usual - max(0.01, 0.02 * usual),
    "latency": lambda usual: 1.6 * usual,
    "throughput": lambda usual: 0.55 * usual,
}
"""The value that users would notice, by kind of measure, from the usual one: a tenth of a second, a few orders are noise."""

_COUNTER = re.compile(r"(?:_total|_count)$")
_WINDOW = re.compile(r"(?:rate|ratio|avg|mean|increase|[:_])(\d{1,4})([smh])(?![a-z])")
_PARTS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")


class Measure(Struct, frozen=True):
    """A kind of metric that users feel; `bad` says which way is worse, `up` or `down`."""

    kind: str
    bad: str
    what: str
    name: str
    labels: dict[str, str]
    good: tuple[str, ...]
    bad_names: tuple[str, ...]


class Measures(Struct, frozen=True):
    """The whole of `measures.toml`."""

    inner: str
    measure: tuple[Measure, ...]


class Effect(Struct, frozen=True):
    """A stretch `[started_at, ended_at]` in which users felt something; `ended_at` is None if the data ends before it."""

    measure: Measure
    metric: str
    started_at: Instant
    ended_at: Instant | None
    usual: float | None
    extreme: float | None
    citation: Citation
    service: str | None = None


@cache
def measures() -> Measures:
    """Return what `measures.toml` holds."""
    return convert(tomllib.loads(files("juncture.timeline").joinpath("measures.toml").read_text("utf-8")), Measures)


def measure_of(metric: str, labels: dict[str, str]) -> Measure | None:
    """Return which kind of thing that users feel a metric tells, None if it tells of machines."""
    known = measures()
    words = "_".join(part for part in _PARTS.split(metric) if part).lower()
    counted = _COUNTER.search(metric) is not None
    plain = _COUNTER.sub("", words) if counted else words
    if re.search(known.inner, plain):
        return None
    for measure in known.measure:
        told = any(re.search(pattern, labels[label].lower()) for label, pattern in measure.labels.items() if label in labels)
        if told or re.search(measure.name, plain):
            if measure.kind == "latency" and counted:
                continue
            if measure.kind == "throughput" and re.search("^[34]", labels.get("code", labels.get("status", ""))):
                return None
            return measure
    return None


def effects_of(series: Sequence[Series], events: Sequence[Event] = ()) -> list[Effect]:
    """Return the effects on users that series show and, for metrics without a series, turns; in order of their start."""
    found: list[Effect] = []
    covered: set[str] = set()
    for one in series:
        measure = measure_of(one.metric, one.labels)
        covered.add(one.metric)
        if measure is not None and len(one.instants) >= 3:
            found.extend(_effects_in(one, measure, _range_of(series)))
    found.extend(_effects_of_turns(event for event in events if _is_turn_of_another(event, covered)))
    found.sort(key=lambda effect: (effect.started_at, effect.metric, effect.citation.place))
    return found


def _is_turn_of_another(event: Event, covered: set[str]) -> bool:
    return isinstance(event.details, TurnDetails) and event.details.metric not in covered


def _range_of(series: Sequence[Series]) -> tuple[Instant, Instant]:
    filled = [one for one in series if one.instants]
    return min(one.instants[0] for one in filled), max(one.instants[-1] for one in filled)


def _effects_in(series: Series, measure: Measure, whole: tuple[Instant, Instant]) -> Iterator[Effect]:
    instants, values = list(series.instants), list(series.values)
    step = median(seconds_between(one, then) for one, then in pairwise(instants))
    appears = measure.kind == "errors" and instants[0] - whole[0] > timedelta(seconds=3 * step)
    if appears:
        instants, values = [instants[0] - timedelta(seconds=step), *instants], [0.0, *values]
    if _COUNTER.search(series.metric):
        instants, values = _increases(instants, values)
        if measure.kind != "errors":
            values = _smoothed(values)
    if len(values) < 3:
        return
    worse = 1.0 if measure.bad == "up" else -1.0
    usual, scatter = (0.0, 0.0) if appears else _usual([worse * value for value in values])
    usual *= worse
    limit = max(worse * usual + 4 * scatter, worse * NOTICED[measure.kind](usual))
    bad = [worse * value > limit for value in values]
    for first, last in _stretches(bad, instants, max(SHORT_RETURN, timedelta(seconds=3 * step))):
        worst = max(values[first : last + 1], key=lambda value: worse * value)
        goes_on = last == len(values) - 1 and whole[1] - instants[-1] <= timedelta(seconds=3 * step)
        ended_at = (
            None if goes_on else max(instants[min(last + 1, len(instants) - 1)] - _window_of(series.metric), instants[first])
        )
        yield Effect(
            measure, series.metric, instants[first], ended_at, usual, worst, series.citation, series.labels.get("service")
        )


def _window_of(metric: str) -> timedelta:
    """Return over how long a metric is averaged, if its name tells (`rate5m`, `ratio30s`): so late does it show an end."""
    told = _WINDOW.search(metric)
    return timedelta(seconds=int(told[1]) * {"s": 1, "m": 60, "h": 3600}[told[2]]) if told else timedelta(0)


def _increases(instants: list[Instant], values: list[float]) -> tuple[list[Instant], list[float]]:
    """Return a counter's increases a second; after a reset, what it counts from zero."""
    rates = []
    for place in range(1, len(values)):
        seconds = seconds_between(instants[place - 1], instants[place]) or 1.0
        increase = values[place] - values[place - 1] if values[place] >= values[place - 1] else values[place]
        rates.append(increase / seconds)
    return instants[1:], rates


def _smoothed(values: list[float]) -> list[float]:
    return [
        sum(values[max(0, place - SMOOTHED_OVER + 1) : place + 1]) / min(place + 1, SMOOTHED_OVER)
        for place in range(len(values))
    ]


def _usual(values: Sequence[float]) -> tuple[float, float]:
    """Return middle and scatter of the better half of values, for which more is worse."""
    better = sorted(values)[: max(2, (len(values) + 1) // 2)]
    middle = median(better)
    scatter = 1.4826 * median(abs(value - middle) for value in better)
    return middle, scatter


def _stretches(bad: Sequence[bool], instants: Sequence[Instant], gap: timedelta) -> Iterator[tuple[int, int]]:
    """Yield first and last place of each stretch of two bad values or more, parted by a return of `gap` or longer."""
    places = [place for place, is_bad in enumerate(bad) if is_bad]
    start: int | None = None
    for number, place in enumerate(places):
        if start is None:
            start = place
        following = places[number + 1] if number + 1 < len(places) else None
        if following is None or (following > place + 1 and instants[following] - instants[place + 1] >= gap):
            if place > start:
                yield start, place
            start = None


def _effects_of_turns(turns: Iterable[Event]) -> Iterator[Effect]:
    """Yield what turns tell: each `up` or `down` in the bad direction, until its end or the turn back."""
    open_since: dict[tuple[str, str], tuple[Event, Measure]] = {}
    for event in turns:
        details = event.details
        if not isinstance(details, TurnDetails):
            continue
        name = (details.metric, repr(sorted(details.labels.items())))
        measure = measure_of(details.metric, details.labels)
        if measure is None:
            continue
        if details.direction == "back" and name in open_since:
            yield _effect_of_turn(*open_since.pop(name), event.occurred_at)
        elif details.direction == measure.bad:
            if event.ended_at is not None:
                yield _effect_of_turn(event, measure, event.ended_at)
            else:
                open_since.setdefault(name, (event, measure))
    for event, measure in open_since.values():
        yield _effect_of_turn(event, measure, None)


def _effect_of_turn(event: Event, measure: Measure, ended_at: Instant | None) -> Effect:
    details = event.details
    assert isinstance(details, TurnDetails)  # noqa: S101 - only turns come here
    return Effect(
        measure, details.metric, event.occurred_at, ended_at, details.usual, details.extreme, event.citations[0], event.service
    )
