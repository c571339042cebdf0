"""Identities: what makes two sightings the same one, for ever.

All ids are 128 bits, written as 32 hexadecimal digits, and come from a collision-resistant hash: equal ids mean equal things.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from hashlib import blake2b
from typing import NewType

EventId = NewType("EventId", str)
ArtefactHash = NewType("ArtefactHash", str)
"""`sha256:` and 64 hexadecimal digits."""


def sighting_id(source: str, *parts: str) -> EventId:
    """Return the id of the sighting that `source` identifies by `parts`.

    The parts are the source's own identity (channel and ts, fingerprint and startsAt, commit, delivery id), else the line's
    content and its occurrence number. Never a path or an artefact's hash: a newer export must give the same ids.
    """
    return EventId(blake2b("\x1f".join((source, *parts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest())


class Identities:
    """Ids of sightings that `source` identifies by the same leading `parts` and one more: the messages of a channel."""

    def __init__(self, source: str, *parts: str) -> None:
        lead = "\x1f".join((source, *parts, ""))
        self._begun = blake2b(lead.encode("utf-8", "surrogatepass"), digest_size=16)

    def of(self, part: str) -> EventId:
        """Return `sighting_id(source, *parts, part)`, in half the time."""
        whole = self._begun.copy()
        whole.update(part.encode("utf-8", "surrogatepass"))
        return EventId(whole.hexdigest())


class Occurrences:
    """Numbers equal contents in the order in which they are met, for sources that give lines no identity of their own."""

    def __init__(self, source: str) -> None:
        self._source = source
        self._seen: dict[str, int] = {}

    def id_of(self, content: str) -> EventId:
        """Return the id of the next occurrence of `content`, the first one being number 1."""
        number = self._seen.get(content, 0) + 1
        self._seen[content] = number
        return sighting_id(self._source, content, str(number))


class ManyIds:
    """Ids to be counted by, 8 bytes each: a set of a million of them would take 130 MB.

    An id is held by its first half. Two of a million ids share theirs by chance once in 37 million times, so what is asked here
    may be counted wrong by one, and nothing else may hang on it.
    """

    def __init__(self) -> None:
        self._halves = array("Q")
        self._sorted = 0

    def __len__(self) -> int:
        """Return how many were added, the same one twice."""
        return len(self._halves)

    def add(self, ids: Iterable[EventId]) -> None:
        """Add ids."""
        self._halves.extend(int(identity[:16], 16) for identity in ids)

    def __contains__(self, identity: object) -> bool:
        """Return whether an id was added."""
        if not isinstance(identity, str):
            return False
        halves = self._halves
        if self._sorted != len(halves):
            halves = self._halves = array("Q", sorted(halves))
            self._sorted = len(halves)
        half = int(identity[:16], 16)
        place = bisect_left(halves, half)
        return place < len(halves) and halves[place] == half
