"""Draft a postmortem from a reading of evidence, with the excerpts that its citations open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from juncture.casework.bulk import BulkTimeline
from juncture.casework.reading import EvidenceReading
from juncture.document.draft import draft
from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.places import Excerpt, excerpt
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation, Sighting
from juncture.model.instants import Instant
from juncture.model.record import Postmortem


def draft_from(
    reading: EvidenceReading,
    sightings: Iterable[Sighting],
    *,
    practice: str,
    start: Instant | None = None,
    end: Instant | None = None,
) -> tuple[Postmortem, BulkTimeline]:
    """Return the draft of what a reading's sightings tell in `[start, end)`, and the whole timeline behind it."""
    whole = BulkTimeline(sightings, reading.series, reading.scratch, start=start, end=end)
    notes = tuple(dict.fromkeys(reading.notes))
    return draft(whole.timeline, reading.series, practice=practice, assumptions=notes), whole


def citations_of(postmortem: Postmortem) -> Iterator[Citation]:
    """Yield every citation of a record once, in the order of the document."""
    impact = postmortem.impact.figures
    lists = (
        postmortem.milestones, postmortem.participants, postmortem.timeline, postmortem.changes,
        postmortem.decisions, postmortem.weak_points, postmortem.factors, impact,
    )  # fmt: skip
    yield from dict.fromkeys(citation for values in lists for value in values for citation in value.citations)


def excerpts_of(postmortem: Postmortem, artefacts: Mapping[str, Artefact], mask: Mask) -> dict[Citation, Excerpt]:
    """Return the excerpt of every citation whose artefact is at hand and whose place resolves; masked."""
    found: dict[Citation, Excerpt] = {}
    for citation in citations_of(postmortem):
        artefact = artefacts.get(citation.artefact)
        if artefact is None:
            continue
        try:
            found[citation] = excerpt(artefact, citation.place, mask)
        except (BadEvidence, OSError):
            # The page shows the place without its words; `juncture verify` is where a broken citation is reported.
            continue
    return found
