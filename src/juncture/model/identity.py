"""Identities: what makes two sightings the same one, for ever.

All ids are 128 bits, written as 32 hexadecimal digits, and come from a collision-resistant hash: equal ids mean equal things.
"""

from __future__ import annotations

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
