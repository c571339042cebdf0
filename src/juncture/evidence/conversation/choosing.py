"""Which of the places where a message may begin are heads of messages.

A grammar of heads is believed as far as it explains the text: names that come again, names written like names, the same marks
everywhere. The best one wins; the others may only have what it leaves over, so that a log pasted into a message stays text.
"""

from __future__ import annotations

from bisect import bisect
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from juncture.evidence.conversation.heads import ABOVE, BARE, BELOW, BLOCK, STRONG, Head
from juncture.evidence.conversation.nameless import nameless_heads
from juncture.evidence.conversation.names import plausibility
from juncture.evidence.conversation.notes import NOTE, note_heads
from juncture.evidence.conversation.window import day_of_separator, is_window_line, preview_of

SURE = 0.65
"""How much a name must look like one where nothing else speaks for it."""
LONG_RUN = 3
"""Heads of another grammar that must stand together to be a conversation of their own."""


class Choice(NamedTuple):
    """The heads of a text in order, and what they rest on."""

    heads: tuple[Head, ...]
    certainty: float
    """How sure the heads of the best grammar are on average: from about 1 on, hardly anything else looks like it; at most 5."""
    families: frozenset[str]


def choose(found: Iterable[Head], lines: list[str]) -> Choice:
    """Return the heads among the candidates `found`."""
    by_family: dict[str, list[Head]] = defaultdict(list)
    for head in _outside_mail_headers(list(found)):
        by_family[head.family].append(head)
    scored = {family: accepted for family, heads in by_family.items() if (accepted := _accepted(family, heads, lines))}
    named = {
        family: sum(score for _, score in accepted)
        for family, accepted in scored.items()
        if not family.startswith(("bare", "system", "action"))
    }
    if not named:
        return Choice(notes := note_heads(lines), 0.0, frozenset({NOTE} if notes else ()))
    primary = max(named, key=lambda family: (named[family], family in STRONG, family))
    chosen = {head.first: head for head, _ in scored[primary]}
    families = {primary}
    for family in sorted(named, key=lambda family: (-named[family], family)):
        if family != primary and (more := _left_over(family, [head for head, _ in scored[family]], chosen, primary, lines)):
            chosen.update((head.first, head) for head in more)
            families.add(family)
    chosen.update((head.first, head) for head in nameless_heads(by_family, chosen, families))
    heads = tuple(chosen[first] for first in sorted(chosen))
    heads = _with_surnames(_without_overlaps(heads), lines)
    return Choice(heads, named[primary] / len(scored[primary]), frozenset(families))


def _outside_mail_headers(found: list[Head]) -> list[Head]:
    """Return the candidates without those that lie in the header block of a mail: `Sent: Monday, March 2, 2026 2:05 PM`."""
    in_headers = {line for head in found if head.kind == "mail" for line in range(head.first, head.body)}
    return [head for head in found if head.kind == "mail" or in_headers.isdisjoint(range(head.first, head.body))]


def _accepted(family: str, heads: list[Head], lines: list[str]) -> list[tuple[Head, float]]:
    """Return the candidates of one family that are likely heads, each with how sure it is."""
    if family == ABOVE:
        return _named_above(heads, lines)
    if family == BELOW:
        return _named_below(heads)
    if family == BARE:
        return []
    often = Counter(head.name for head in heads)
    mostly_names = len(heads) >= LONG_RUN and sum(head.weight >= SURE for head in heads) >= 0.7 * len(heads)
    accepted = []
    for head in heads:
        repeated = min(1.0, (often[head.name] - 1) / 2) if head.weight > 0.25 else 0.0
        score = head.weight + repeated + (0.5 if head.kind in STRONG else 0.0)
        if head.weight >= _needed(head, mostly_names=mostly_names) or (repeated and head.weight > 0.25):
            accepted.append((head, score))
    return accepted


def _needed(head: Head, *, mostly_names: bool) -> float:
    """Return how much a name must look like one: less, the more the marks around it or the other names of its kind say."""
    if head.kind in STRONG:
        return 0.25
    if mostly_names and head.kind != "block:blank":
        return 0.3
    return 0.5 if " [" in head.family else SURE


def _named_above(heads: list[Head], lines: list[str]) -> list[tuple[Head, float]]:
    """Return the times on lines of their own that have the speaker's name above them.

    The lines above are names where they come again, look like names, begin a paragraph, and where most stamps written in the
    same way (indented, with AM, directly below) have such lines above them.
    """
    signs = {head.first: _signs(head, lines) for head in heads}
    often = Counter(head.name for head in heads if head.weight > 0.25)
    ways: dict[tuple[bool, ...], list[float]] = defaultdict(list)
    for head in heads:
        ways[_way(head, lines)].append(
            1.0 if head.weight >= SURE else 0.5 if head.weight > 0.25 and often[head.name] > 1 else 0.0
        )
    common_in = {way: sum(likely) / len(likely) for way, likely in ways.items()}
    best = max(common_in.values())
    accepted = []
    for head in heads:
        common = common_in[_way(head, lines)]
        repeated = min(1.0, (often[head.name] - 1) / 2) if head.weight > 0.25 else 0.0
        score = head.weight + repeated + signs[head.first] + (2 * common - 1) + head.bot
        if best >= 0.8 and common < 0.6:
            score -= 2 * (best - common)
        if score >= 1.1 and head.weight > 0.15:
            accepted.append((head, score))
    return accepted


