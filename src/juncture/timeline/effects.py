"""Effects on users: when a metric that users feel left its usual range, and when it came back.

Which metrics those are, and which way is bad, is data (`measures.toml`). When they turned is what `juncture.evidence.turns`
found: it stands in the evidence as events, or is asked of the series where it doesn't.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert
from msgspec.structs import replace

from juncture.evidence.turns import turns
from juncture.model.evidence import Event, Series, TurnDetails
from juncture.model.instants import Instant
from juncture.timeline.merge import as_event

VANISHED_FOR = timedelta(seconds=30)
"""A series that ends this long before the recording is gone; less is the last scrape that was missed."""

_COUNTER = re.compile(r"(?:_total|_count)$")
_PARTS = re.compile(r"[^A-Za-z0-9]+|(?<=[a-z])(?=[A-Z])")
_WINDOW = re.compile(r"(?:rate|ratio|avg|mean|increase|[:_])(\d{1,4})([smh])(?![a-z])")


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
    """A stretch from `started_at` to `ended_at` in which users felt something; `ended_at` is None if the data ends before it.

    `turn` is the event by which it began, `back` the one by which it ended, where there is one. `in_timeline` says that
    the turn is an event of the timeline, and not only found in the series.
    """

    measure: Measure
    metric: str
    started_at: Instant
    ended_at: Instant | None
    turn: Event
    back: Event | None = None
    in_timeline: bool = True

    @property
    def counted(self) -> bool:
        """Whether it comes from a counter, which doesn't look back over a window."""
        return is_counter(self.metric)


@cache
def measures() -> Measures:
    """Return what `measures.toml` holds."""
    return convert(tomllib.loads(files("juncture.timeline").joinpath("measures.toml").read_text("utf-8")), Measures)


def is_counter(metric: str) -> bool:
    """Return whether a metric counts, by its name."""
    return _COUNTER.search(metric) is not None


def measure_of(metric: str, labels: dict[str, str]) -> Measure | None:
    """Return which kind of thing that users feel a metric tells, None if it tells of machines."""
    known = measures()
    words = "_".join(part for part in _PARTS.split(metric) if part).lower()
    plain = _COUNTER.sub("", words)
    if re.search(known.inner, plain):
        return None
    for measure in known.measure:
        told = any(re.search(pattern, labels[label].lower()) for label, pattern in measure.labels.items() if label in labels)
        if not told and not re.search(measure.name, plain):
            continue
        if measure.kind == "latency" and is_counter(metric):
            continue  # the count of a histogram of durations tells how many there were
        if measure.kind == "throughput" and re.search("^[345]", labels.get("code", labels.get("status", ""))):
            return None
        return measure
    return None


def effects_of(events: Sequence[Event], series: Sequence[Series] = ()) -> list[Effect]:
    """Return the effects on users, in order of their start: those of turn events, and of series without any."""
    told = {event.details.metric for event in events if isinstance(event.details, TurnDetails)}
    silent = [one for one in series if one.metric not in told and measure_of(one.metric, one.labels)]
    own = (as_event(turn) for one in silent for turn in turns(one, _range_of(series)))
    found = _without_vanished([*_effects_of(events, in_timeline=True), *_effects_of(own, in_timeline=False)], series)
    found.sort(key=lambda effect: (effect.started_at, effect.metric, effect.turn.id))
    return found


def _without_vanished(effects: list[Effect], series: Sequence[Series]) -> list[Effect]:
    """Return effects; errors whose series ended before the recording ended with it, or are left out where it isn't told when.

    A counter of errors vanishes when its program restarts. That it is over shows where the series ends or, without the series,
    where one of the same service with fewer labels (a ratio over all of them) came back.
    """
    ends = {_name_of(one.metric, one.labels): one.instants[-1] for one in series if one.instants}
    last = max(ends.values(), default=None)
    kept: list[Effect] = []
    for effect in effects:
        if effect.ended_at is not None or effect.measure.kind != "errors":
            kept.append(effect)
            continue
        end = ends.get(_name_of(effect.metric, _labels_of(effect)))
        if end is not None and last is not None and last - end > VANISHED_FOR:
            kept.append(replace(effect, ended_at=max(end - _window_of(effect.metric), effect.started_at)))
        elif not any(_tells_whole(other, effect) for other in effects):
            kept.append(effect)
    return kept


def _tells_whole(other: Effect, part: Effect) -> bool:
    return (
        other.ended_at is not None
        and other.measure.kind in {"errors", "success"}
        and other.turn.service == part.turn.service
        and len(_labels_of(other)) < len(_labels_of(part))
    )


def _labels_of(effect: Effect) -> dict[str, str]:
    return effect.turn.details.labels if isinstance(effect.turn.details, TurnDetails) else {}


def _name_of(metric: str, labels: dict[str, str]) -> tuple[str, str]:
    return metric, repr(sorted(labels.items()))


def _range_of(series: Sequence[Series]) -> tuple[Instant, Instant]:
    filled = [one for one in series if one.instants]
    return min(one.instants[0] for one in filled), max(one.instants[-1] for one in filled)


def _effects_of(events: Iterable[Event], *, in_timeline: bool) -> Iterator[Effect]:
    """Yield what turns tell: each one in the bad direction until its end, or until the turn back of the same series."""
    begun: dict[tuple[str, str], tuple[Event, Measure]] = {}
    for event in events:
        details = event.details
        if not isinstance(details, TurnDetails):
            continue
        measure = measure_of(details.metric, details.labels)
        if measure is None:
            continue
        name = _name_of(details.metric, details.labels)
        if details.direction == "back" and name in begun:
            yield _effect(*begun.pop(name), event, in_timeline=in_timeline)
        elif details.direction == measure.bad and name not in begun:
            begun[name] = (event, measure)
    for event, measure in begun.values():
        yield _effect(event, measure, None, in_timeline=in_timeline)


def _effect(turn: Event, measure: Measure, back: Event | None, *, in_timeline: bool) -> Effect:
    metric = turn.details.metric if isinstance(turn.details, TurnDetails) else ""
    ended_at = turn.ended_at or (back.occurred_at if back else None)
    if ended_at is not None:
        ended_at = max(ended_at - _window_of(metric), turn.occurred_at)
    return Effect(measure, metric, turn.occurred_at, ended_at, turn, back, in_timeline)


def _window_of(metric: str) -> timedelta:
    """Return over how long a metric is averaged, if its name tells (`rate5m`, `ratio30s`): so late does it show an end."""
    told = _WINDOW.search(metric)
    return timedelta(seconds=int(told[1]) * {"s": 1, "m": 60, "h": 3600}[told[2]]) if told else timedelta(0)
