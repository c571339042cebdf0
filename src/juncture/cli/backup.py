"""`juncture backup`: everything that a served data folder holds, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened
from juncture.model.errors import BadEvidence


@click.command("backup")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--with-key", is_flag=True, help="Put the secret key into it too. Whoever has that can pretend to be signed in.")
@data_option
def command(*, file: Path, with_key: bool, data: Path) -> None:
    """Write a backup of a served data folder into FILE, also while it serves.

    It holds every row of the database (SQLite or PostgreSQL), artefacts and ledger as of one moment, with a hash of each
    member. FILE is whole or not there, and readable by its owner alone. Sessions are not in it, nor is the secret key.
    """
    if not data.is_dir():
        raise BadEvidence(str(data), "there is no such folder", "Give the folder that `juncture serve` serves with --data")
    if file.is_dir():
        raise BadEvidence(str(file), "is a folder", "Give the name of the file to write")
    opened(data)
    from juncture.web.keeping.archive import back_up  # noqa: PLC0415 - after Django is set up

    manifest = back_up(data.absolute(), file.absolute(), with_key=with_key)
    size = file.stat().st_size / 1e6
    click.echo(f"Wrote {file}: {manifest.rows:,} rows, {len(manifest.members) - 1:,} files, {size:,.1f} MB.", err=True)
