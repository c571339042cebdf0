"""The outline of a Markdown text: front matter, headings, and which lines are code.

Lines are counted from 0 and end as CommonMark ends them (LF, CRLF, CR); joining them gives the text back, byte for byte.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+\Z")
_FENCE = re.compile(r"-{3}[ \t]*")
_FENCE_END = re.compile(r"(?:-{3}|\.{3})[ \t]*")

_CLOSING = re.compile(r"(?:^|[ \t]+)#+$")
"""The marks that may close a heading (CommonMark, ATX headings)."""


class Heading(Struct, frozen=True):
    """A heading outside lists and quotes: its level, its text as written, and its lines `[first, end)`."""

    level: int
    text: str
    first: int
    end: int


class Outline(Struct, frozen=True):
    """The lines of a text with their ends, the end of its front matter (0: none), its headings, and its code lines."""

    lines: tuple[str, ...]
    front_matter_end: int
    headings: tuple[Heading, ...]
    code: frozenset[int]


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a text, each with its end; joined they are the text."""
    return tuple(_LINE.findall(text))


def outline_of(text: str) -> Outline:
    """Return the outline of a text."""
    lines = lines_of(text)
    start = _front_matter_end(lines)
    headings: list[Heading] = []
    code: set[int] = set()
    for token in _parser().parse("".join(lines[start:])):
        if token.map is None:
            continue
        first, end = token.map[0] + start, token.map[1] + start
        if token.type == "heading_open" and token.level == 0:
            headings.append(Heading(int(token.tag[1]), _heading_text(lines[first]), first, end))
        elif token.type in {"fence", "code_block"}:
            code.update(range(first, end))
    return Outline(lines, start, tuple(headings), frozenset(code))


def _front_matter_end(lines: tuple[str, ...]) -> int:
    if not lines or not _FENCE.fullmatch(lines[0].removeprefix("\ufeff").rstrip("\r\n")):
        return 0
    return next((n + 1 for n, line in enumerate(lines[1:], 1) if _FENCE_END.fullmatch(line.rstrip("\r\n"))), 0)


def _heading_text(line: str) -> str:
    text = line.strip()
    return _CLOSING.sub("", text.lstrip("#").strip()) if text.startswith("#") else text


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt  # noqa: PLC0415 - commands without Markdown start sooner

    return MarkdownIt("commonmark").disable("inline")
