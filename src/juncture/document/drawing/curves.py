"""From series to what a graph draws: rates of counters, sums of series that are one quantity, within a window, thinned.

A counter is drawn as its rate. Several series are one curve where they count the same: their amounts are added, step by step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from statistics import median

from msgspec import Struct

from juncture.inquiry.amounts import interval, is_counter, steps
from juncture.model.evidence import Citation, Series
from juncture.model.instants import Instant, seconds_between

MOST_POINTS = 400
"""Points of a curve; where there are more, the least and the greatest of each stretch stay."""
_GAP = 3.5
"""So many usual steps without a sample are drawn as a gap."""


_MOST_ZEROS = 5000


class Curve(Struct, frozen=True):
    """One quantity over time. `metric` says its unit by its name; `per_second` that it is the rate of a counter."""

    metric: str
    per_second: bool
    points: tuple[tuple[Instant, float], ...]
    step: float
    """Usual seconds between two points."""
    citations: tuple[Citation, ...]
    usual: float | None = None

    def stretches(self) -> list[list[tuple[Instant, float]]]:
        """Return the points without gaps, stretch by stretch."""
        found: list[list[tuple[Instant, float]]] = []
        for point in self.points:
            if not found or seconds_between(found[-1][-1][0], point[0]) > max(self.step * _GAP, 1):
                found.append([])
            found[-1].append(point)
        return found


def cited_by(citation: Citation, series: Sequence[Series]) -> Series | None:
    """Return the series that a citation names, or a sample of which it names."""
    for one in series:
        own = one.citation
        if citation.artefact == own.artefact and (citation.place == own.place or citation.place.startswith(f"{own.place}/")):
            return one
    return None


def curve_of(series: Sequence[Series], beginnings: Mapping[str, Instant], start: Instant, end: Instant) -> Curve | None:
    """Return one curve of series of one metric in `[start, end]`; None where that leaves fewer than two points.

    `beginnings` says since when each metric was measured at all: a counter that appears later stood at nothing until then.
    """
    first = series[0]
    counts = is_counter(first)
    step = median([interval(one) or 0.0 for one in series])
    if counts:
        points = _rates(series, beginnings.get(first.metric), step)
    else:
        samples = (zip(one.instants, one.values, strict=True) for one in series)
        points = sorted(point for one in samples for point in one)
    inside = [point for point in points if start <= point[0] <= end]
    if len(inside) < 2:
        return None
    thin = _thinned(inside)
    wide = seconds_between(inside[0][0], inside[-1][0]) / (len(inside) - 1)
    return Curve(
        first.metric, counts, tuple(thin), max(step, wide) * len(inside) / len(thin), tuple(one.citation for one in series)
    )


def _rates(series: Sequence[Series], beginning: Instant | None, step: float) -> list[tuple[Instant, float]]:
    """Return the rate per second of counters together, in steps as long as their usual one."""
    if step <= 0:
        return []
    amounts: dict[int, float] = {}
    zero = beginning or min(one.instants[0] for one in series)
    for one in series:
        for each in steps(one, beginning):
            place = round(seconds_between(zero, each.at) / step)
            amounts[place] = amounts.get(place, 0.0) + each.amount
    if amounts and beginning is not None:
        for place in range(1, min(*amounts, _MOST_ZEROS)):
            amounts[place] = 0.0
    return [(zero + timedelta(seconds=place * step), amount / step) for place, amount in sorted(amounts.items())]


def _thinned(points: Sequence[tuple[Instant, float]]) -> list[tuple[Instant, float]]:
    if len(points) <= MOST_POINTS:
        return list(points)
    kept: list[tuple[Instant, float]] = []
    size = -(-len(points) * 2 // MOST_POINTS)
    for at in range(0, len(points), size):
        stretch = points[at : at + size]
        least, most = min(stretch, key=_value), max(stretch, key=_value)
        kept.extend(dict.fromkeys(sorted((least, most))))
    return kept


def _value(point: tuple[Instant, float]) -> float:
    return point[1]


def beginnings(series: Iterable[Series]) -> dict[str, Instant]:
    """Return since when each metric was measured."""
    found: dict[str, Instant] = {}
    for one in series:
        if one.instants:
            found[one.metric] = min(found.get(one.metric, one.instants[0]), one.instants[0])
    return found
