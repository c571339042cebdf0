"""`juncture schema`: the JSON schema of everything that is read and written."""

from __future__ import annotations

import click
import msgspec

from juncture.cli.output import write_out
from juncture.model.schema import schema


@click.command("schema")
def command() -> None:
    """Print the JSON schema (2020-12) of events, postmortems and all that they hold."""
    write_out(msgspec.json.format(msgspec.json.encode(schema()), indent=2).decode() + "\n", None)
