"""The command line. One file a command, imported only when that command runs, so that all of them start at once."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING

import click

from juncture import __version__
from juncture.model.errors import BadEvidence

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS = {
    "demo": "Load the recorded incident, serve it, and print the address.",
    "draft": "Write a cited postmortem from evidence.",
    "timeline": "Print what happened, in order.",
    "known": "Print what responders knew at a moment.",
    "convert": "Turn a postmortem into Markdown, JSON, HTML or PDF.",
    "push": "Send a postmortem to a server.",
    "verify": "Check that a store's evidence is intact and every citation resolves.",
    "serve": "Serve the web application.",
    "worker": "Run the background work of a served data folder.",
    "user": "Add people to a served data folder.",
    "token": "Print an API token of a person.",
    "rebuild": "Make anew what a served data folder derives.",
    "sample": "Fill a library with generated sample data.",
    "backup": "Write everything that a served data folder holds into one file.",
    "restore": "Make a data folder from its backup.",
    "sources": "List the sources that can be read.",
    "schema": "Print the JSON schema of everything that is read and written.",
}
"""Every command with its line in `juncture --help`. A command of the name `x` is `command` in `juncture.cli.x`."""

USAGE_ERROR = 2


class Commands(click.Group):
    """The group of all commands, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which a newcomer needs them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return the command, or None if there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"juncture.cli.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing any."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="juncture")
def juncture() -> None:
    """Turn the raw traces of an incident into a postmortem in which every statement opens its evidence.

    Start with: juncture draft FOLDER -o postmortem.html (chat exports, alerts, logs, git; any mix of files, folders and
    archives), or copy an incident channel and run: juncture draft - -o postmortem.html
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and end the process: 0 fine, 1 not whole or something found, 2 wrong usage or nothing read."""
    try:
        sys.exit(juncture.main(args=arguments, prog_name="juncture", standalone_mode=False) or 0)
    except BadEvidence as error:
        click.echo(f"juncture: {error}", err=True)
        sys.exit(USAGE_ERROR)
    except click.exceptions.Exit as end:
        sys.exit(end.exit_code)
    except click.Abort:
        click.echo("juncture: stopped; nothing half-written was kept.", err=True)
        sys.exit(130)
    except click.ClickException as error:
        command = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "juncture"
        click.echo(f"juncture: {error.format_message().rstrip('.')}. `{command} --help` says more.", err=True)
        sys.exit(USAGE_ERROR)
    except BrokenPipeError:
        # The reader of the output has seen enough (`juncture timeline … | head`).
        sys.stderr.close()
        sys.exit(0)
