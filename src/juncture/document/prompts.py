"""Prompts: what a draft asks its authors to write. Readers of a publication see the text, never what is still asked for."""

from __future__ import annotations

import re

_BEGINS = "*To write: "
_PARAGRAPHS = re.compile(r"(\n[ \t]*\n+)")


def prompt(text: str) -> str:
    """Return what is still to be written, as its author sees it."""
    return f"{_BEGINS}{text}*"


def without_prompts(markdown: str) -> str:
    """Return a text without the paragraphs that are prompts."""
    if _BEGINS not in markdown:
        return markdown
    pieces = _PARAGRAPHS.split(markdown)
    return "".join("" if piece.lstrip().startswith(_BEGINS) else piece for piece in pieces)
