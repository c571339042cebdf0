"""Markdown as the words that it says: what is indexed and what hits show."""

from __future__ import annotations

import re

HEADING = "## "
"""What a line of an entry's body starts with that is the heading of those that follow."""
_DEFINITION = re.compile(r"^\[\^[^\]\s]+\]:")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_REFERENCE = re.compile(r"\[\^[^\]\s^\[]{1,80}\]")
_LINK = re.compile(r"!?\[([^\[\]\n]{0,1000})\]\([^()\s]{0,2000}\)")
_LINE_MARK = re.compile(r"^\s*(?:[-*+>]\s+|\d+[.)]\s+|#{1,6}\s+|\[[ xX]\]\s+|```\S*|~~~\S*)+")
_RULE = re.compile(r"^[\s|:*_=-]+$")
_EMPHASIS = re.compile(r"\*{1,3}|`+|(?<!\w)_{1,3}(?=\S)|(?<=\S)_{1,3}(?!\w)")


def words_of(markdown: str) -> list[str]:
    """Return the lines that a Markdown text says, without marks, comments and footnotes. Each line of a list is one."""
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", _COMMENT.sub("", markdown.replace("\r\n", "\n"))):
        held: list[str] = []
        for line in block.split("\n"):
            if _DEFINITION.match(line) or _RULE.match(line):
                continue
            starts_anew = _LINE_MARK.match(line)
            if starts_anew and held:
                lines.append(" ".join(held))
                held = []
            if said := _said(line):
                held.append(said)
        if held:
            lines.append(" ".join(held))
    return lines


def _said(line: str) -> str:
    text = _LINE_MARK.sub("", line)
    text = _EMPHASIS.sub("", _LINK.sub(r"\1", _REFERENCE.sub("", text)))
    return " ".join(text.replace("|", " ").split())
