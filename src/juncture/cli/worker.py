"""`juncture worker`: background work, for who runs more than one process of it."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.cli.data_folder import data_option
from juncture.model.errors import BadEvidence


@click.command("worker")
@data_option
def command(*, data: Path) -> None:
    """Carry out the imports of a data folder. `juncture serve` runs one of these itself."""
    if not data.is_dir():
        raise BadEvidence(str(data), "there is no such data folder", "Start `juncture serve` first, or name its folder")
    from juncture.web.processes import run_worker  # noqa: PLC0415 - other commands start without Django

    run_worker(data.absolute())