def _way(head: Head, lines: list[str]) -> tuple[bool, ...]:
    stamp_line = head.body - 1
    return (lines[stamp_line][:1].isspace(), bool(head.stamp.half), not lines[stamp_line - 1].strip())


def _signs(head: Head, lines: list[str]) -> float:
    """Return what the lines before a name say for its being one: 1 for the start of a paragraph, -0.5 for the middle of one."""
    if head.first == 0:
        return 1.0
    before = lines[head.first - 1].strip()
    if preview_of(before) == head.name or (before.startswith(head.name) and is_window_line(before)):
        return 2.0
    return 1.0 if not before or is_window_line(before) or day_of_separator(before) else -0.5


def _named_below(heads: list[Head]) -> list[tuple[Head, float]]:
    often = Counter(head.name for head in heads)
    accepted = []
    for head in heads:
        repeated = min(1.0, (often[head.name] - 1) / 2) if head.weight > 0.25 else 0.0
        score = head.weight + repeated - 0.2
        if score >= SURE:
            accepted.append((head, score))
    return accepted


def _left_over(family: str, heads: list[Head], chosen: dict[int, Head], primary: str, lines: list[str]) -> list[Head]:
    """Return the heads of a family other than the winner that are heads too."""
    taken = {line for head in chosen.values() for line in range(head.first, head.body)}
    free = [head for head in heads if not taken.intersection(range(head.first, head.body))]
    if not free:
        return []
    borders = sorted(chosen)
    same_layout = family.startswith(BLOCK) and primary.startswith(BLOCK)
    known = {head.name for head in chosen.values()}
    styles = {head.stamp.style for head in chosen.values()}
    accepted = [
        head
        for head in free
        if same_layout
        and (
            (head.name in known and head.kind not in ("block:dot", "block:comma"))
            or (head.stamp.style in styles and _stands_out(head, lines))
        )
    ]
    if accepted or {family, primary} == {ABOVE, BELOW}:
        return accepted if family != BELOW else [head for head in accepted if head.name in known]
    return [head for run in _runs(free, borders) if _is_conversation(run, chosen, borders, lines) for head in run]


def _stands_out(head: Head, lines: list[str]) -> bool:
    if head.kind in STRONG:
        return head.weight >= 0.5
    before = lines[head.first - 1].strip() if head.first else ""
    if head.kind == "block:gap" and head.weight >= 1 and head.stamp.half:
        return True
    return head.weight >= SURE and head.kind in ("block:gap", ABOVE) and (not before or is_window_line(before) or head.bot)


def _runs(heads: list[Head], borders: list[int]) -> list[list[Head]]:
    """Return `heads` in runs that no line of `borders`, which is sorted, interrupts."""
    runs: list[list[Head]] = []
    previous = -1
    for head in heads:
        if not runs or bisect(borders, previous) != bisect(borders, head.first):
            runs.append([])
        runs[-1].append(head)
        previous = head.first
    return runs


def _is_conversation(run: list[Head], chosen: dict[int, Head], borders: list[int], lines: list[str]) -> bool:
    """Return whether heads of another grammar are a conversation beside this one and not a quotation in a message of it."""
    if run[0].kind == "mail":
        return True
    if len(run) < LONG_RUN or (len({head.name for head in run}) == len(run) and run[0].kind not in STRONG):
        return False
    first = run[0].first
    position = bisect(borders, first)
    if position == 0:
        return True
    below = chosen[borders[position - 1]].body
    return not lines[first - 1].strip() and any(line.strip() for line in lines[below : first - 1])


def _with_surnames(heads: tuple[Head, ...], lines: list[str]) -> tuple[Head, ...]:
    """Return heads with `Grace Sunday 2:01 PM` read as said by Grace Sunday, where only one name is ever followed by weekdays.

    Programs that write weekdays before times do so for all who spoke on that day.
    """
    with_weekday = [
        head for head in heads if head.kind == "block:blank" and head.stamp.day and head.stamp.day.weekday is not None
    ]
    without = [head for head in heads if head.name and (not head.stamp.day or head.stamp.day.weekday is None)]
    names = {head.name for head in with_weekday}
    if len(names) != 1 or not without or " " in next(iter(names)):
        return heads
    changed = {}
    for head in with_weekday:
        surname, following = lines[head.first].strip()[len(head.name) :].split()[:2]
        day = head.stamp.day._replace(weekday=None) if head.stamp.day else None
        if not following[0].isdigit():
            return heads
        stamp = head.stamp._replace(day=day if day and (day.day or day.numbers) else None)
        changed[head.first] = head._replace(name=f"{head.name} {surname}", stamp=stamp)
    return tuple(changed.get(head.first, head) for head in heads)


def _without_overlaps(heads: tuple[Head, ...]) -> tuple[Head, ...]:
    kept: list[Head] = []
    for head in heads:
        if kept and head.first < kept[-1].body:
            if not head.name or plausibility(head.name) < plausibility(kept[-1].name):
                continue
            kept.pop()
        kept.append(head)
    return tuple(kept)
