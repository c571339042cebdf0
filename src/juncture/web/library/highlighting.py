"""Where a text holds what was looked for, as HTML in which only the found words are marked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from juncture.text.markup import escape
from juncture.web.library.asking import Term, folded
from juncture.web.library.plain import HEADING
from juncture.web.library.stemming import stem

LENGTH = 240
_BEFORE = 60
_WORD = re.compile(r"[^\W_]+")


class Place(Struct, frozen=True):
    """A passage that was found: the heading that it stands under (empty: none), and the passage with its words marked."""

    where: str
    html: SafeString


class Looked(Struct, frozen=True):
    """What was looked for, as stems and starts of words."""

    stems: frozenset[str]
    starts: tuple[str, ...] = ()

    def holds(self, word: str) -> bool:
        """Whether a word of a text is one of those."""
        plain = folded(word)
        return stem(plain) in self.stems or bool(self.starts and plain.startswith(self.starts))


def looked_for(terms: tuple[Term, ...]) -> Looked:
    """Return what a search looked for."""
    words = [folded(word) for term in terms for word in term.words]
    starts = tuple(folded(term.words[-1]) for term in terms if term.open_ended)
    return Looked(frozenset(map(stem, words)), (*starts, *map(stem, starts)))


def marked(text: str, looked: Looked, *, length: int = LENGTH) -> SafeString:
    """Return a passage of a text with the found words in `<mark>`; of a long one, the part round the first of them."""
    spans = list(_spans(text, looked))
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


def places(body: str, looked: Looked, *, most: int = 3) -> list[Place]:
    """Return the best passages of a body, at most one under each heading: those with the most of what was looked for."""
    best: dict[str, tuple[int, int, str]] = {}
    heading = ""
    for number, line in enumerate(body.split("\n")):
        if line.startswith(HEADING):
            heading = line.removeprefix(HEADING)
            continue
        found = {stem(folded(line[first:behind])) for first, behind in _spans(line, looked)}
        if found and (heading not in best or len(found) > -best[heading][0]):
            best[heading] = (-len(found), number, line)
    chosen = sorted(best.items(), key=lambda each: each[1])[:most]
    return [Place(heading, marked(line, looked)) for heading, (_, _, line) in chosen]


def _spans(text: str, looked: Looked) -> Iterator[tuple[int, int]]:
    for word in _WORD.finditer(text):
        if looked.holds(word.group()):
            yield word.span()


def _window(text: str, spans: list[tuple[int, int]], length: int) -> tuple[int, int]:
    if len(text) <= length:
        return 0, len(text)
    first = spans[0][0] if spans else 0
    start = 0 if first < length - _BEFORE else text.rfind(" ", 0, max(first - _BEFORE, 1)) + 1
    end = min(start + length, len(text))
    return start, end if end == len(text) else max(text.rfind(" ", start, end), start + length // 2)
