"""What somebody looks for, as terms that no index can take for its own language."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from msgspec import Struct

TEXT_LIMIT = 400
"""Characters of a search that are read."""
TERM_LIMIT = 12
_WORD = re.compile(r"[^\W_]+")
_PART = re.compile(r'"([^"]*)"|(\S+)')
_WORD_LIMIT = 60
_SHORTEST_PREFIX = 3
_SAY_NOTHING = """
a an and are as at be been but by can did do does for from had has have he her his how i if in into is it its me my no nor not
of off on or our out own she so some such than that the their them then there these they this those to too us was we were what
when where which while who whom why will with you your
"""
_EVERYWHERE = frozenset(_SAY_NOTHING.split())


class Term(Struct, frozen=True):
    """Words that stand one after another; of the last one, only the start may be known."""

    words: tuple[str, ...]
    open_ended: bool = False


def terms_of(text: str) -> tuple[Term, ...]:
    """Return the terms of a search, all of which a hit holds: words, and what stands in double quotes as it stands.

    The last word may be the start of one, as it is while somebody types. Words are letters and digits alone: everything
    that an index might read as an operator is gone, and so are words that stand in every text, if there are others.
    """
    found: list[Term] = []
    for quoted, plain in _PART.findall(text[:TEXT_LIMIT]):
        words = tuple(word[:_WORD_LIMIT] for word in _WORD.findall(unicodedata.normalize("NFC", quoted or plain)))
        if words:
            last = bool(plain) and '"' not in plain and len(words[-1]) >= _SHORTEST_PREFIX
            found.append(Term(words, open_ended=last))
    whole = text[:TEXT_LIMIT].endswith(" ")
    telling = [term for term in found if len(term.words) > 1 or term.words[0].lower() not in _EVERYWHERE]
    kept = (telling or found)[:TERM_LIMIT]
    return tuple(
        Term(term.words, open_ended=term.open_ended and number == len(kept) and not whole)
        for number, term in enumerate(kept, 1)
    )


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """Return a word in small letters without accents."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(letter))
