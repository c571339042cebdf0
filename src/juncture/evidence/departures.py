"""When samples left their usual range, and when they came back: a change detector without a model of the series.

Samples are looked at in blocks of a quarter of a minute. Usual is the median of the last blocks that were usual, its scale a
robust one: the widest of what quartiles, deciles and the differences between neighbours tell. Deviations are summed up as in
Page's CUSUM (Biometrika 41, 1954), each capped: a lone outlier is nothing, a small shift that lasts is something, and a slow
drift moves what is usual. Where the sum passes its threshold, the change is at the sample that best splits those around it in
two, moved back to the first sample that stands out by itself.
"""

from __future__ import annotations

from bisect import insort
from collections import deque
from collections.abc import Iterator, Sequence
from math import ceil, sqrt
from statistics import fmean, median
from typing import NamedTuple

MINIMUM_SAMPLES = 8
BLOCK_SECONDS = 15.0
"""Samples nearer to each other than this are averaged: noise counts less than what lasts."""
USUAL_BLOCKS = 60
"""Blocks that say what is usual: the last quarter of an hour, or more where samples are further apart."""
CONSTANT_BLOCKS = 20
SHORTEST_SECONDS = 30.0
"""What lasts less is a blip."""
RETURN_SECONDS = 60.0
"""So long a series must stay in its usual range to have come back."""
CHANGE = 0.25
"""A share of the usual value; smaller changes are no news, however little the series varies."""
SLACK, THRESHOLD, CAP, CAP_OF_LONG_STEPS = 2.0, 8.0, 6.0, 10.0
"""Of the sum of deviations, in scales: a linear drift deviates by 1.35, two samples at the cap pass the threshold."""
LONG_STEP_SECONDS = 120.0
"""With steps of two minutes and more, one sample far out is an outage and no blip."""


class Departure(NamedTuple):
    """A stretch outside the usual range: samples `[start, back)`, `back` None while it lasts. In the series' own unit.

    `certain` is the first sample that noise does not explain: `start` itself, or in noisy series one soon after.
    """

    start: int
    certain: int
    back: int | None
    usual: float
    value: float
    extreme: float


class Samples(NamedTuple):
    """What is looked at. `step` is the usual distance in seconds.

    Values that are counts vary by chance: `quantum` is the least scale taken for them, `quantum_if_constant` where the last
    `CONSTANT_BLOCKS` were all alike. `event` is what a single event adds to a rate, whose chance variation is at least that of
    a Poisson process then; 0 for what are no events.
    """

    values: Sequence[float]
    step: float
    quantum: float = 0.0
    quantum_if_constant: float = 0.0
    event: float = 0.0

    @property
    def news(self) -> float:
        """The least change that is news beside the others of this series: more than a tenth of its range, outliers aside."""
        ordered = sorted(self.values)
        rim = len(ordered) // 50
        return 0.101 * (ordered[-1 - rim] - ordered[rim])

    @property
    def in_block(self) -> int:
        """Samples that are averaged to one block."""
        return max(1, round(BLOCK_SECONDS / self.step))


