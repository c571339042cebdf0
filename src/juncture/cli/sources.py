"""`juncture sources`: what can be read."""

from __future__ import annotations

import click

from juncture.evidence.registry import installed_readers


@click.command("sources")
def command() -> None:
    """List the sources that can be read. Files are recognised by content; archives and folders are walked."""
    width = max(len(reader.name) for reader in installed_readers())
    for reader in installed_readers():
        click.echo(f"{reader.name:{width}}  {reader.title}: {reader.reads}")
