"""The six milestones, each with its reason, and the phases between them."""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Event, Series
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Phase


def milestones_of(events: Sequence[Event], series: Sequence[Series] = ()) -> tuple[Milestone, ...]:
    """Return all six milestones in their order. `events` are sorted by `occurred_at`, then `id`."""
    del events, series
    return tuple(
        Milestone(name, None, MilestoneState.NOT_APPLICABLE, "nothing in the evidence shows it") for name in MilestoneName
    )


def phases_of(milestones: Sequence[Milestone]) -> tuple[Phase, ...]:
    """Return the stretches between the found milestones."""
    del milestones
    return ()
