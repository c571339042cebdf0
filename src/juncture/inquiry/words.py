"""Words in texts: found whole, case ignored; the technical ones that two texts have in common."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

_TOKEN = re.compile(r"[A-Za-z][A-Za-z0-9]{2,}")
_INNER_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def has_word(text: str, words: Iterable[str]) -> str | None:
    """Return the first of `words` that stands in `text` as a whole word, None if none does."""
    found = _any_of(tuple(words)).search(text)
    return found.group(0).lower() if found else None


def tokens(text: str) -> frozenset[str]:
    """Return the words of a text in lower case, of at least three letters; `cache_ttl` and `cacheTtl` give their parts."""
    return frozenset(_singular(word.lower()) for word in _TOKEN.findall(_INNER_CAPITAL.sub(" ", text.replace("_", " "))))


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(words, key=len, reverse=True)
    if not longest_first:
        return re.compile(r"(?!)")
    return re.compile(r"(?<![A-Za-z0-9])(?:" + "|".join(map(re.escape, longest_first)) + r")(?![A-Za-z0-9])", re.IGNORECASE)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 4 and word.endswith("s") and not word.endswith("ss") else word
