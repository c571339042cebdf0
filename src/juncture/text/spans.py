"""The sentences of a Markdown text, with their places in its source.

Quotes, code, tables, headings, comments and footnotes have none.

`sentences` divides what is rendered; this divides what is written, for an editor that marks it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from juncture.text.outline import outline_of

_DEFINITION = re.compile(r" {0,3}\[\^[^\]\s]+\]:")
_SKIPPED = re.compile(r"\s*(?:>|\||<!--|#{1,6}\s)")
_MARKER = re.compile(r"\s*(?:(?:[-*+]|\d{1,9}[.)])\s+(?:\[[ xX]\]\s+)?)?")
_UNDERLINE = re.compile(r"\s*(?:=+|-+|(?:\*\s*){3,}|(?:-\s*){3,})\s*")
_END = re.compile(r"""[.!?\u2026]+["'\u201d\u2019)\]*_]*(?:\[\^[^\]\s]+\])*(?=\s|$)""")
_NO_END = re.compile(r"(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|ca|no|Mr|Mrs|Ms|Dr|[A-Z])\.$")
_QUOTES = (("\u201c", "\u201d"), ('"', '"'), ("\u00ab", "\u00bb"), ("\u201e", "\u201c"))
_LONGEST_QUOTATION = 1000
_TRAILING = re.compile(r"(?:\s*\[\^[^\]\s]+\])+")


class Sentence(Struct, frozen=True):
    """A sentence as it is written, with the citations behind its full stop: its text and its place in characters."""

    text: str
    start: int
    end: int


def sentences_of(markdown: str) -> Iterator[Sentence]:
    """Yield the sentences of a text in their order. A list item ends one; so does an empty line."""
    outline = outline_of(markdown)
    headings = {line for heading in outline.headings for line in range(heading.first, heading.end)}
    run: list[tuple[int, str]] = []
    place, in_definition = 0, False
    for number, line in enumerate(outline.lines):
        in_definition = bool(_DEFINITION.match(line)) or (in_definition and line[:1] in " \t" and bool(line.strip()))
        silent = number < outline.front_matter_end or number in outline.code or number in headings or in_definition
        marker = _MARKER.match(line)
        if silent or not line.strip() or _SKIPPED.match(line) or _UNDERLINE.fullmatch(line):
            yield from _of_run(run)
            run = []
        else:
            skip = marker.end() if marker else 0
            if skip and line[:skip].strip():
                yield from _of_run(run)
                run = []
            run.append((place + skip, line[skip:]))
        place += len(line)
    yield from _of_run(run)


def _of_run(run: list[tuple[int, str]]) -> Iterator[Sentence]:
    """Yield the sentences of lines that follow each other, each given with its place."""
    text = ""
    places: list[int] = []
    for place, line in run:
        places += range(place, place + len(line))
        text += line
    start = 0
    for found in _END.finditer(text):
        if _NO_END.search(text[start : found.start() + 1]) or _is_quoted(text, start, found.start()):
            continue
        end = found.end()
        if trailing := _TRAILING.match(text, end):
            end = trailing.end()
        yield from _one(text, places, start, end)
        start = end
    yield from _one(text, places, start, len(text))


def _is_quoted(text: str, start: int, place: int) -> bool:
    """Whether a place lies inside a quotation that began after `start` and ends later: its full stops end no sentence."""
    before = text[start:place]
    for opening, closing in _QUOTES:
        opened = before.count('"') % 2 == 1 if opening == closing else before.rfind(opening) > before.rfind(closing)
        end = text.find(closing, place)
        # A quotation that never ends, or only after the paragraph, is an inch or a slip.
        if opened and end >= 0 and end - start < _LONGEST_QUOTATION:
            return True
    return False


def _one(text: str, places: list[int], start: int, end: int) -> Iterator[Sentence]:
    words = text[start:end]
    first = start + len(words) - len(words.lstrip())
    last = end - (len(words) - len(words.rstrip()))
    if first < last:
        yield Sentence(text[first:last], places[first], places[last - 1] + 1)
