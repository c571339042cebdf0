"""When a series left its usual range, and when it came back: `juncture.evidence.departures` finds out, here it is told.

Counters are turned into rates first, resets recognised. Series that say something by being there (`ALERTS`, `…_info`) turn
where they begin and end.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from math import sqrt
from typing import NamedTuple

from msgspec.structs import replace

from juncture.evidence.deliveries import near_keys
from juncture.evidence.departures import USUAL_BLOCKS, Departure, Samples, departures
from juncture.evidence.quantities import is_counter, value_text
from juncture.evidence.times import Span
from juncture.model.evidence import Kind, Lane, Series, Sighting, TurnDetails
from juncture.model.identity import sighting_id
from juncture.model.instants import Instant, seconds_between, to_iso

MOST = 6
"""Departures of one series that are told: the largest. A series that leaves more often has no usual range."""

SERVICE_LABELS = ("service", "service_name", "app", "application", "component", "deployment", "job")
PLACES = frozenset(
    {"job", "instance", "pod", "container", "endpoint", "namespace", "node", "cluster", "replica", "host", "exporter", "le"}
)
"""Labels that say where a series was scraped, not what it measures."""


_LARGEST = 1e120
"""Values beyond are taken as this: their squares must stay numbers."""


class _Points(NamedTuple):
    """What is looked at: a series, or the rate of a counter, with the instants of its samples."""

    instants: list[Instant]
    samples: Samples
    per_second: bool


def turns(series: Series, recorded: tuple[Instant, Instant] | None = None) -> Iterator[Sighting]:
    """Yield where `series` left its usual range (`up`, `down`) and came back, in order; few, and none for mere noise.

    `recorded` are the ends of the recording that the series is part of: a counter that first appears later than its begin has
    counted from zero since. Each sighting stands at the first sample that shows it, and can have happened since the one before;
    in noisy series as late as at the first sample that noise does not explain.
    """
    if not series.instants:
        return
    begin, end = recorded or (series.instants[0], series.instants[-1])
    if series.metric == "ALERTS" or series.metric.endswith("_info"):
        yield from _presences(series, begin, end)
        return
    points = _points(series, begin)
    found = sorted(departures(points.samples), key=lambda one: _size(one, len(points.instants)), reverse=True)[:MOST]
    for one in sorted(found):
        said = _sentence(series, points, one)
        start, back = points.instants[one.start], points.instants[one.back] if one.back is not None else None
        before = points.instants[max(one.start - 1, 0)]
        details = TurnDetails(series.metric, said.direction, series.labels, one.usual, one.value, one.extreme)
        yield _sighting(series, Span(start, before, points.instants[one.certain]), said.left, details, back)
        if one.back is not None and back is not None:
            details = replace(details, direction="back", value=points.samples.values[one.back])
            yield _sighting(series, Span(back, points.instants[one.back - 1], back), said.back, details, None)


def _presences(series: Series, begin: Instant, end: Instant) -> Iterator[Sighting]:
    """Yield where a series whose value is always 1 begins and ends; it is absent while what it says is not so."""
    if series.labels.get("alertstate", "firing") != "firing":
        return
    steps = sorted(then - first for first, then in pairwise(series.instants))
    step = steps[len(steps) // 2] if steps else timedelta(seconds=60)
    breaks = [number for number, (first, then) in enumerate(pairwise(series.instants), 1) if then - first > 2.5 * step]
    alert = series.labels.get("alertname")
    what = f"{alert} of {service_of(series.labels)}" if alert and service_of(series.labels) else alert or subject_of(series)
    for first, last in zip([0, *breaks], [*breaks, len(series.instants)], strict=True):
        start, stop = series.instants[first], series.instants[last - 1] + step
        if start - begin <= 1.5 * step:
            continue
        gone = stop if stop < end - step else None
        details = TurnDetails(series.metric, "up", series.labels, 0.0, 1.0, 1.0)
        yield _sighting(series, Span(start, start - step, start), f"{what} {'fired' if alert else 'appeared'}", details, gone)
        if gone is not None and alert:
            details = replace(details, direction="back", value=0.0)
            yield _sighting(series, Span(gone, gone - step, gone), f"{what} no longer fired", details, None)


def _points(series: Series, begin: Instant) -> _Points:
    instants, values = list(series.instants), [max(-_LARGEST, min(_LARGEST, value)) for value in series.values]
    steps = sorted(seconds_between(first, then) for first, then in pairwise(instants))
    step = max(steps[len(steps) // 2], 0.001) if steps else 1.0
    counter = is_counter(series.metric) and _counts_up(series.metric, values)
    if counter or "rate" in series.metric:
        missing = round(seconds_between(begin, instants[0]) / step)
        if missing > 1:
            count = min(missing, USUAL_BLOCKS)
            instants = [instants[0] - timedelta(seconds=step * (count - number)) for number in range(count)] + instants
            values = [0.0] * count + values
    whole = all(value == int(value) for value in values)
    if not counter:
        return _Points(instants, Samples(values, step, 0.3, 0.1) if whole else Samples(values, step), per_second=False)
    rates = [
        (now - before if now >= before else now) / max(seconds_between(first, then), 0.001)
        for (first, then), (before, now) in zip(pairwise(instants), pairwise(values), strict=True)
    ]
    return _Points(
        instants[1:], Samples(rates, step, 0.5 / step, 0.5 / step, 1 / step) if whole else Samples(rates, step), per_second=True
    )


def _counts_up(metric: str, values: list[float]) -> bool:
    """Whether this is a counter in deed: gauges end in `_count` too, and a rate may keep the name of its counter."""
    falls = sum(now < before for before, now in pairwise(values))
    rises = sum(now > before for before, now in pairwise(values))
    return falls * 10 <= len(values) and (not falls or metric.endswith("_total") or rises * 5 >= len(values))


def _size(departure: Departure, count: int) -> float:
    lasted = (departure.back or count) - departure.start
    return abs(departure.extreme - departure.usual) / max(abs(departure.usual), abs(departure.extreme), 1e-12) * sqrt(lasted)


def _sighting(series: Series, span: Span, summary: str, details: TurnDetails, ended: Instant | None) -> Sighting:
    labels = ",".join(f"{name}={series.labels[name]}" for name in sorted(series.labels))
    width = max(60, int(seconds_between(span.earliest, span.occurred_at) * 2))
    alert = series.labels.get("alertname")
    return Sighting(
        id=sighting_id("turn", series.metric, labels, details.direction, to_iso(span.occurred_at)),
        source=series.source,
        kind=Kind.TURN,
        lane=Lane.SIGNAL,
        occurred_at=span.occurred_at,
        earliest=span.earliest,
        latest=span.latest,
        summary=summary,
        citation=series.citation,
        recorded_at=span.occurred_at,
        ended_at=ended,
        service=service_of(series.labels),
        keys=near_keys(f"turn:{series.metric}{{{labels}}}:{details.direction}", span.occurred_at, width),
        links=(series.metric, alert) if alert else (series.metric,),
        details=details,
    )


def service_of(labels: dict[str, str]) -> str | None:
    """Return the service that a series' labels name, its job for want of better."""
    return next((labels[name] for name in SERVICE_LABELS if labels.get(name)), None)


def subject_of(series: Series) -> str:
    """Return what a series measures, in words: `http_requests_total of web (code 503, route /orders)`."""
    service = service_of(series.labels)
    telling = [
        f"{name} {value}"
        for name, value in sorted(series.labels.items())
        if name not in PLACES and name not in SERVICE_LABELS and value
    ]
    of_service = f" of {service}" if service else ""
    return f"{series.metric}{of_service}" + (f" ({', '.join(telling[:4])})" if telling else "")


class _Said(NamedTuple):
    direction: str
    left: str
    back: str


def _sentence(series: Series, points: _Points, departure: Departure) -> _Said:
    """Say no more than what was to be seen then: how far it went in the end stands in the details."""
    usual, value = (
        value_text(series.metric, amount, per_second=points.per_second) for amount in (departure.usual, departure.value)
    )
    subject, rose = subject_of(series), departure.value >= departure.usual
    left = f"{subject} {'rose' if rose else 'fell'} from around {usual} to {value}"
    return _Said("up" if rose else "down", left, f"{subject} came back to around {usual}")
