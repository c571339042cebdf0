"""The whole of the timeline in one call: merge, what was known, milestones, phases, key events."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from juncture.model.evidence import Event, Note, Series, Sighting
from juncture.model.instants import Instant, to_iso
from juncture.model.record import Timeline
from juncture.timeline.corrections import Correction, Parts, lay_over, pinned
from juncture.timeline.keyevents import mark_key_events
from juncture.timeline.known import learn
from juncture.timeline.merge import merge
from juncture.timeline.phases import milestones_in, phases_of
from juncture.timeline.scene import scene_of


def build_timeline(
    sightings: Iterable[Sighting],
    series: Sequence[Series] = (),
    *,
    start: Instant | None = None,
    end: Instant | None = None,
) -> Timeline:
    """Return the timeline of sightings and series.

    With `start` or `end` only what happened in `[start, end)` is taken. Sightings are merged before that, so that an alert
    which fired before and was resolved within is the same event as in the whole.
    """
    return timeline_of(learn(merge(sightings)), series, start=start, end=end)


class CorrectedTimeline(Struct, frozen=True):
    """A timeline as persons corrected it, without the events that they hid, which stand apart."""

    timeline: Timeline
    hidden: tuple[Event, ...]


def build_corrected(
    sightings: Iterable[Sighting],
    series: Sequence[Series],
    corrections: Sequence[Correction],
    *,
    start: Instant | None = None,
    end: Instant | None = None,
) -> CorrectedTimeline:
    """Return the timeline of sightings and series with all corrections, in the order in which they were made.

    Milestones, phases and key events are those of the corrected events; pins come last. `start` and `end` as of
    `build_timeline`, by the corrected times.
    """
    parts = Parts(corrections)
    merged = merge(parts.staying(sightings))
    laid = lay_over(learn(parts.laid(merged)), corrections)
    timeline = timeline_of(laid.shown, series, start=start, end=end)
    return CorrectedTimeline(replace(timeline, events=tuple(pinned(timeline.events, laid))), laid.hidden)


def timeline_of(
    events: Sequence[Event], series: Sequence[Series] = (), *, start: Instant | None = None, end: Instant | None = None
) -> Timeline:
    """Return the timeline of events that were merged before: milestones, phases and key events found anew."""
    within = [
        event for event in events if (start is None or event.occurred_at >= start) and (end is None or event.occurred_at < end)
    ]
    scene = scene_of(within, series)
    milestones = milestones_in(scene)
    phases = phases_of(milestones)
    notes = tuple(Note(f"milestone {milestone.name}", milestone.reason) for milestone in milestones if milestone.at is None)
    if scene.speech.passed_over and scene.speech.weighed:
        first, last = (to_iso(at) for at in scene.speech.weighed)
        why = f"messages from {first} to {last} were weighed, {scene.speech.passed_over} others were not: too many to weigh"
        notes += (Note("milestones and key events", why),)
    return Timeline(tuple(mark_key_events(within, milestones, phases, scene)), milestones, phases, notes)
