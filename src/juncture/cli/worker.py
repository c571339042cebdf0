"""`juncture worker`: background work, for who runs more than one process of it."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.model.errors import BadEvidence


@click.command("worker")
@click.option("--data", type=click.Path(path_type=Path), default=Path("juncture-data"), show_default=True, metavar="DIR",
              help="The data folder of `juncture serve`.")  # fmt: skip
def command(*, data: Path) -> None:
    """Carry out the imports of a data folder. `juncture serve` runs one of these itself."""
    if not data.is_dir():
        raise BadEvidence(str(data), "there is no such data folder", "Start `juncture serve` first, or name its folder")
    from juncture.web.processes import run_worker  # noqa: PLC0415 - other commands start without Django

    run_worker(data.absolute())
