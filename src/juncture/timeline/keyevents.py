"""Which of thousands of events a careful author would put into the document."""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Event
from juncture.model.record import Milestone, Phase


def mark_key_events(events: Sequence[Event], milestones: Sequence[Milestone], phases: Sequence[Phase]) -> list[Event]:
    """Return the same events in the same order, those that matter with `key` and `why_key`; at most 60 of them."""
    del milestones, phases
    return list(events)
