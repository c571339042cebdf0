"""`juncture restore`: a data folder from its backup."""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

import click

from juncture.cli.data_folder import data_option
from juncture.model.errors import BadEvidence


@click.command("restore")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--replace", is_flag=True, help="Move a folder that is there aside, and say where it went.")
@data_option
def command(*, file: Path, replace: bool, data: Path) -> None:
    """Make a data folder from a backup, and check every byte of it on the way.

    The folder must be empty, or not there; with PostgreSQL, the database that JUNCTURE_DATABASE_URL names must be empty too.
    A backup of SQLite can be restored into PostgreSQL and the other way round, and one of an older version into this one. What
    fails leaves everything as it was.
    """
    data = data.absolute()
    there = data.exists() and any(data.iterdir())
    if there and not replace:
        raise BadEvidence(str(data), "is not empty", "Give another folder with --data, or --replace to move this one aside")
    data.parent.mkdir(parents=True, exist_ok=True)
    staged = Path(tempfile.mkdtemp(prefix=f".{data.name}.restoring-", dir=data.parent))
    from juncture.web.keeping.archive import discard, forget_rows, rows_in, unpack  # noqa: PLC0415 - no other command needs it

    try:
        manifest = unpack(file, staged)
        from juncture.web.setup import set_up  # noqa: PLC0415 - only a whole backup needs Django

        set_up(staged)
        from django.db import DatabaseError  # noqa: PLC0415 - after Django is set up

        from juncture.web.keeping.rows import write  # noqa: PLC0415 - after Django is set up

        try:
            write(rows_in(staged), [(app, name) for app, name in manifest.migrations])
        except (DatabaseError, ValueError, LookupError) as error:
            what = f"its rows cannot be written: {str(error).splitlines()[0]}"
            raise BadEvidence(str(file), what, "Take another backup, and keep this one") from None
        forget_rows(staged)
        _check_evidence(staged)
        _close()
        aside = data.with_name(f"{data.name}.before-{time.strftime('%Y%m%dT%H%M%S')}")
        if there:
            data.rename(aside)
        elif data.exists():
            data.rmdir()
        staged.rename(data)
        os.chmod(data, 0o700)  # noqa: PTH101 - the folder's own right
    finally:
        discard(staged)
    if there:
        click.echo(f"What was there is at {aside}.", err=True)
    files = len(manifest.members) - 1
    click.echo(f"Restored {manifest.rows:,} rows and {files:,} files into {data}. Everybody signs in anew.", err=True)


def _check_evidence(staged: Path) -> None:
    from juncture.casework.verification import verify_store  # noqa: PLC0415 - late, as the rest
    from juncture.stores.folder import FolderStore  # noqa: PLC0415 - the same

    if not (staged / "evidence").is_dir():
        return
    for finding in verify_store(FolderStore(staged / "evidence")):
        if finding.broken:
            raise BadEvidence("backup", f"its evidence is broken: {finding}", "Take another backup")


def _close() -> None:
    from django.db import connections  # noqa: PLC0415 - after Django is set up

    connections.close_all()
