"""Notes that somebody took: lines that begin with a time and name nobody (`14:02 alert fires`, `- 14:05 - rolled back`).

Only where a text has no heads with names, and most of its lines are such notes.
"""

from __future__ import annotations

import re

from juncture.evidence.conversation.heads import Head
from juncture.evidence.conversation.stamps import has_time, stamp_at_start
from juncture.evidence.conversation.window import day_of_separator

NOTE = "note"
"""The family of these heads."""
_BEFORE = re.compile(r"(?:[-*+•·>]\s+|\d{1,3}[.)]\s+)?(?:\*\*|__|[*_`\[(~])?")
_BEHIND = re.compile(r"(?:\*\*|__|[*_`\])])?(?:\s*[-–—:|]+\s+|[:|]?\s+)(?=\S)")  # noqa: RUF001


def note_heads(lines: list[str]) -> tuple[Head, ...]:
    """Return the heads of a text of notes, none if it is no such text. A date alone may stand between them."""
    heads = [head for number, line in enumerate(lines) if has_time(line[:40]) and (head := _head(number, line.strip()))]
    filled = sum(bool(line.strip()) and day_of_separator(line.strip(" #*_")) is None for line in lines)
    if len(heads) < 2 or len(heads) * 2 < filled or any(head.stamp.second is not None for head in heads):
        return ()
    return tuple(heads)


def _head(number: int, line: str) -> Head | None:
    before = _BEFORE.match(line)
    found = stamp_at_start(line[before.end() :] if before else line)
    if not found:
        return None
    stamp, rest = found
    behind = _BEHIND.match(rest)
    return Head(number, number + 1, "", stamp, NOTE, rest[behind.end() :].strip(), weight=0.5) if behind else None
