"""`juncture timeline`: what happened, in order."""

from __future__ import annotations

import sys
from collections.abc import Iterable

import click
import msgspec

from juncture.casework.bulk import BulkTimeline
from juncture.casework.reading import EvidenceReading
from juncture.cli.evidence import Asked, evidence_options, reading_of, report, sightings_of
from juncture.cli.output import write_out
from juncture.document import listing
from juncture.model.evidence import Event, Note
from juncture.model.record import Postmortem, Timeline
from juncture.stores.scratch import scratch
from juncture.timeline.build import build_timeline

FORMATS = ("table", "json", "jsonl", "csv", "md", "html")


@click.command("timeline")
@click.option("--all", "everything", is_flag=True, help="All events. Default: the key ones, as a careful author would pick.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="table", show_default=True, help="How to write it.")
@evidence_options
def command(*, asked: Asked, everything: bool, form: str) -> int:
    """Print what happened, in order, each event with its evidence.

    EVIDENCE is any mix of files, folders and archives, or - for standard input; the reader is found by content.
    """
    reading = reading_of(asked)
    if everything and form == "jsonl":
        return _lines(reading, asked)
    timeline = build_timeline(sightings_of(reading, asked), reading.series)
    status = report(reading, events=len(timeline.events))
    events = [event for event in timeline.events if everything or event.key]
    write_out(_written(events, timeline, (*reading.notes, *timeline.notes), form), None)
    return status


def _lines(reading: EvidenceReading, asked: Asked) -> int:
    """Write every event as it comes: there may be a million of them."""
    bulk = BulkTimeline(sightings_of(reading, asked), reading.series, scratch)
    status = report(reading, events=bulk.count)
    for block in bulk.lines():
        sys.stdout.buffer.write(block)
    sys.stdout.buffer.flush()
    return status


def _written(events: Iterable[Event], timeline: Timeline, notes: tuple[Note, ...], form: str) -> str:
    encoder = msgspec.json.Encoder()
    if form == "json":
        return encoder.encode({"timeline": list(events), "notes": notes}).decode() + "\n"
    if form == "jsonl":
        return listing.to_jsonl(events)
    if form == "csv":
        return listing.to_csv(events)
    if form == "md":
        return listing.to_markdown(events)
    if form == "html":
        from juncture.document.html.page import page  # noqa: PLC0415 - only HTML needs the renderer

        return page(
            Postmortem(title="Timeline", timeline=tuple(events), milestones=timeline.milestones, phases=timeline.phases), {}
        )
    return listing.to_table(events)
