"""Times without a name: what one person wrote on, and what the program itself says."""

from __future__ import annotations

import re
from bisect import bisect
from collections.abc import Mapping

from juncture.evidence.conversation.heads import BARE, BLOCK, Head
from juncture.evidence.conversation.stamps import Stamp
from juncture.evidence.conversation.window import is_membership

LATER_MINUTES = 360
"""How much later than the head above it a time without a name may be: windows group what one person writes in minutes."""
LEVEL = re.compile(r"[\[(<]?\b(?:ERROR|WARN|WARNING|INFO|DEBUG|TRACE|FATAL|CRITICAL|NOTICE|level=\w+)\b")
"""How the text of a line of a log begins behind its time."""


def nameless_heads(by_family: Mapping[str, list[Head]], chosen: dict[int, Head], families: set[str]) -> list[Head]:
    """Return the heads without a name and the lines of the program that belong to the chosen families."""
    taken = {line for head in chosen.values() for line in range(head.first, head.body)}
    around = _Around(chosen, with_days="dash" in {family.partition(" ")[0] for family in families})
    block = any(family.startswith(BLOCK) for family in families)
    styles = {family.partition(" ")[2] for family in families} - {""}
    brackets = any(family in {"block:bracket", "block:time-bracket", "block:dash"} for family in families)
    more = []
    for family, heads in by_family.items():
        kind, _, style = family.partition(" ")
        if (
            (family == BARE and block)
            or (kind == "bare" and (style in styles or (brackets and style.startswith("["))))
            or (kind in ("system", "action") and style in styles)
        ):
            more += [head for head in heads if head.first not in taken and around.fits(head)]
    return more


class _Around:
    """The chosen heads, asked whether a time without a name is written in their way and stands in their order."""

    def __init__(self, chosen: dict[int, Head], *, with_days: bool) -> None:
        self._chosen = chosen
        self._starts = sorted(chosen)
        self._with_days = with_days
        stamps = [head.stamp for head in chosen.values()]
        self._with_seconds = sum(stamp.second is not None for stamp in stamps) * 2 > len(stamps)
        self._with_halves = any(stamp.half for stamp in stamps)

    def fits(self, head: Head) -> bool:
        """Return whether `head` belongs to the conversation."""
        if head.kind == "action":
            return True
        if head.system:
            return head.weight > 0.5 or is_membership(head.text) or (self._with_days and head.stamp.day is not None)
        if head.first < self._starts[0]:
            return False
        if head.text and (LEVEL.match(head.text) or not self._is_in_order(head)):
            return False
        if head.family == BARE and not self._follows_on(head):
            return False
        return (head.stamp.second is not None) == self._with_seconds and not (head.stamp.half and not self._with_halves)

    def _follows_on(self, head: Head) -> bool:
        """Return whether a bare time can continue the message above: a little later, by the clock of the others."""
        above = self._chosen[self._starts[bisect(self._starts, head.first) - 1]]
        if self._with_halves and not head.stamp.half and not 1 <= head.stamp.hour <= 12:
            return False
        minutes = [stamp.hour * 60 + stamp.minute for stamp in map(_on_24_hours, (above.stamp, head.stamp))]
        later = (minutes[1] - minutes[0]) % (720 if self._with_halves and not head.stamp.half else 1440)
        return later <= LATER_MINUTES

    def _is_in_order(self, head: Head) -> bool:
        """Return whether a time behind which text stands lies between those around it; a time in a log need not."""
        position = bisect(self._starts, head.first)
        own = _clock(head.stamp)
        before = _clock(self._chosen[self._starts[position - 1]].stamp) if position else own
        after = _clock(self._chosen[self._starts[position]].stamp) if position < len(self._starts) else own
        return before <= own <= after


def _on_24_hours(stamp: Stamp) -> Stamp:
    return stamp._replace(hour=stamp.hour % 12 + (12 if stamp.half == "p" else 0)) if stamp.half else stamp


def _clock(stamp: Stamp) -> tuple[int, int, int]:
    return _on_24_hours(stamp).hour, stamp.minute, stamp.second or 0
