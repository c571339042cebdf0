"""When lines of one template come, go on, come in bursts and stop: told from their times alone, in bounded memory.

Times are seconds since the epoch; marks are whatever the caller wants back for the first and last line of a stretch.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt
from typing import Generic, TypeVar

BIN_SECONDS = 20
"""Rates are counted in steps of so many seconds: finer than people react, coarser than a retry loop."""
USUAL_BINS = 30
"""Steps that the usual rate remembers (10 min): traffic that grows over an hour is no burst, a failure is."""
TIMES_USUAL = 4
DEVIATIONS = 4
"""A burst has at least so many times the usual lines a step, and so many standard deviations (of a Poisson count) more."""
LEAST_IN_A_BURST = 30
LEAST_BAD_IN_A_BURST = 5
"""Lines in a step below which nothing is a burst; fewer are needed of warnings and errors."""
HISTORY_BINS = 3
"""Steps that a file must have run before anything in it can be unusual."""
CALM_BINS = 3
"""Steps at less than half of the burst's threshold after which it is over."""
NEW_USUAL_SECONDS = 15 * 60
"""A burst that lasts so long is how things are now."""
PAUSE_SECONDS = 10 * 60
PAUSE_TIMES_SPACING = 20
"""A template that comes back after so long, and after so many times its usual spacing, comes back as a new stretch."""
SILENCE_SECONDS = 60
SILENCE_TIMES_GAP = 10
REGULAR_LINES = 30
"""A template seen so often is regular; it is silent when it stays away this long, and this many times its longest gap."""
STRETCHES_LIMIT = 12
SILENCES_LIMIT = 3
"""Stretches, bursts and silences kept for a template; what comes later is counted into the last one."""

Mark = TypeVar("Mark")


class Stretch(Generic[Mark]):
    """Lines of one template from one mark to another. `before` is the usual number a minute until then, for bursts."""

    __slots__ = ("before", "count", "first", "last", "since", "until")

    def __init__(self, at: float, mark: Mark, count: int = 1, before: float = 0.0) -> None:
        self.first = mark
        self.last = mark
        self.since = at
        self.until = at
        self.count = count
        self.before = before

    def extend(self, at: float, mark: Mark, count: int = 1) -> None:
        """Add lines that end at `at`."""
        self.count += count
        self.until = max(at, self.until)
        self.last = mark


