"""From instants to places across the page, in percent of its width.

Long stretches in which nothing happened are shortened, so that a deploy of the day before does not press the incident into a
corner; each such break is drawn and says how long it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import pairwise

from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.model.instants import Instant

LEFT, RIGHT = 2.5, 95.0
"""Where the first and the last instant stand; what is right of the last is room for the handle at rest."""
BREAK = 6.0
"""Width of a shortened stretch."""
_MOST_BREAKS = 3
_LONG = 0.8
"""A stretch is shortened if it is longer than so much of all the rest."""
_SHORTEST = timedelta(seconds=60)
_STEPS = (
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200,
    86400, 2 * 86400, 7 * 86400, 28 * 86400, 91 * 86400, 365 * 86400, 3650 * 86400,
)  # fmt: skip
_DAY = 86400
_FAR = 1000.0
"""What lies further from a window, in percent of it, is drawn no further away."""


class Knot(Struct, frozen=True):
    """One instant and its place; between two knots time runs evenly."""

    at: Instant
    x: float


class Gap(Struct, frozen=True):
    """A shortened stretch, its instants and its places."""

    start: Instant
    end: Instant
    x: float
    until: float


class Tick(Struct, frozen=True):
    """One mark of the axis; `label` is empty where there is no room to say it."""

    x: float
    label: str


class Scale(Struct, frozen=True):
    """The knots in order, and the shortened stretches among them."""

    knots: tuple[Knot, ...]
    gaps: tuple[Gap, ...] = ()

    @property
    def start(self) -> Instant:
        """The instant at the left edge of what is drawn."""
        return self.knots[0].at

    @property
    def end(self) -> Instant:
        """The last instant."""
        return self.knots[-1].at

    def holds(self, at: Instant) -> bool:
        """Whether an instant lies within what is drawn."""
        return self.start <= at <= self.end

    def place(self, at: Instant) -> float:
        """Return where an instant stands, 0 to 100; what lies outside stands at the edge."""
        index = bisect_right(self.knots, at, key=lambda knot: knot.at)
        if index == 0:
            return self.knots[0].x
        if index == len(self.knots):
            return self.knots[-1].x
        before, after = self.knots[index - 1], self.knots[index]
        share = (at - before.at) / (after.at - before.at)
        return before.x + share * (after.x - before.x)


class Window(Scale, frozen=True):
    """A scale on which time runs evenly from edge to edge, and on beyond them."""

    def place(self, at: Instant) -> float:
        """Return where an instant stands: below 0 before the window, above 100 after it."""
        share = (at - self.start) / (self.end - self.start)
        return min(max(100 * share, -_FAR), _FAR)


def window_of(start: Instant, end: Instant) -> Window:
    """Return the scale of a window. `start` is before `end`."""
    return Window((Knot(start, 0.0), Knot(end, 100.0)))


def scale_of(instants: Iterable[Instant]) -> Scale | None:
    """Return the scale that shows all `instants`, None where there are none."""
    ordered = sorted(set(instants))
    if not ordered:
        return None
    if ordered[-1] - ordered[0] < _SHORTEST:
        ordered = _widened(ordered[-1])
    broken = _long_stretches(ordered)
    whole = sum(((b - a) for a, b in pairwise(ordered) if (a, b) not in broken), timedelta())
    room = RIGHT - LEFT - BREAK * len(broken)
    knots, gaps = [Knot(ordered[0], LEFT)], []
    for before, after in pairwise(ordered):
        x = knots[-1].x
        if (before, after) in broken:
            gaps.append(Gap(before, after, x, x + BREAK))
            knots.append(Knot(after, x + BREAK))
        else:
            knots.append(Knot(after, x + room * ((after - before) / whole)))
    return Scale(tuple(_thinned(knots, gaps)), tuple(gaps))


def ticks(scale: Scale, clock: Clock, width: float) -> tuple[Tick, ...]:
    """Return the axis: round times of the zone, as dense as labels fit in `width` pixels; none inside shortened stretches."""
    found: list[Tick] = []
    edges = [scale.knots[0].at, *(instant for gap in scale.gaps for instant in (gap.start, gap.end)), scale.knots[-1].at]
    days = clock.local(scale.start).date() != clock.local(scale.end).date()
    told, free = None, 0.0
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        step = _step(scale, start, end, width)
        if step is None:
            continue
        for at in _round_times(start, end, step, clock):
            label = f"{clock.second(at) if step < 60 else clock.minute(at)}"
            day = clock.local(at).date()
            if step >= _DAY or (days and day != told):
                label = clock.short_day(at) if step >= _DAY else f"{clock.short_day(at)} {label}"
            x = scale.place(at)
            half = 4 * (len(label) + 1) * 100 / width
            crowded = x - half < free or any(gap.x - half < x < gap.until + half for gap in scale.gaps)
            found.append(Tick(x, "" if crowded else label))
            told, free = (told, free) if crowded else (day, x + half)
    return tuple(found)


def _long_stretches(ordered: Sequence[Instant]) -> set[tuple[Instant, Instant]]:
    stretches = sorted(pairwise(ordered), key=lambda pair: pair[1] - pair[0], reverse=True)
    rest = ordered[-1] - ordered[0]
    broken: set[tuple[Instant, Instant]] = set()
    for before, after in stretches[:_MOST_BREAKS]:
        length = after - before
        others = rest - length
        if length < timedelta(minutes=10) or length <= _LONG * others or not others:
            break
        broken.add((before, after))
        rest = others
    return broken


def _thinned(knots: Sequence[Knot], gaps: Sequence[Gap]) -> list[Knot]:
    """Keep only the knots at which the pace changes."""
    edges = {instant for gap in gaps for instant in (gap.start, gap.end)}
    return [knot for knot in knots if knot.at in edges or knot is knots[0] or knot is knots[-1]]


def _step(scale: Scale, start: Instant, end: Instant, width: float) -> int | None:
    seconds = (end - start).total_seconds()
    pixels = (scale.place(end) - scale.place(start)) * width / 100
    if seconds <= 0 or pixels < 30:
        return None
    return next((step for step in _STEPS if step / seconds * pixels >= (76 if step < 60 else 58)), None)


def _round_times(start: Instant, end: Instant, step: int, clock: Clock) -> Iterable[Instant]:
    local = clock.local(start)
    since = local.hour * 3600 + local.minute * 60 + local.second + local.microsecond / 1e6
    if step >= _DAY:
        since += (local.date().toordinal() % (step // _DAY)) * _DAY
    ahead = -since % step
    while ahead <= (end - start).total_seconds():
        yield start + timedelta(seconds=ahead)
        ahead += step


def _widened(at: Instant) -> list[Instant]:
    """Return the instant after another a minute before it: what is drawn never promises time that had not passed yet."""
    try:
        return [at - _SHORTEST, at]
    except OverflowError:
        return [at, at + _SHORTEST]
