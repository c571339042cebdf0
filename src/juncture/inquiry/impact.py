"""What it did to users, as far as the series say: figures with formula and inputs."""

from __future__ import annotations

from collections.abc import Sequence

from juncture.model.evidence import Series
from juncture.model.record import Impact, Timeline


def from_series(series: Sequence[Series], timeline: Timeline) -> Impact:
    """Return the impact between started and mitigated as calculations, and what is not known."""
    del series, timeline
    return Impact()
