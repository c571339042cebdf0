"""Writes `docs/command-line.md` from the help texts; `make expectations` runs it, and a test holds the page to it."""

import importlib
from pathlib import Path

import click

from juncture.cli import COMMANDS, juncture

PAGE = Path(__file__).parents[1] / "docs" / "command-line.md"
OPENING = """\
# The command line

This page is made from the help texts.

- EVIDENCE is any mix of files, folders and archives; the reader is found by content. `-` is standard input or output.
- T is ISO 8601 with a zone, or epoch seconds. Windows are `[from, to)`.
- Standard output holds the output alone; summary, assumptions and progress go to standard error.
- Exit status: 0 fine; 1 something recognised could not be read whole, or a problem was found; 2 wrong usage, or nothing at all
  could be read: one line that says which file, where in it, and what to do.

"""


def page():
    parts = [OPENING, block("juncture", juncture)]
    for name in COMMANDS:
        command = importlib.import_module(f"juncture.cli.{name}").command
        parts.append(f"## juncture {name}\n\n")
        parts.append(block(f"juncture {name}", command))
        if isinstance(command, click.Group):
            parts.extend(block(f"juncture {name} {inner}", command.commands[inner]) for inner in sorted(command.commands))
    return "".join(parts)


def block(path, command):
    with click.Context(command, info_name=path, max_content_width=100, terminal_width=100) as context:
        text = command.get_help(context)
    return "".join(f"    {line}\n" if line else "\n" for line in text.splitlines()) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
