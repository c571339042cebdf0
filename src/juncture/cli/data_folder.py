"""What the commands on a served data folder share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from juncture.web.access.errors import Refused

Decorated = TypeVar("Decorated", bound=Callable[..., Any])

DEFAULT_DATA = Path("juncture-data")


def data_option(command: Decorated) -> Decorated:
    """Add `--data DIR` to a command."""
    option = click.option(
        "--data", type=click.Path(path_type=Path), default=DEFAULT_DATA, show_default=True, metavar="DIR",
        help="The data folder: database, artefacts, secret key. Made if it is not there.",
    )  # fmt: skip
    return option(command)


def opened(data: Path) -> None:
    """Make the data folder ready for operations: folder, key, database."""
    from juncture.web.setup import migrate, set_up  # noqa: PLC0415 - other commands start without Django

    set_up(data.absolute())
    migrate()


def refused(error: Refused) -> click.ClickException:
    """Return a refusal as a usage error."""
    return click.UsageError(error.sentence)
