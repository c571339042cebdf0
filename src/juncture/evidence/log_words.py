"""What a log message says happened: something was shipped, set, restarted, or is in trouble. The TOML beside has the words."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from msgspec import Struct, convert


class WordRule(Struct, frozen=True):
    """One rule: a name from a closed set, its pattern, and examples that it fits or must not fit."""

    name: str
    pattern: str
    good: tuple[str, ...]
    bad: tuple[str, ...]


class _Words(Struct, frozen=True):
    rule: tuple[WordRule, ...]


TROUBLE = "trouble"


@cache
def word_rules() -> tuple[WordRule, ...]:
    """Return all rules in their order."""
    text = files("juncture.evidence").joinpath("log_words.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text), _Words).rule


def says(message: str) -> str | None:
    """Return what a message says: `deployment`, `migration`, `configuration`, `restart` (all changes), `trouble`, or None.

    The first rule that fits decides.
    """
    return next((name for name, pattern in _compiled() if pattern.search(message)), None)


@cache
def _compiled() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((rule.name, re.compile(rule.pattern, re.IGNORECASE)) for rule in word_rules())
