"""`juncture token`: a token for the API."""

from __future__ import annotations

from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened, refused
from juncture.web.access.errors import Refused


@click.command("token")
@click.argument("email")
@click.option(
    "--scope", type=click.Choice(("read", "write", "admin")), default="read", show_default=True, help="What it allows."
)
@click.option("--days", type=click.IntRange(1, 3650), default=90, show_default=True, help="How long it lives.")
@data_option
def command(*, email: str, scope: str, days: int, data: Path) -> None:
    """Print a new API token of a person, and nothing else. It is shown this once. Works also while it is served."""
    opened(data)
    from juncture.web.access.operations import new_token_of  # noqa: PLC0415 - after Django is set up

    try:
        click.echo(new_token_of(email, scope=scope, days=days))
    except Refused as error:
        raise refused(error) from None
