"""Candidate decisions: the moments at which somebody had to choose."""

from __future__ import annotations

from juncture.model.record import Decision, Timeline


def candidates(timeline: Timeline) -> tuple[Decision, ...]:
    """Return the candidate decisions in order of time, one an act, each with its citations."""
    del timeline
    return ()