def departures(samples: Samples) -> Iterator[Departure]:
    """Yield the departures in order, each ended or the last for a while. Values must be finite."""
    if len(samples.values) < MINIMUM_SAMPLES or min(samples.values) == max(samples.values):
        return
    width = samples.in_block
    blocks = [fmean(samples.values[first : first + width]) for first in range(0, len(samples.values), width)]
    cap = CAP_OF_LONG_STEPS if samples.step >= LONG_STEP_SECONDS else CAP
    warm_up = min(max(len(blocks) // 8, 5), 20)
    noise = _noise(blocks)
    least = max(noise, samples.quantum / width), max(noise, samples.quantum_if_constant / width)
    usual = _Usual(blocks[:warm_up], *least, samples.event / width)
    above = below = 0.0
    at = since = 0
    doubtful: list[float] = []
    while at < len(blocks):
        deviation = max(-cap, min(cap, usual.deviation(blocks[at])))
        above, below = max(0.0, above + deviation - SLACK), max(0.0, below - deviation - SLACK)
        alarm = max(above, below) >= THRESHOLD
        departure = _departure(samples, usual, since * width, at * width) if alarm else None
        if departure is not None:
            yield departure
            if departure.back is None:
                settled = departure.start // width + 1
                at = max(at, settled + warm_up)
                usual.restart(blocks[settled : at + 1] or blocks[-1:])
            else:
                at = max(at, departure.back // width)
        elif at >= warm_up:
            # What stands far out is usual only once it has come to nothing; else an outage would widen the range it is told by.
            doubtful.append(blocks[at])
            if alarm or not (above or below) or abs(deviation) < CAP / 2:
                usual.add(doubtful if alarm or not (above or below) else [doubtful.pop()])
        if alarm or not (above or below):
            above = below = 0.0
            since = at + 1
            doubtful.clear()
        at += 1


class _Usual:
    """The last usual blocks, in order of time and of size."""

    def __init__(self, values: list[float], noise: float, noise_if_constant: float, event: float) -> None:
        self._noise, self._noise_if_constant, self._event = noise, noise_if_constant, event
        self.restart(values)

    def restart(self, values: list[float]) -> None:
        """Forget what was usual: from now on, this is."""
        self._recent = deque(values[-USUAL_BLOCKS:])
        self._sorted = sorted(self._recent)
        self._measure()

    def add(self, values: list[float]) -> None:
        """Take up more usual blocks, and let go of the oldest."""
        for value in values:
            self._recent.append(value)
            insort(self._sorted, value)
            if len(self._recent) > USUAL_BLOCKS:
                self._sorted.remove(self._recent.popleft())
        self._measure()

    def deviation(self, value: float) -> float:
        """Return how far a value lies from what is usual, in scales; a counter that stands still as it never did, far."""
        if not value and self._event and self._sorted[0] > 0:
            return -CAP_OF_LONG_STEPS
        return (value - self.middle) / self.scale

    def _measure(self) -> None:
        """Quartiles miss what a tenth of the samples do, deciles are drawn by outliers: the wider of both is the scale."""
        ordered, last = self._sorted, len(self._sorted) - 1
        self.middle = ordered[last // 2]
        quartiles = (ordered[last * 3 // 4] - ordered[last // 4]) / 1.349
        deciles = (ordered[last * 9 // 10] - ordered[last // 10]) / 2.563
        constant = last >= CONSTANT_BLOCKS - 1 and ordered[0] == ordered[-1]
        noise = self._noise_if_constant if constant else self._noise
        chance = sqrt(abs(self.middle) * self._event)
        self.scale = max(quartiles, deciles, noise, chance, abs(self.middle) * 0.05, 1e-12)


def _noise(values: list[float]) -> float:
    """Return the spread that second differences tell; neither a shift of the level nor a steady climb moves it."""
    bends = sorted(
        abs(first - 2 * second + third) for first, second, third in zip(values, values[1:], values[2:], strict=False)
    )
    return 1.4826 * bends[len(bends) // 2] / sqrt(6) if bends else 0.0


def _departure(samples: Samples, usual: _Usual, since: int, alarm: int) -> Departure | None:
    """Return the departure that the alarm in the block from `alarm` tells of, None if it is a blip or no news."""
    values, width, scale = samples.values, samples.in_block, usual.scale * sqrt(samples.in_block)
    shortest = max(ceil(SHORTEST_SECONDS / samples.step), 1 if samples.step >= LONG_STEP_SECONDS else 2)
    first = max(since - max(width, 2), 0)
    start = _split(values, first, min(alarm + max(width, shortest), len(values)))
    early = values[start : start + shortest]
    sign = 1.0 if median(early) >= usual.middle else -1.0
    level = sign * max(sign * value for value in early)
    shift = abs(level - usual.middle)
    while start > first and sign * (values[start - 1] - usual.middle) > max(4 * scale, shift * 0.05):
        start -= 1
    far = max(min(2.5 * scale, shift * 0.5), shift * 0.2)
    outside = [
        number for number in range(start, min(start + shortest, len(values))) if sign * (values[number] - usual.middle) > far
    ]
    if not outside or len(outside) < 0.6 * len(values[start : start + shortest]) or shift < CHANGE * abs(usual.middle):
        return None
    inner = _inner(scale, shift), _inner(usual.scale, shift)
    settled = start + len(outside)
    back = _back(samples, [sign * (value - usual.middle) for value in values[settled:]], *inner)
    back = None if back is None else back + settled
    extreme = sign * max(sign * value for value in values[start:back])
    if abs(extreme - usual.middle) < samples.news:
        return None
    # Behind the last sample of the first half minute that may still be usual.
    inside = set(range(start, outside[-1])).difference(outside)
    return Departure(start, max(inside, default=start - 1) + 1, back, usual.middle, level, extreme)


def _inner(scale: float, shift: float) -> float:
    """Return how near to the middle counts as usual again: within the noise, or a tenth of the way out."""
    return max(min(2.5 * scale, shift * 0.5), shift * 0.1)


def _split(values: Sequence[float], first: int, end: int) -> int:
    """Return the sample from which the level differs most from before: the split of least squares."""
    window = values[first:end]
    total, left = sum(window), 0.0
    best, at = -1.0, first
    for number in range(1, len(window)):
        left += window[number - 1]
        gain = (left / number - (total - left) / (len(window) - number)) ** 2 * number * (len(window) - number)
        if gain > best:
            best, at = gain, first + number
    return at


def _back(samples: Samples, away: list[float], inner: float, inner_of_blocks: float) -> int | None:
    """Return the first sample of a stretch in the usual range that is long enough, None if there is none.

    `away` is how far each sample lies out on the side of the departure; one that overshoots to the other has come back.
    """
    width = samples.in_block
    inside = [value <= inner and fmean(away[number : number + width]) <= inner_of_blocks for number, value in enumerate(away)]
    needed = max(ceil(RETURN_SECONDS / samples.step), 2)
    held = sum(inside[:needed])
    for number in range(len(inside) - 1):
        stretch = min(needed, len(inside) - number)
        if inside[number] and inside[number + 1] and held >= 0.8 * stretch:
            return number
        held += sum(inside[number + needed : number + needed + 1]) - inside[number]
    return None
