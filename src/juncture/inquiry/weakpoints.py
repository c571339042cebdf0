"""Where the evidence shows that the system was weak: one rule a statement, each with its citations."""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Series
from juncture.model.record import Timeline, WeakPoint


def find(timeline: Timeline, series: Sequence[Series] = ()) -> tuple[WeakPoint, ...]:
    """Return the candidate weak points that the evidence shows."""
    del timeline, series
    return ()
