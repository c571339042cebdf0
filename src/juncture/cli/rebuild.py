"""`juncture rebuild`: what is derived, made anew."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened


@click.command("rebuild")
@data_option
def command(*, data: Path) -> None:
    """Make anew what a served data folder derives: the search index, and which incidents need a postmortem.

    Nothing that people wrote is touched. Works also while it is served; not needed unless a copy of the database was mended
    by hand, or a note on a version asks for it.
    """
    opened(data)
    from juncture.web.incidents.rebuilding import rebuild_verdicts  # noqa: PLC0415 - after Django is set up
    from juncture.web.library.indexing import rebuild_index  # noqa: PLC0415 - the same

    judged = rebuild_verdicts()
    rebuild_index()
    said = "one incident" if judged == 1 else f"{judged:,} incidents"
    click.echo(f"Made the search index and the verdicts of {said} anew.", err=True)
