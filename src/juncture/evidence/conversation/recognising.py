"""Whether a text is a conversation at all: logs, tables and documents have names and times too."""

from __future__ import annotations

import re

from juncture.evidence.conversation.choosing import SURE, Choice
from juncture.evidence.conversation.heads import BLOCK, STRONG, Head
from juncture.evidence.conversation.nameless import LEVEL
from juncture.evidence.conversation.notes import NOTE
from juncture.evidence.reader import Confidence

LINES_A_HEAD = 60
"""Lines that a message may have on average before a text is no conversation any more; pasted logs are long."""
_NO_CONVERSATION = re.compile(
    r"\s*(?:\{|\[\s*[{\[\"\]]|<(?:!DOCTYPE|html|\?xml)|WEBVTT|diff --git"
    r"|commit [0-9a-f]{40}|From [0-9a-f]{40}|---\r?\n\w+:|BEGIN:)",
    re.IGNORECASE,
)
_DOCUMENT = re.compile(r"\s*(?:#{1,3}\s\S|=+\s*$)")
_PROGRAM = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*[-_.]\d+")
_NICK = re.compile(r"[a-z0-9_.\-/]+")
_SPOKEN = re.compile(
    r"\?|\b(?:i|i'm|i'll|we|we're|you|can|please|let's|ok|okay|thanks|thx|looking|hey|hi|yes|no|lol|anyone|everyone|my|me|ich|wir|bitte"
    r"|danke|je|nous|merci|yo|gracias)\b",
    re.IGNORECASE,
)


def is_something_else(start: str) -> bool:
    """Return whether the first characters of a text say that it is JSON, HTML, a patch or the like."""
    return _NO_CONVERSATION.match(start) is not None


def confidence(choice: Choice, lines: list[str]) -> Confidence:
    """Return how sure a choice of heads makes that a text is a conversation.

    One head is enough only where it is marked and stands at the start. Logs have levels, a program on every line, and nobody in
    them asks anything; documents have headings and few heads.
    """
    if choice.families == {NOTE}:
        return Confidence.FALLBACK
    named = [head for head in choice.heads if head.name]
    filled = [line for line in lines if line.strip()]
    if not named or len(filled) > LINES_A_HEAD * len(named):
        return Confidence.NO
    if _DOCUMENT.match(filled[0]) and len(filled) > 8 * len(named):
        return Confidence.NO
    if len(named) == 1:
        return Confidence.PLAUSIBLE if _is_one_message(named[0], choice, filled, lines) else Confidence.NO
    if _say_nothing(choice.heads, lines):
        return Confidence.NO
    below_heads = any(family.startswith((BLOCK, "mail")) for family in choice.families)
    if not below_heads and _is_log(named, filled):
        return Confidence.NO
    if all(head.kind == "dash" and head.stamp.day and head.stamp.second is None for head in named):
        return Confidence.CERTAIN
    if choice.certainty >= 1.1:
        # Logs that people pasted into their messages make a chat look like a log, and nothing else has such heads.
        people = len({head.name for head in named if head.weight > SURE + 0.1})
        unmistakable = below_heads or named[0].kind in ("angle", "zoom") or people > 1 or _spoken(named) * 10 >= len(named)
        return Confidence.CERTAIN if unmistakable else Confidence.LIKELY
    return Confidence.LIKELY if any(head.stamp.half for head in named) else Confidence.PLAUSIBLE


def _is_one_message(head: Head, choice: Choice, filled: list[str], lines: list[str]) -> bool:
    if head.first > 3 or len(filled) > 40 or not all(line.strip() for line in lines[head.first : head.body]):
        return False
    marked = head.kind in STRONG and choice.certainty >= 1.1
    written_out = head.weight >= (SURE if head.kind == "block:gap" else 1) and bool(head.stamp.half)
    return marked or choice.certainty >= 1.8 or written_out


def _say_nothing(heads: tuple[Head, ...], lines: list[str]) -> bool:
    """Return whether below most heads there is nothing: names and times alone are an agenda or a table of arrivals."""
    ends = [*(head.first for head in heads[1:]), len(lines)]
    silent = sum(
        not head.text and not any(line.strip() for line in lines[head.body : end])
        for head, end in zip(heads, ends, strict=True)
    )
    return silent * 2 > len(heads)


def _is_log(named: list[Head], filled: list[str]) -> bool:
    """Return whether lines with a time, a name and text are the lines of programs."""
    levels = sum(LEVEL.match(head.text.lstrip()) is not None for head in named)
    names = {head.name for head in named}
    if levels * 3 > len(named) or all(_PROGRAM.fullmatch(name) for name in names):
        return True
    kinds = {head.kind for head in named}
    if "tab" in kinds and (len(names) == 1 or ("\t" in filled[0] and not any(character.isdigit() for character in filled[0]))):
        return True
    if kinds - {"colon", "tab"} or not all(_NICK.fullmatch(name) for name in names):
        return False
    return named[0].stamp.second is not None and _spoken(named) * 20 < len(named)


def _spoken(named: list[Head]) -> int:
    return sum(_SPOKEN.search(head.text) is not None for head in named)
