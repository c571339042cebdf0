"""Markdown that is not ours: what its front matter and its `date time zone: text` bullets say of the timeline."""

from __future__ import annotations

import re
from datetime import UTC, timedelta

import msgspec

from juncture.evidence.zone_names import zone_named
from juncture.model.evidence import Citation, Event, Kind, Lane, Note
from juncture.model.identity import ArtefactHash, Occurrences
from juncture.model.instants import Instant, parse_iso
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Postmortem
from juncture.text.outline import Outline

_BULLET = re.compile(
    r"\s*(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?(?P<mark>\*\*|__|[*_`\[(])?"
    r"(?P<date>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d?:\d\d(?::\d\d(?:[.,]\d+)?)?)\s*"
    r"\(?(?P<zone>(?:UTC|GMT)?[+-]\d\d?(?::?\d\d)?|Z|[A-Z]{3,5}|[A-Z][A-Za-z_]+/[A-Za-z_/]+)\)?"
    r"(?:(?P=mark)|[\])])?\s*(?:(?::|[-\u2013\u2014]|\|)\s*|(?<=[`*_\])])\s+)(?P<text>\S.*)"
)


def completed(record: Postmortem, outline: Outline) -> Postmortem:
    """Return a record that has no objects of ours, with what the text itself tells of timeline and milestones."""
    from hashlib import sha256  # noqa: PLC0415

    whole = ArtefactHash(f"sha256:{sha256(''.join(outline.lines).encode('utf-8', 'surrogatepass')).hexdigest()}")
    occurrences = Occurrences("document")
    events, notes = [], list(record.notes)
    for number, line in enumerate(outline.lines):
        match = None if number in outline.code or number < outline.front_matter_end else _BULLET.match(line)
        if match is None or (match["zone"].isalpha() and zone_named(match["zone"]) is None):
            continue
        try:
            events.append(_event(match, number + 1, whole, occurrences))
        except (ValueError, OverflowError) as error:
            notes.append(Note(f"line {number + 1}", f"kept as text, not read into the timeline: {error}"))
    milestones = tuple(_milestone(name, record) for name in MilestoneName) if _has_instants(record) else ()
    events.sort(key=lambda event: event.occurred_at)
    return msgspec.structs.replace(record, timeline=tuple(events), milestones=milestones, notes=tuple(notes))


def _event(match: re.Match[str], line: int, whole: ArtefactHash, occurrences: Occurrences) -> Event:
    text = " ".join(match["text"].split())
    at = _instant(match["date"], match["time"], match["zone"])
    width = timedelta(seconds=60 if match["time"].count(":") == 1 else 1) - timedelta(microseconds=1)
    return Event(
        id=occurrences.id_of(f"{at.isoformat()} {text}"),
        occurred_at=at,
        earliest=at,
        latest=at + width,
        lane=Lane.PEOPLE,
        kind=Kind.NOTE,
        source="document",
        summary=text[:999] + "…" if len(text) > 1000 else text,
        key=True,
        citations=(Citation(whole, None, f"line:{line}"),),
    )


def _instant(date: str, time: str, zone: str) -> Instant:
    local = parse_iso(f"{date}T{time.zfill(5) if time.count(':') == 1 else time}")
    there = zone_named(zone)
    if there is None:
        raise ValueError(f"{zone!r} is no zone that is known here")
    return local.replace(tzinfo=there).astimezone(UTC)


def _has_instants(record: Postmortem) -> bool:
    return any(getattr(record.incident, f"{name}_at") for name in MilestoneName)


def _milestone(name: MilestoneName, record: Postmortem) -> Milestone:
    at = getattr(record.incident, f"{name}_at")
    if at is None:
        return Milestone(name, None, MilestoneState.NOT_APPLICABLE, "The document does not name it.")
    return Milestone(name, at, MilestoneState.FOUND, "The document's front matter says so.")
