"""What a citation opens, as this page needs it: `juncture.evidence.places` makes such values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol


class ExcerptLine(Protocol):
    """One line of an excerpt: its `label` (a line number, a key), its `text`, and whether it is what was cited (`hit`)."""

    @property
    def label(self) -> str: ...  # noqa: D102
    @property
    def text(self) -> str: ...  # noqa: D102
    @property
    def hit(self) -> bool: ...  # noqa: D102


class Excerpt(Protocol):
    """The cited lines with some around them."""

    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def lines(self) -> Sequence[ExcerptLine]: ...  # noqa: D102
