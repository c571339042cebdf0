"""Where a text holds what was looked for, as HTML in which only the found words are marked."""

from __future__ import annotations

import re

from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from juncture.text.markup import escape
from juncture.web.library.asking import Term, folded
from juncture.web.library.full_text import even
from juncture.web.library.plain import HEADING
from juncture.web.library.stemming import stem

LENGTH = 240
_BEFORE = 60


class Place(Struct, frozen=True):
    """A passage that was found: the heading that it stands under (empty: none), and the passage with its words marked."""

    where: str
    html: SafeString


class Looked(Struct, frozen=True):
    """What was looked for: stems of words, starts of words, and a pattern that finds every word that may be one of them."""

    stems: frozenset[str]
    starts: tuple[str, ...]
    pattern: re.Pattern[str]

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Return where a text holds words that were looked for."""
        plain = even(text)
        return [word.span() for word in self.pattern.finditer(plain) if self._holds(folded(text[slice(*word.span())]))]

    def _holds(self, word: str) -> bool:
        return stem(word) in self.stems or bool(self.starts and word.startswith(self.starts))


def looked_for(terms: tuple[Term, ...]) -> Looked:
    """Return what a search looked for."""
    words = [folded(word) for term in terms for word in term.words]
    starts = tuple(folded(term.words[-1]) for term in terms if term.open_ended)
    stems = frozenset(map(stem, words))
    # Stems keep the first two letters of a word.
    openings = sorted({re.escape(word[:2]) for word in (*stems, *words) if word})
    pattern = re.compile(rf"(?<![^\W_])(?:{'|'.join(openings)})[^\W_]*" if openings else r"(?!)")
    return Looked(stems, (*starts, *map(stem, starts)), pattern)


def marked(text: str, looked: Looked, *, length: int = LENGTH) -> SafeString:
    """Return a passage of a text with the found words in `<mark>`; of a long one, the part round the first of them."""
    spans = looked.spans(text)
    start, end = _window(text, spans, length)
    pieces: list[str] = ["…"] if start else []
    at = start
    for first, behind in spans:
        if start <= first and behind <= end:
            pieces += (escape(text[at:first]), "<mark>", escape(text[first:behind]), "</mark>")
            at = behind
    pieces += (escape(text[at:end].rstrip()), "…" if end < len(text) else "")
    # Every piece of the text is escaped above; the marks are ours.
    return mark_safe("".join(pieces))  # noqa: S308


def places(body: str, looked: Looked, *, most: int = 3, length: int = 140) -> list[Place]:
    """Return the best passages of a body, at most one under each heading: those with the most of what was looked for.

    The first may be longer than the others, which have `length`.
    """
    best: dict[str, tuple[int, int, str]] = {}
    heading = ""
    for number, line in enumerate(body.split("\n")):
        if line.startswith(HEADING):
            heading = line.removeprefix(HEADING)
            continue
        found = {stem(folded(line[first:behind])) for first, behind in looked.spans(line)}
        if found and (heading not in best or len(found) > -best[heading][0]):
            best[heading] = (-len(found), number, line)
    chosen = sorted(best.items(), key=lambda each: each[1])[:most]
    return [
        Place(heading, marked(line, looked, length=length if number else LENGTH))
        for number, (heading, (_, _, line)) in enumerate(chosen)
    ]


def _window(text: str, spans: list[tuple[int, int]], length: int) -> tuple[int, int]:
    if len(text) <= length:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = 0 if first < length - _BEFORE else text.rfind(" ", 0, max(first - _BEFORE, 1)) + 1
    end = min(start + length, len(text))
    return start, end if end == len(text) else max(text.rfind(" ", start, end), start + length // 2)
