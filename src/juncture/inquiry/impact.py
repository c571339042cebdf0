"""What it did to users, as far as the series say: figures with formula and inputs.

This is a first, plain estimate: the level of the minutes before the start, with its spread. What nobody can say from the
evidence is listed as not known.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files
from math import sqrt
from statistics import median

import msgspec
from msgspec import Struct

from juncture.inquiry.amounts import Step, covered, interval, is_counter, steps, total
from juncture.inquiry.effect import SERVICE_LABELS, effect_of, end_of, instant_of
from juncture.model.evidence import Citation, Series
from juncture.model.instants import Instant, duration_text, seconds_between, to_iso
from juncture.model.record import Figure, Impact, MilestoneName, Timeline


class Names(Struct, frozen=True):
    """Words in the names of series."""

    requests: tuple[str, ...]
    placed: tuple[str, ...]
    latency: tuple[str, ...]
    error_ratio: tuple[str, ...]
    inner: tuple[str, ...]


class Labels(Struct, frozen=True):
    """Labels that tell success from failure."""

    status: tuple[str, ...]
    outcome: tuple[str, ...]
    failed: frozenset[str]


class Level(Struct, frozen=True):
    """How the level before the start is taken."""

    before_minutes: float
    block_seconds: float
    least_blocks: int
    range: float


class Settings(Struct, frozen=True):
    """`impact.toml`."""

    names: Names
    labels: Labels
    level: Level


class Window(Struct, frozen=True):
    """When users felt it: `[start, end)`."""

    start: Instant
    end: Instant

    @property
    def seconds(self) -> float:
        """How long."""
        return seconds_between(self.start, self.end)

    def inputs(self) -> dict[str, str]:
        """Return the window as inputs of a figure."""
        return {"from": to_iso(self.start), "to": to_iso(self.end), "length": duration_text(self.seconds)}


@cache
def settings() -> Settings:
    """Return what `impact.toml` says."""
    return msgspec.convert(tomllib.loads(files(__package__).joinpath("impact.toml").read_text("utf-8")), Settings)


def from_series(series: Sequence[Series], timeline: Timeline) -> Impact:
    """Return the impact between started and mitigated as calculations, and what is not known.

    Without a start or an end there is no window and no figure; without series that users feel there is none either. Both
    are said in `not_known`.
    """
    start, end = instant_of(timeline, MilestoneName.STARTED), end_of(timeline)
    if start is None or end is None or end <= start:
        missing = "when it started" if start is None else "when users no longer felt it"
        return Impact((), (f"How many requests failed: the evidence does not show {missing}.", *_never_known()))
    window = Window(start, end)
    felt = [one for one in series if one.instants and not _is_inner(one)]
    services = effect_of(timeline).services
    chosen = [one for one in felt if _service(one) in services[:2]] or felt
    figures: list[Figure] = []
    for service in dict.fromkeys(_service(one) for one in chosen):
        own = [one for one in chosen if _service(one) == service]
        figures += _requests(own, service, window)
        figures += _ratio(own, service, window, known=bool(figures))
        figures += _placed(own, service, window)
        figures += _latency(own, service, window)
    not_known = _never_known()
    if not any(figure.unit == "requests" for figure in figures):
        not_known = ("How many requests failed: no series counts requests by status.", *not_known)
    return Impact(tuple(figures), not_known)


def _never_known() -> tuple[str, ...]:
    return (
        "Revenue lost: no series of amounts was given.",
        "How many customers were affected: the evidence counts requests, not people.",
        "Whether data was lost or left wrong: nothing in the evidence says so or rules it out.",
        "What it did to the trust of customers: nothing in the evidence tells.",
    )


def _is_inner(series: Series) -> bool:
    return series.metric.startswith(settings().names.inner)


def _service(series: Series) -> str | None:
    return next((series.labels[label] for label in SERVICE_LABELS if series.labels.get(label)), None)


def _named(series: Series, words: Iterable[str]) -> bool:
    return any(word in series.metric.lower() for word in words)


def _status(series: Series) -> str | None:
    labels = settings().labels
    return next((series.labels[label] for label in (*labels.status, *labels.outcome) if label in series.labels), None)


def _is_failure(status: str) -> bool:
    return status.startswith("5") if status[:1].isdigit() else status.lower() in settings().labels.failed


def _to(service: str | None) -> str:
    return f" to {service}" if service else ""


def _in(service: str | None) -> str:
    return f" in {service}" if service else ""


def _of(service: str | None) -> str:
    return f" of {service}" if service else ""


def _requests(series: list[Series], service: str | None, window: Window) -> list[Figure]:
    """Return the requests that failed, and their share, from counters by status."""
    counted = [one for one in series if is_counter(one) and _named(one, settings().names.requests) and _status(one)]
    if not counted:
        return []
    since = min(one.instants[0] for one in counted)
    failed, everything = 0.0, 0.0
    for one in counted:
        amount = total(steps(one, since), window.start, window.end)
        everything += amount
        failed += amount if _is_failure(_status(one) or "") else 0.0
    if everything <= 0:
        return []
    metric = counted[0].metric
    citations = _cited([one for one in counted if _is_failure(_status(one) or "")] or counted)
    label = next(label for label in (*settings().labels.status, *settings().labels.outcome) if label in counted[0].labels)
    inputs = {**window.inputs(), "failed": _number(failed), "all": _number(everything), "sampled every": _every(counted[0])}
    share = 100 * failed / everything
    formula = f"sum of the increase of {metric} where {label} is 5xx or a failure, from start to mitigation"
    whole = float(round(failed))
    return [
        Figure(
            name=f"Requests{_to(service)} that failed", unit="requests", low=whole, mid=whole, high=whole, formula=formula,
            inputs=inputs, citations=citations,
        ),
        Figure(
            name=f"Share of the requests{_to(service)} that failed", unit="%", low=share, mid=share, high=share,
            formula=f"100 x failed / all, by the increase of {metric}", inputs=inputs, citations=citations,
        ),
    ]  # fmt: skip


def _ratio(series: list[Series], service: str | None, window: Window, *, known: bool) -> list[Figure]:
    """Return the highest share of errors from series of ratios, where no counters tell it better."""
    if known:
        return []
    found: list[Figure] = []
    for one in series:
        if is_counter(one) or not _named(one, settings().names.error_ratio):
            continue
        inside = _values(one, window)
        if not inside or max(one.values) > 1 or max(inside) <= 0:
            continue
        share = 100 * max(inside)
        found.append(
            Figure(
                name=f"Highest share of errors{_of(service)}", unit="%", low=share, mid=share, high=share,
                formula=f"100 x the highest value of {one.metric} between start and mitigation",
                inputs={**window.inputs(), "sampled every": _every(one)}, citations=(one.citation,),
            )
        )  # fmt: skip
    return found[:1]


def _placed(series: list[Series], service: str | None, window: Window) -> list[Figure]:
    """Return what users did not get done: counters of business acts against their level before the start."""
    found: list[Figure] = []
    acts = [one for one in series if _named(one, settings().names.placed) and not _named(one, settings().names.requests)]
    counted = [one for one in acts if is_counter(one) and not _is_failure(_status(one) or "")]
    for metric in dict.fromkeys(one.metric for one in counted):
        own = [one for one in counted if one.metric == metric]
        figure = _below_level(own, service, window)
        if figure is not None:
            found.append(figure)
    return found


def _below_level(series: list[Series], service: str | None, window: Window) -> Figure | None:
    """Return how much less came than the level before the start lets expect; None where no level or no loss can be told."""
    level = settings().level
    since = min(one.instants[0] for one in series)
    all_steps = [steps(one, since) for one in series]
    blocks = _blocks(all_steps, window)
    if len(blocks) < level.least_blocks:
        return None
    usual = median(blocks)
    spread = max(1.4826 * median(abs(block - usual) for block in blocks), sqrt(max(usual, 1.0)))
    count = window.seconds / level.block_seconds
    expected = usual * count
    # The sum of `count` blocks varies by sqrt(count); their level is a median of `len(blocks)`, whose variance is pi/2 times
    # that of a mean.
    deviation = spread * sqrt(count + count * count * 1.571 / len(blocks))
    actual = sum(total(found, window.start, window.end) for found in all_steps)
    low, mid, high = (max(0.0, expected + sign * level.range * deviation - actual) for sign in (-1, 0, 1))
    if low <= 0:
        return None
    what = series[0].metric.removesuffix("_total").replace("_", " ")
    inputs = {
        **window.inputs(),
        "counted in the window": _number(actual),
        "expected": f"{_number(max(0.0, expected - level.range * deviation))} to {_number(expected + level.range * deviation)}",
        "level before": f"{usual:g} in {level.block_seconds:g} s, median of {len(blocks)} stretches before the start",
        "sampled every": _every(series[0]),
    }
    return Figure(
        name=f"Fewer {what}{_in(service)} than the level before the start",
        unit=what,
        low=float(round(low)),
        mid=float(round(mid)),
        high=float(round(high)),
        formula="level before the start x length of the window, less what was counted; 90 % range from the spread before",
        inputs=inputs,
        citations=_cited(series),
    )


def _blocks(all_steps: list[list[Step]], window: Window) -> list[float]:
    """Return the amounts of equal stretches before the start, the nearest first; only stretches that samples cover."""
    level = settings().level
    length = timedelta(seconds=level.block_seconds)
    found: list[float] = []
    end = window.start
    while window.start - end < timedelta(minutes=level.before_minutes):
        start = end - length
        if max(covered(one, start, end) for one in all_steps) < 0.9 * level.block_seconds:
            break
        found.append(sum(total(one, start, end) for one in all_steps))
        end = start
    return found


def _latency(series: list[Series], service: str | None, window: Window) -> list[Figure]:
    """Return the slowest answers: a quantile's highest value, beside its usual one before the start."""
    found: list[Figure] = []
    for one in series:
        quantile = _quantile(one)
        if quantile is None or is_counter(one) or not _named(one, settings().names.latency):
            continue
        inside = _values(one, window)
        before = [value for at, value in zip(one.instants, one.values, strict=True) if at < window.start]
        if not inside or not before or max(inside) < 1.5 * median(before):
            continue
        unit = "ms" if "milli" in one.metric or "_ms" in one.metric else "s"
        highest = max(inside)
        found.append(
            Figure(
                name=f"Longest wait{_of(service)}, {quantile}", unit=unit, low=highest, mid=highest, high=highest,
                formula=f"highest value of {one.metric} between start and mitigation",
                inputs={**window.inputs(), "before": f"{median(before):.3g} {unit}, median", "sampled every": _every(one)},
                citations=(one.citation,),
            )
        )  # fmt: skip
    return found[:1]


def _quantile(series: Series) -> str | None:
    if "quantile" in series.labels:
        return f"p{float(series.labels['quantile']) * 100:g}"
    return next((name for name in ("p99", "p95", "p90", "p50") if name in series.metric.lower()), None)


def _values(series: Series, window: Window) -> list[float]:
    return [value for at, value in zip(series.instants, series.values, strict=True) if window.start <= at < window.end]


def _cited(series: Sequence[Series]) -> tuple[Citation, ...]:
    return tuple(dict.fromkeys(one.citation for one in series))


def _number(value: float) -> str:
    return f"{round(value):,}"


def _every(series: Series) -> str:
    seconds = interval(series)
    return duration_text(seconds) if seconds else "not known"
