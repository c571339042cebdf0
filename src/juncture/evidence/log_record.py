"""One entry of a log, whatever it was written in, and the sighting that it makes."""

from __future__ import annotations

from msgspec import Struct

from juncture.evidence.artefact import Artefact
from juncture.evidence.links import links_in
from juncture.evidence.log_words import TROUBLE, says
from juncture.evidence.times import Span
from juncture.model.evidence import Details, Kind, Lane, LogDetails, Sighting
from juncture.model.identity import EventId
from juncture.model.instants import Instant

BAD_LEVELS = frozenset({"warning", "error", "fatal"})
TEXT_LIMIT = 2000
"""Characters of an entry that are kept; a summary has at most half of it."""


class LogRecord(Struct, frozen=True, kw_only=True):
    """One entry. `text` is what a person reads of it, `message` the part of which templates are made.

    `raw` is its first line as it stands in the source, for its identity; `lines` the lines of the file that it covers (both
    included), None where `place` is no line. What a reader knows better than the words tell is given in the rest.
    """

    span: Span
    text: str
    message: str
    raw: str
    place: str
    lines: tuple[int, int] | None = None
    level: str | None = None
    service: str | None = None
    actor: str | None = None
    kind: Kind | None = None
    lane: Lane | None = None
    details: Details | None = None
    recorded_at: Instant | None = None
    ended_at: Instant | None = None
    known_at: Instant | None = None
    known_by: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


def place_of(first: int, last: int) -> str:
    """Return how lines of a file are cited."""
    return f"line:{first}" if first == last else f"line:{first}-{last}"


def kind_and_lane(record: LogRecord, meaning: str | None) -> tuple[Kind, Lane]:
    """Return what sort of event an entry is; `meaning` is what `says` finds in its message."""
    changes = meaning is not None and meaning != TROUBLE
    lane = record.lane or (Lane.CHANGE if changes else Lane.SIGNAL)
    if record.kind is not None:
        return record.kind, lane
    if meaning == "deployment":
        message = record.message.lower()
        backwards = "rollback" in message or "back to" in message or "rolling back" in message or "rolled back" in message
        return (Kind.ROLLBACK if backwards else Kind.DEPLOYMENT), lane
    return (Kind.CONFIGURATION if meaning == "configuration" else Kind.LOG), lane


def sighting_of(record: LogRecord, source: str, artefact: Artefact, event_id: EventId) -> Sighting:
    """Return the sighting of an entry that stands for itself alone."""
    kind, lane = kind_and_lane(record, says(record.message))
    return Sighting(
        id=event_id,
        source=source,
        kind=kind,
        lane=lane,
        occurred_at=record.span.occurred_at,
        earliest=record.span.earliest,
        latest=record.span.latest,
        recorded_at=record.recorded_at or record.span.occurred_at,
        ended_at=record.ended_at,
        known_at=record.known_at,
        known_by=record.known_by,
        summary=record.text,
        citation=artefact.cite(record.place),
        actor=record.actor,
        service=record.service,
        keys=record.keys,
        links=record.links or links_in(record.text),
        details=record.details or (LogDetails(level=record.level) if record.level else LogDetails()),
    )
