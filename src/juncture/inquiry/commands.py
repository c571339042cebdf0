"""Commands: which of them act on a system, and how."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.evidence.commands import changes_by


class Commands(Struct, frozen=True):
    """Patterns of commands of one kind."""

    kind: str
    patterns: tuple[str, ...]


@cache
def _commands() -> tuple[Commands, ...]:
    data = tomllib.loads(files(__package__).joinpath("acts.toml").read_text("utf-8"))
    return msgspec.convert(data["commands"], tuple[Commands, ...])


def kind_of_command(command: str) -> str | None:
    """Return the kind of decision that a command carries out, None if it only reads."""
    if changes_by(command) is None:
        return None
    for commands in _commands():
        if any(_pattern(source).search(command) for source in commands.patterns):
            return commands.kind
    return None


@lru_cache(maxsize=256)
def _pattern(source: str) -> re.Pattern[str]:
    return re.compile(source, re.IGNORECASE)
