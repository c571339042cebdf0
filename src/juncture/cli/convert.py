"""`juncture convert`: a postmortem from one form to another."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import msgspec

from juncture.cli.output import write_out
from juncture.cli.postmortem_file import PRACTICES, SUFFIXES, read_postmortem, written
from juncture.document.record_file import RecordFile, rewrite
from juncture.model.errors import BadEvidence


@click.command("convert")
@click.argument("source", metavar="IN")
@click.argument("target", metavar="OUT")
@click.option("--practice", type=click.Choice(PRACTICES), help="Give it this practice. Default: as it says itself.")
def command(*, source: str, target: str, practice: str | None) -> int:
    """Turn a postmortem into Markdown, JSON, HTML or PDF, by suffix (.md, .json, .html, .pdf). Markdown stays byte for byte.

    IN may be a Markdown postmortem of another house: its title, front matter, sections, and timeline bullets of the form
    `- 2026-03-02 14:05 UTC: text` are read. What cannot be read stays text, and a note names its line (exit status 1).
    """
    suffix = Path(target).suffix.lower()
    if suffix not in SUFFIXES:
        raise BadEvidence(
            target, f"a postmortem is not written as {suffix or 'a file without suffix'}", "Use .md, .json, .html or .pdf"
        )
    file = read_postmortem(source, _bytes_of(source))
    if practice and practice != file.record.practice:
        changed = msgspec.structs.replace(file.record, practice=practice)
        file = RecordFile(rewrite(file, changed), changed) if file.text else RecordFile("", changed)
    unread = [note for note in file.record.notes if "kept as text" in note.why]
    for note in unread:
        click.echo(f"{source}, {note.where}: {note.why}", err=True)
    write_out(written(file if file.text else file.record, suffix, {}), target)
    return 1 if unread else 0


def _bytes_of(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise BadEvidence(path, f"cannot be read: {error.strerror or error}", "Check the name") from None
