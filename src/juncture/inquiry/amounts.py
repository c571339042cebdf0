"""Amounts of a series in a window: what a counter grew by, what a rate adds up to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from msgspec import Struct

from juncture.model.evidence import Series
from juncture.model.instants import Instant, seconds_between

COUNTER_ENDINGS = ("_total", "_count", "_sum")
"""Prometheus' naming of counters: https://prometheus.io/docs/practices/naming/."""


class Step(Struct, frozen=True):
    """What was counted between two samples: `amount` in `seconds`, up to the sample at `at`."""

    at: Instant
    seconds: float
    amount: float


def is_counter(series: Series) -> bool:
    """Whether a series only grows, by its name."""
    return series.metric.endswith(COUNTER_ENDINGS)


def steps(series: Series, since: Instant | None = None) -> list[Step]:
    """Return the amounts between samples, in order. Rates (per second) are multiplied by the time to the next sample.

    A counter that falls was reset and restarts at 0. One that first appears later than `since` (the first sample of its
    metric) began at 0 then: its first value counts whole, in a step as long as its next one.
    """
    samples = list(zip(series.instants, series.values, strict=True))
    found: list[Step] = []
    for (before, earlier), (at, value) in pairwise(samples):
        seconds = seconds_between(before, at)
        if seconds <= 0:
            continue
        grown = (value - earlier if value >= earlier else value) if is_counter(series) else max(value, 0.0) * seconds
        found.append(Step(at, seconds, grown))
    if samples and since is not None and is_counter(series) and samples[0][0] > since and samples[0][1] > 0:
        found.insert(0, Step(samples[0][0], found[0].seconds if found else 0.0, samples[0][1]))
    return found


def total(found: Sequence[Step], start: Instant, end: Instant) -> float:
    """Return the amount from `start` to `end`; a step that only partly lies inside counts by that part."""
    return sum(step.amount * _share(step, start, end) for step in found)


def covered(found: Sequence[Step], start: Instant, end: Instant) -> float:
    """Return the seconds from `start` to `end` that the steps cover."""
    return sum(step.seconds * _share(step, start, end) for step in found)


def interval(series: Series) -> float | None:
    """Return the usual seconds between samples, None below two samples."""
    gaps = [seconds_between(before, at) for before, at in pairwise(series.instants)]
    return median(gaps) if gaps else None


def _share(step: Step, start: Instant, end: Instant) -> float:
    if step.seconds <= 0:
        return 1.0 if start < step.at <= end else 0.0
    left = max(0.0, step.seconds - seconds_between(start, step.at)) if step.at > start else step.seconds
    right = max(0.0, seconds_between(end, step.at)) if step.at > end else 0.0
    return max(0.0, 1.0 - (left + right) / step.seconds)
