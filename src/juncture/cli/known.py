"""`juncture known`: what responders knew at a moment."""

from __future__ import annotations

import click
import msgspec

from juncture.cli.evidence import Asked, InstantType, evidence_options, reading_of, report, sightings_of
from juncture.cli.output import write_out
from juncture.document import listing
from juncture.model.instants import Instant, to_iso
from juncture.timeline.build import build_timeline
from juncture.timeline.known import known_at


@click.command("known")
@click.option("--at", type=InstantType(), required=True, help="The moment: ISO 8601 with zone, or epoch seconds.")
@click.option("--json", "as_json", is_flag=True, help="Write JSON: at, known, not_seen, notes.")
@evidence_options
def command(*, asked: Asked, at: Instant, as_json: bool) -> int:
    """Print what the evidence shows to have been in front of responders at T, and nothing learned later.

    What a system already held but nobody is shown to have seen is counted, not told: in JSON, `not_seen` has its ids.
    """
    reading = reading_of(asked)
    timeline = build_timeline(sightings_of(reading, asked), reading.series)
    status = report(reading, events=len(timeline.events))
    known = known_at(timeline.events, at)
    if as_json:
        body = {"at": at, "known": known.known, "not_seen": known.not_seen, "notes": (*reading.notes, *known.notes)}
        write_out(msgspec.json.encode(body).decode() + "\n", None)
    else:
        tail = f"There but not seen at {to_iso(at)}: {len(known.not_seen)} events.\n"
        write_out(listing.to_table(known.known) + tail, None)
    return status