class Rhythm(Generic[Mark]):
    """The stretches, bursts and silences of one template.

    `began_at` is when the file's first line was: a template that is new after an hour was usually silent. `bad` lines
    (warnings and worse) make a burst sooner.
    """

    __slots__ = (
        "_bin",
        "_bin_count",
        "_bin_first",
        "_burst",
        "_calm",
        "_high",
        "_longest_gap",
        "_rise",
        "_usual",
        "bad",
        "began_at",
        "bursts",
        "count",
        "silences",
        "stretches",
    )

    def __init__(self, began_at: float, *, bad: bool) -> None:
        self.began_at = began_at
        self.bad = bad
        self.count = 0
        self.stretches: list[Stretch[Mark]] = []
        self.bursts: list[Stretch[Mark]] = []
        self.silences: list[tuple[float, float, Mark, Mark | None]] = []
        """(since, until, mark of the last line before, of the first after; None where none came any more)"""
        self._bin = 0
        self._bin_count = 0
        self._bin_first: tuple[float, Mark] | None = None
        self._rise: tuple[float, Mark, int] | None = None
        """Time and mark of the first of the busy steps right before the current one, and their lines: a burst begins there."""
        self._usual = 0.0
        self._burst: Stretch[Mark] | None = None
        self._calm = 0
        self._high: tuple[int, float, Mark] | None = None
        """Count, time and mark at the last busy step of the burst; the calm steps after it are no part of it."""
        self._longest_gap = 0.0

    def add(self, at: float, mark: Mark) -> None:
        """Count a line. Lines a little out of order count where they stand."""
        self.count += 1
        self._to_stretch(at, mark)
        step = int(at // BIN_SECONDS)
        if self._bin_first is None:
            self._bin, self._bin_first = step, (at, mark)
        elif step > self._bin:
            self._close_bins(step)
            self._bin, self._bin_count, self._bin_first = step, 0, (at, mark)
        self._bin_count += 1
        if self._burst is not None:
            self._burst.extend(at, mark)
            if at - self._burst.since > NEW_USUAL_SECONDS:
                self._usual = self._burst.count * BIN_SECONDS / (at - self._burst.since)
                self._burst = None
        elif self._bin_count >= self._threshold() and step - self.began_at // BIN_SECONDS >= HISTORY_BINS:
            self._begin_burst(at, mark)

    def finish(self, ended_at: float) -> None:
        """Note a silence that lasts to the end of the file."""
        if self.stretches:
            last = self.stretches[-1]
            self._note_silence(last.until, ended_at, last.last, None)

    def _to_stretch(self, at: float, mark: Mark) -> None:
        if not self.stretches:
            self.stretches.append(Stretch(at, mark))
            return
        last = self.stretches[-1]
        gap = at - last.until
        spacing = (last.until - last.since) / (last.count - 1) if last.count > 1 else 0.0
        if gap > 0:
            self._note_silence(last.until, at, last.last, mark)
            self._longest_gap = max(self._longest_gap, gap)
        paused = gap > PAUSE_SECONDS and gap > PAUSE_TIMES_SPACING * spacing
        if paused and len(self.stretches) < STRETCHES_LIMIT:
            self.stretches.append(Stretch(at, mark))
        else:
            last.extend(at, mark)

    def _note_silence(self, since: float, until: float, before: Mark, after: Mark | None) -> None:
        long = until - since >= max(SILENCE_SECONDS, SILENCE_TIMES_GAP * self._longest_gap)
        if long and self.count > REGULAR_LINES and len(self.silences) < SILENCES_LIMIT:
            self.silences.append((since, until, before, after))

    def _threshold(self) -> float:
        unusual = max(TIMES_USUAL * self._usual, self._usual + DEVIATIONS * sqrt(self._usual))
        return max(LEAST_BAD_IN_A_BURST if self.bad else LEAST_IN_A_BURST, unusual)

    def _begin_burst(self, at: float, mark: Mark) -> None:
        since, first = self._bin_first or (at, mark)
        count = self._bin_count
        if self._rise is not None:
            since, first, count = self._rise[0], self._rise[1], self._rise[2] + count
        before = self._usual * 60 / BIN_SECONDS
        stretch = self.stretches[-1]
        if stretch.since >= since - CALM_BINS * BIN_SECONDS:
            # What has only just come, or come back, came as a burst.
            since, first, count, before = stretch.since, stretch.first, stretch.count, 0.0
        if len(self.bursts) < STRETCHES_LIMIT:
            self._burst = Stretch(since, first, count, before=before)
            self.bursts.append(self._burst)
        else:
            self._burst = self.bursts[-1]
            self._burst.count += count
        self._burst.until, self._burst.last = max(at, self._burst.since), mark
        self._calm, self._high = 0, None

    def _close_bins(self, step: int) -> None:
        """Take the step that is over, and the empty ones up to `step`, into the usual rate or the burst."""
        empty = step - self._bin - 1
        if (burst := self._burst) is not None:
            if self._bin_count >= self._threshold() / 2:
                self._calm = empty
                self._high = burst.count, burst.until, burst.last
            else:
                self._calm += 1 + empty
            if self._calm >= CALM_BINS:
                burst.count, burst.until, burst.last = self._high or (burst.count, burst.until, burst.last)
                self._burst = self._rise = None
            return
        self._note_rise(empty)
        seen = max(0, min(USUAL_BINS, self._bin - int(self.began_at // BIN_SECONDS)))
        self._usual += (self._bin_count - self._usual) / (seen + 1)
        if empty > 0:
            self._usual *= (1 - 1 / (min(USUAL_BINS, seen + empty) + 1)) ** min(empty, 10_000)

    def _note_rise(self, empty: int) -> None:
        """Remember where busy steps without a calm one between them began."""
        if empty or self._bin_first is None or self._bin_count < self._threshold() / 2:
            self._rise = None
        elif self._rise is None:
            self._rise = *self._bin_first, self._bin_count
        else:
            self._rise = *self._rise[:2], self._rise[2] + self._bin_count


def joined(kept: Rhythm[Mark], other: Rhythm[Mark]) -> None:
    """Count what `other` saw for `kept`: their templates turned out to be one."""
    kept.count += other.count
    kept.stretches = _merged(kept.stretches, other.stretches)
    kept.bursts = _merged(kept.bursts, other.bursts)
    # What was silent for one of them was not for both.
    kept.silences.clear()


def _merged(one: Iterable[Stretch[Mark]], other: Iterable[Stretch[Mark]]) -> list[Stretch[Mark]]:
    """Return stretches in order, those that touch or lie less than a pause apart as one."""
    found: list[Stretch[Mark]] = []
    for stretch in sorted([*one, *other], key=lambda item: item.since):
        if found and (stretch.since - found[-1].until <= PAUSE_SECONDS or len(found) == STRETCHES_LIMIT):
            found[-1].extend(max(stretch.until, found[-1].until), _later(found[-1], stretch), stretch.count)
        else:
            found.append(stretch)
    return found


def _later(one: Stretch[Mark], other: Stretch[Mark]) -> Mark:
    return other.last if other.until >= one.until else one.last
