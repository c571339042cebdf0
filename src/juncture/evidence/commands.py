"""What a command line does: change something, or look. The verbs are in the TOML beside."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert

COMMAND_LIMIT = 4000
"""Characters of a command that are looked at: a statement pasted into a shell says what it does at its start."""


class CommandRule(Struct, frozen=True):
    """One rule: a name, its patterns, and commands that it fits or must not fit."""

    name: str
    patterns: tuple[str, ...]
    good: tuple[str, ...]
    bad: tuple[str, ...]


class CommandDone(Struct, frozen=True):
    """What a command changes: by which rule, and what service it names, if any."""

    rule: str
    service: str | None


class _Commands(Struct, frozen=True):
    rule: tuple[CommandRule, ...]


_BEGINNING = (
    r"(?:^|[|;&(`]\s*|\$\(|\b(?:do|then|xargs)\s+|\b(?:sudo|doas|env|time|nohup|nice|watch|timeout\s+\S+|exec)\s+(?:-\S+\s+(?:\w+\s+)?)*"
    r"|\bssh\s+(?:-\S+\s+)*[\w.@${}-]+\s+['\"]?|\b(?:docker|kubectl)\s+exec\s+(?:-\S+\s+)*[\w./-]+\s+(?:--\s+)?)"
)
_ASSIGNMENTS = r"(?:\w+=\S*\s+)*"


@cache
def command_rules() -> tuple[CommandRule, ...]:
    """Return all rules in their order."""
    text = files("juncture.evidence").joinpath("commands.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text), _Commands).rule


def changes_by(command: str) -> CommandDone | None:
    """Return what a command changes, None if it only looks. The first rule that fits decides."""
    text = command[:COMMAND_LIMIT]
    for name, pattern in _compiled():
        if match := pattern.search(text):
            return CommandDone(name, match.groupdict().get("service"))
    return None


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    flags = re.IGNORECASE | re.DOTALL | re.MULTILINE
    return tuple(
        (rule.name, re.compile(rf"{_BEGINNING}{_ASSIGNMENTS}(?:{pattern})", flags))
        for rule in command_rules()
        for pattern in rule.patterns
    )
