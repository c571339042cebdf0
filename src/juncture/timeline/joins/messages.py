"""A message in an export and the same message in pasted text are one event.

They are joined if the words are the same, the times overlap (a pasted stamp is exact to the minute), the names of the authors
do not contradict each other, and there is one such partner.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from juncture.model.evidence import Event, MessageDetails
from juncture.timeline.joins.groups import Groups

SHORTEST = 3
"""Letters and digits that words must have to be told apart from other words; the author has to agree in any case."""

_NOT_WORDS = re.compile(r"[\W_]+")


def join_messages(singles: Sequence[Event], groups: Groups) -> None:
    """Join equal messages of different sources. All sources but the largest are held in an index."""
    counts: dict[str, int] = defaultdict(int)
    for _, event in _messages(singles):
        counts[event.source] += 1
    if len(counts) < 2:
        return
    largest = max(counts, key=lambda source: (counts[source], source))
    index: dict[str, list[int]] = defaultdict(list)
    for place, event in _messages(singles):
        if event.source != largest:
            index[_words(event)].append(place)
    for place, event in _messages(singles):
        words = _words(event)
        if words in index and len(words) >= SHORTEST:
            partners = _partners(place, index[words], singles, groups)
            for places in partners.values():
                if len(places) == 1:
                    groups.join(place, *places)


def _partners(place: int, others: Sequence[int], singles: Sequence[Event], groups: Groups) -> dict[str, set[int]]:
    """Return, by source, the messages that can be the same as the one at `place`."""
    partners: dict[str, set[int]] = defaultdict(set)
    for other in others:
        if other != place and _same(singles[place], singles[other]):
            head = groups.head_of(other)
            partners[singles[other].source].add(other if head is None else head)
    return partners


def _messages(singles: Sequence[Event]) -> Iterator[tuple[int, Event]]:
    return ((place, event) for place, event in enumerate(singles) if isinstance(event.details, MessageDetails))


def _words(event: Event) -> str:
    return _NOT_WORDS.sub("", event.summary).lower()


def _same(one: Event, other: Event) -> bool:
    if one.source == other.source or one.earliest > other.latest or other.earliest > one.latest:
        return False
    return _same_name(one.actor, other.actor)


def _same_name(one: str | None, other: str | None) -> bool:
    """Return whether two names can be one person's: equal, or sharing a part (`Ana Kovac`, `ana`), or one is not told."""
    if not one or not other:
        return True
    first, second = ({part for part in _NOT_WORDS.split(name.lower()) if part} for name in (one, other))
    together = [_NOT_WORDS.sub("", name.lower()) for name in (one, other)]
    return bool(first & second) or any(part in together[1] for part in first if len(part) > 3)
