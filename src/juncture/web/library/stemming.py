"""The stem of an English word by Porter's rules, so that a hit can show which words it was found by.

M. F. Porter, "An algorithm for suffix stripping", Program 14 (3), 1980; the two changes that his own program makes are made.
"""

from __future__ import annotations

import re
from functools import lru_cache

_C, _V = "[^aeiou](?:[^aeiouy]*)", "[aeiouy](?:[aeiou]*)"
_HAS_ONE = re.compile(f"^({_C})?{_V}{_C}")
_HAS_TWO = re.compile(f"^({_C})?{_V}{_C}{_V}{_C}")
_VOWEL = re.compile(f"^({_C})?[aeiouy]")
_SHORT = re.compile(f"^{_C}[aeiouy][^aeiouwxy]$")

_SECOND = {
    "ational": "ate", "tional": "tion", "enci": "ence", "anci": "ance", "izer": "ize", "bli": "ble", "alli": "al",
    "entli": "ent", "eli": "e", "ousli": "ous", "ization": "ize", "ation": "ate", "ator": "ate", "alism": "al",
    "iveness": "ive", "fulness": "ful", "ousness": "ous", "aliti": "al", "iviti": "ive", "biliti": "ble", "logi": "log",
}  # fmt: skip
_THIRD = {"icate": "ic", "ative": "", "alize": "al", "iciti": "ic", "ical": "ic", "ful": "", "ness": ""}
_FOURTH = (
    "al", "ance", "ence", "er", "ic", "able", "ible", "ant", "ement", "ment", "ent", "ou", "ism", "ate", "iti", "ous", "ive",
    "ize",
)  # fmt: skip


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the stem of a word in small letters; the word itself where it is short or no English."""
    if len(word) < 3 or not word.isascii() or not word.isalpha():
        return word
    first = word[0] == "y"
    word = ("Y" if first else word[0]) + word[1:]
    word = _endings(_plurals(word))
    if word.endswith("y") and _VOWEL.match(word[:-1]):
        word = word[:-1] + "i"
    word = _mapped(word, _SECOND)
    word = _mapped(word, _THIRD)
    word = _fourth(word)
    word = _last(word)
    return word.lower()


def _plurals(word: str) -> str:
    if word.endswith("sses") or word.endswith("ies"):  # noqa: PIE810 - two rules of the paper, in its order
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") else word


def _endings(word: str) -> str:
    if word.endswith("eed"):
        return word[:-1] if _HAS_ONE.match(word[:-3]) else word
    for ending in ("ed", "ing"):
        start = word.removesuffix(ending)
        if start != word:
            if not _VOWEL.match(start):
                return word
            if start.endswith(("at", "bl", "iz")) or _SHORT.match(start):
                return start + "e"
            return start[:-1] if re.search(r"([^aeiouylsz])\1$", start) else start
    return word


def _mapped(word: str, endings: dict[str, str]) -> str:
    for ending in sorted(endings, key=len, reverse=True):
        if word.endswith(ending):
            start = word.removesuffix(ending)
            return start + endings[ending] if _HAS_ONE.match(start) else word
    return word


def _fourth(word: str) -> str:
    for ending in sorted((*_FOURTH, "ion"), key=len, reverse=True):
        if word.endswith(ending):
            start = word.removesuffix(ending)
            fits = ending != "ion" or start.endswith(("s", "t"))
            return start if fits and _HAS_TWO.match(start) else word
    return word


def _last(word: str) -> str:
    start = word.removesuffix("e")
    ends = start != word and _HAS_ONE.match(start)
    if ends and (_HAS_TWO.match(start) or not _SHORT.match(start)):
        word = start
    return word[:-1] if word.endswith("ll") and _HAS_TWO.match(word) else word
