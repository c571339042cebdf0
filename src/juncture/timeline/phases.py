"""The six milestones, each with its reason, and the phases between them.

The evidence weighed, of which the first that is there decides:

- *started*: the first metric that users feel to leave its usual range around the first signal (errors, waiting, success;
  orders and requests only where nothing else is measured), or an error in a log right before it; else the first of: alert
  on what users feel, complaint, logged errors.
- *detected*: the first of: alert or page shown to have reached a responder, post of a person that tells of the trouble, and
  where neither alerts nor pages are in the evidence, a program's post of an alert (`posts`).
- *acknowledged*: the first of: acknowledged page, words such as "on it" by the first to answer; words after somebody was
  already at work are none.
- *declared*: the first words, of a person or of a bot that was told, that call it an incident.
- *mitigated*: the last metric that users feel back in its usual range (of ends close together a counter's, since rates look
  back); else the last alert on what users feel resolved; else words.
- *resolved*: words that it is over, after which no trouble is told (of a reopened incident, the last); else the last alert
  resolved.

A milestone that nothing shows is not applicable, never guessed. One that contradicts the rest is invalid: before the start, or
resolved while an alert still fires or users still feel it.
"""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Event, Series
from juncture.model.instants import clock_time
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Phase, PhaseName
from juncture.timeline import onset, recovery
from juncture.timeline.scene import Scene, scene_of

_PHASE_AFTER = {
    MilestoneName.STARTED: PhaseName.UNDETECTED,
    MilestoneName.DETECTED: PhaseName.DETECTED,
    MilestoneName.ACKNOWLEDGED: PhaseName.DIAGNOSING,
    MilestoneName.DECLARED: PhaseName.MITIGATING,
    MilestoneName.MITIGATED: PhaseName.RECOVERING,
}


def milestones_of(events: Sequence[Event], series: Sequence[Series] = ()) -> tuple[Milestone, ...]:
    """Return all six milestones in their order. `events` are sorted by `occurred_at`, then `id`."""
    return milestones_in(scene_of(events, series))


def milestones_in(scene: Scene) -> tuple[Milestone, ...]:
    """Return all six milestones of a scene in their order."""
    started = onset.started(scene)
    mitigated = recovery.mitigated(scene, started)
    resolved = recovery.resolved(scene, mitigated)
    detected = onset.detected(scene, started)
    acknowledged = onset.acknowledged(scene, detected, mitigated.at or resolved.at)
    declared = onset.declared(scene, started)
    return tuple(_checked(one, started) for one in (started, detected, acknowledged, declared, mitigated, resolved))


def phases_of(milestones: Sequence[Milestone]) -> tuple[Phase, ...]:
    """Return the stretches between the found milestones, each named by the milestone that begins it.

    A milestone out of order begins none. The last phase goes on (`to` is None) unless it ended with `resolved`.
    """
    order = list(MilestoneName)
    begun: list[Milestone] = []
    for milestone in milestones:
        if milestone.at is None:
            continue
        while begun and (begun[-1].at or milestone.at) > milestone.at and order.index(begun[-1].name) > 0:
            begun.pop()
        begun.append(milestone)
    phases = []
    for number, milestone in enumerate(begun):
        after = begun[number + 1].at if number + 1 < len(begun) else None
        if milestone.name in _PHASE_AFTER and milestone.at is not None and milestone.at != after:
            phases.append(Phase(_PHASE_AFTER[milestone.name], milestone.at, after))
    return tuple(phases)


def _checked(milestone: Milestone, started: Milestone) -> Milestone:
    """Return a milestone, invalid if it lies before the start by more than a metric can be late."""
    if milestone.at is None or started.at is None or milestone.at >= started.at - onset.TOLERANCE:
        return milestone
    reason = f"{milestone.reason} at {clock_time(milestone.at)} UTC, before the start at {clock_time(started.at)} UTC"
    return Milestone(milestone.name, None, MilestoneState.INVALID, reason, milestone.citations, milestone.event)
