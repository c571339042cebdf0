"""`juncture user`: people."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from juncture.cli.data_folder import data_option, opened, refused
from juncture.web.access.errors import Refused

ROLES = ("viewer", "author", "facilitator", "administrator")


@click.group("user")
def command() -> None:
    """Add people to a data folder. Works also while it is served."""


@command.command("add")
@click.argument("email")
@click.option("--name", default="", help="How they are called. Default: what stands before the @.")
@click.option("--role", type=click.Choice(ROLES), default="author", show_default=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read a password from standard input. Default: print a sign-in link.")
@data_option
def add(*, email: str, name: str, role: str, password_stdin: bool, data: Path) -> None:
    """Add a person. Without a password, prints the path of a link that signs them in once."""
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else None
    opened(data)
    from juncture.web.access.operations import add_person, sign_in_link  # noqa: PLC0415 - after Django is set up
    from juncture.web.access.viewer import COMMAND_LINE  # noqa: PLC0415

    try:
        user = add_person(COMMAND_LINE, email=email, name=name, role=role, password=password)
    except Refused as error:
        raise refused(error) from None
    click.echo(f"Added {email} as {role}.", err=True)
    if password is None:
        click.echo(f"{_address()}/sign-in/{sign_in_link(user)}/")


def _address() -> str:
    """Return where the server is, as far as the settings say it; empty else, since this command does not know its port."""
    from django.conf import settings  # noqa: PLC0415 - after Django is set up

    return str(settings.PUBLIC_URL)


@command.command("link")
@click.argument("email")
@data_option
def link(*, email: str, data: Path) -> None:
    """Print the path of a link that signs a person in once, within twelve hours: for who has forgotten a password."""
    opened(data)
    from juncture.web.access.operations import sign_in_link_of  # noqa: PLC0415 - after Django is set up

    try:
        click.echo(f"{_address()}/sign-in/{sign_in_link_of(email)}/")
    except Refused as error:
        raise refused(error) from None
