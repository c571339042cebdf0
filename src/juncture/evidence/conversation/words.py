"""The words in which chat windows tell times, in the languages of `words.toml`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple


class Words(NamedTuple):
    """Lower-case words and what they mean, of all languages together."""

    months: dict[str, int]
    """To 1 for January and so on."""
    weekdays: dict[str, int]
    """To 0 for Monday and so on."""
    lone_weekdays: dict[str, int]
    """Those that mean a day also where they stand alone: `sam` is Saturday in French, and a name."""
    days_ago: dict[str, int]
    """`today` to 0, `yesterday` to 1."""
    joints: tuple[str, ...]
    """What may stand between a day and its time."""


@cache
def words() -> Words:
    """Return the words of all languages. A spelling that means two things in two languages would be a mistake of the file."""
    languages = tomllib.loads((files(__package__) / "words.toml").read_text(encoding="utf-8"))
    months: dict[str, int] = {}
    weekdays: dict[str, int] = {}
    lone_weekdays: dict[str, int] = {}
    days_ago: dict[str, int] = {}
    joints: dict[str, None] = {}
    for name, language in languages.items():
        _number(language["months"], months, first=1)
        _number(language["weekdays"], weekdays, first=0)
        whole = language["weekdays"] if name == "en" else [spellings.split()[0] for spellings in language["weekdays"]]
        _number(whole, lone_weekdays, first=0)
        days_ago.update(dict.fromkeys(language["today"], 0) | dict.fromkeys(language["yesterday"], 1))
        joints.update(dict.fromkeys(language["at"]))
    return Words(months, weekdays, lone_weekdays, days_ago, tuple(joints))


def alternatives(texts: Iterable[str]) -> str:
    """Return a pattern that matches any of `texts`, the longest first."""
    return "|".join(re.escape(text) for text in sorted(texts, key=len, reverse=True))


def _number(spellings: list[str], into: dict[str, int], *, first: int) -> None:
    for number, words_of_one in enumerate(spellings, first):
        for word in words_of_one.split():
            if into.setdefault(word, number) != number:
                raise ValueError(f"words.toml: {word!r} means {into[word]} and {number}")
