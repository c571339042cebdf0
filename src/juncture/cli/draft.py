"""`juncture draft`: evidence in, a cited postmortem out."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from juncture.casework.drafting import draft_from, excerpts_of
from juncture.cli.evidence import Asked, InstantType, evidence_options, reading_of, report, sightings_of
from juncture.cli.output import write_out
from juncture.cli.postmortem_file import PRACTICES, SUFFIXES, written
from juncture.evidence.mask import Mask
from juncture.model.errors import BadEvidence
from juncture.model.instants import Instant
from juncture.stores.durable import write_blocks
from juncture.stores.folder import FolderStore

TIMELINE = "timeline.jsonl"
"""Where a store keeps every event: the postmortem carries the key and cited ones, and names the store."""


@click.command("draft")
@click.option(
    "-o", "--output", metavar="FILE", help="Where to write: .md, .json, .html or .pdf by suffix. Default: Markdown, printed."
)
@click.option(
    "--practice", type=click.Choice(PRACTICES), default="google", show_default=True, help="The house style to draft in."
)
@click.option("--from", "start", type=InstantType(), help="Only what happened at or after T.")
@click.option("--to", "end", type=InstantType(), help="Only what happened before T.")
@click.option("--store", metavar="DIR", help="Keep the evidence there, unchanged and chained, for `juncture verify DIR`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@evidence_options
def command(
    *,
    asked: Asked,
    output: str | None,
    practice: str,
    start: Instant | None,
    end: Instant | None,
    store: str | None,
    as_json: bool,
) -> int:
    """Write a postmortem from evidence, every statement cited.

    EVIDENCE is any mix of files, folders and archives, or - for pasted chat on standard input; the reader is found by
    content. No language model takes part; what the evidence does not say is left open and asked.
    """
    suffix = ".json" if as_json else (Path(output).suffix.lower() if output and output != "-" else ".md")
    if suffix not in SUFFIXES:
        raise BadEvidence(
            output or "-o",
            f"a postmortem is not written as {suffix or 'a file without suffix'}",
            "Use .md, .json, .html or .pdf",
        )
    keeper = FolderStore(Path(store)) if store else None
    salt = keeper.salt if keeper else b""
    reading = reading_of(asked, salt=salt, keep=keeper.keep if keeper else None)
    postmortem, whole = draft_from(reading, sightings_of(reading, asked), practice=practice, start=start, end=end)
    status = report(reading, events=whole.count)
    if store:
        postmortem = msgspec.structs.replace(postmortem, metadata=postmortem.metadata | {"store": store})
        write_blocks(Path(store) / TIMELINE, whole.lines())
    excerpts = (
        excerpts_of(postmortem, reading.artefacts, Mask(salt, enabled=asked.masked)) if suffix in {".html", ".pdf"} else {}
    )
    write_out(written(postmortem, suffix, excerpts, reading.series), output)
    return status
