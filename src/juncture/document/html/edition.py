"""An edition: what a page shows beyond the record, and to whom. Values in; a file alone has the empty one."""

from __future__ import annotations

from msgspec import Struct, field

from juncture.model.evidence import Series
from juncture.model.identity import ArtefactHash
from juncture.model.instants import Instant
from juncture.model.record import ActionItem


class Correction(Struct, frozen=True):
    """What one publication says otherwise than the one before it: a text as it was and as it is, empty where there is none."""

    section: str
    before: str
    after: str


class Revision(Struct, frozen=True):
    """A publication after the first: its number and time, who published it (a role), why, and what it says otherwise."""

    number: int
    at: Instant
    by: str
    reason: str
    corrections: tuple[Correction, ...]
    more: int = 0
    """How many corrections are not among them."""


class Edition(Struct, frozen=True, kw_only=True):
    """How a record is brought out."""

    for_authors: bool = True
    """Whether questions and prompts are shown: readers see the text, not what is still asked of its authors."""
    edit: dict[int, str] = field(default_factory=dict)
    """By the position of a section, the address at which it is written."""
    standing: tuple[str, ...] = ()
    """Words of the line above the title, after severity and state."""
    near_miss: bool = False
    severity_tone: str = "bad"
    """The colour of the severity's chip: `bad`, `warn` or none."""
    series: tuple[Series, ...] = ()
    """Series of the incident; those that the record cites are drawn."""
    images: dict[ArtefactHash, str] = field(default_factory=dict)
    """Addresses of cited images, `data:` in a file that travels."""
    actions: tuple[ActionItem | None, ...] | None = None
    """The record's actions as they stand, None for one that is gone; None as a whole where only the record tells."""
    as_of: Instant | None = None
    """When they stood so; None: now."""
    revisions: tuple[Revision, ...] = ()
    also: tuple[tuple[str, str], ...] = ()
    """Ids and headings of what stands on the same page after the article, for its contents."""
