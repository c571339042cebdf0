"""Three texts into one: what two people made of the same base. No typed word is lost."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from diff_match_patch import diff_match_patch

TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
"""A word, a stretch of space, or one other character: together they are the text."""
_ENDS_IN_WORD, _BEGINS_WITH_WORD = re.compile(r"\w\Z"), re.compile(r"\w")
_BY_CHANCE = 8
"""Words and marks in a row from which on two people do not type the same by chance."""
_FIRST, _SURROGATES, _LAST = 0x100, range(0xD800, 0xE000), 0x10FFFF
"""Each token stands as one character while texts are compared; halves of characters stand for nothing."""


def merge(base: str, mine: str, theirs: str) -> str:
    """Return what both made of `base`: all that either typed is there, what either took away is gone.

    Words are never taken apart, and what one typed stays whatever the other took away around it. Where both typed at one place,
    theirs stands first; where they typed the same, it stands once, also where one of them typed more around it.
    """
    if theirs in (base, mine):
        return mine
    if mine == base:
        return theirs
    alphabet = Alphabet()
    tokens = TOKEN.findall(base)
    coded = alphabet.code(tokens)
    ours, others = _edits(coded, alphabet.code(TOKEN.findall(mine))), _edits(coded, alphabet.code(TOKEN.findall(theirs)))
    parts: list[str] = []
    for place in range(len(tokens) + 1):
        theirs_typed, mine_typed = others.typed.get(place, ""), ours.typed.get(place, "")
        parts += (alphabet.text(one) for one in _both(theirs_typed, mine_typed) if one)
        if place < len(tokens) and place not in ours.gone and place not in others.gone:
            parts.append(tokens[place])
    return "".join(_apart(parts))


def _both(theirs: str, mine: str) -> tuple[str, ...]:
    """Return what two typed at one place; what is a part of the other by more than chance was sent twice, and stands once."""
    if theirs == mine or (len(mine) >= _BY_CHANCE and mine in theirs):
        return (theirs,)
    if len(theirs) >= _BY_CHANCE and theirs in mine:
        return (mine,)
    return theirs, mine


def _apart(parts: list[str]) -> Iterator[str]:
    """Yield parts, with a space where two words meet: within one text they never do."""
    before = ""
    for part in parts:
        if _ENDS_IN_WORD.search(before) and _BEGINS_WITH_WORD.match(part):
            yield " "
        yield part
        before = part


class _Edits(NamedTuple):
    """What one person did: the places of tokens that they took away, and what they typed before a place."""

    gone: set[int]
    typed: dict[int, str]


def _edits(base: str, text: str) -> _Edits:
    engine = diff_match_patch()
    gone: set[int] = set()
    typed: dict[int, str] = defaultdict(str)
    place = 0
    for kind, run in engine.diff_main(base, text, False):  # noqa: FBT003 - that the texts have no lines to compare first
        if kind == engine.DIFF_INSERT:
            typed[place] += run
            continue
        if kind == engine.DIFF_DELETE:
            gone.update(range(place, place + len(run)))
        place += len(run)
    return _Edits(gone, dict(typed))


class Alphabet:
    """Gives each token a character of its own, so that texts are compared by words."""

    def __init__(self) -> None:
        self._characters: dict[str, str] = {}
        self._tokens: dict[str, str] = {}
        self._next = _FIRST

    def code(self, tokens: list[str]) -> str:
        """Return a text in which each token is one character. Beyond a million different tokens some share one: never here."""
        return "".join(self._characters.get(token) or self._new(token) for token in tokens)

    def text(self, coded: str) -> str:
        """Return the tokens that a text stands for."""
        return "".join(self._tokens[character] for character in coded)

    def _new(self, token: str) -> str:
        if self._next in _SURROGATES:
            self._next = _SURROGATES.stop
        if self._next > _LAST:
            raise ValueError("a text of more than a million different words cannot be merged")
        character = chr(self._next)
        self._next += 1
        self._characters[token], self._tokens[character] = character, token
        return character
