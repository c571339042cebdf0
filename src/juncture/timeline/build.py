"""The whole of the timeline in one call: merge, what was known, milestones, phases, key events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from juncture.model.evidence import Series, Sighting
from juncture.model.instants import Instant
from juncture.model.record import Timeline
from juncture.timeline.keyevents import mark_key_events
from juncture.timeline.merge import merge
from juncture.timeline.phases import milestones_of, phases_of


def build_timeline(
    sightings: Iterable[Sighting],
    series: Sequence[Series] = (),
    *,
    start: Instant | None = None,
    end: Instant | None = None,
) -> Timeline:
    """Return the timeline of sightings and series.

    With `start` or `end` only what happened in `[start, end)` is taken.
    """
    events = [
        event
        for event in merge(sightings)
        if (start is None or event.occurred_at >= start) and (end is None or event.occurred_at < end)
    ]
    milestones = milestones_of(events, series)
    phases = phases_of(milestones)
    return Timeline(tuple(mark_key_events(events, milestones, phases)), milestones, phases)
