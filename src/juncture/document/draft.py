"""The draft: a postmortem made of facts, each with its citation."""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Note, Series
from juncture.model.record import Postmortem, Timeline


def draft(
    timeline: Timeline, series: Sequence[Series] = (), *, practice: str = "google", assumptions: tuple[Note, ...] = ()
) -> Postmortem:
    """Return the drafted postmortem of a timeline. No language model takes part; no sentence is invented."""
    return Postmortem(
        title="",
        milestones=timeline.milestones,
        phases=timeline.phases,
        timeline=timeline.events,
        notes=(*assumptions, *timeline.notes),
        practice=practice,
        metadata={"series": str(len(series))},
    )
