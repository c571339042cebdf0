"""The ledger: what was received and what was erased, each entry sealed with a hash that covers the one before it.

A line of the ledger is the entry as JSON. Its `hash` is the SHA-256 of that JSON with an empty `hash`, and `previous` is the
hash of the entry before, so whoever holds one hash can tell that nothing before it changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NewType

import msgspec
from msgspec import Struct

from juncture.model.identity import ArtefactHash
from juncture.model.instants import Instant

EntryHash = NewType("EntryHash", str)
"""64 hexadecimal digits."""

GENESIS = EntryHash("0" * 64)
"""What the first entry names as the one before it."""


class Receipt(Struct, frozen=True, kw_only=True, tag="received", tag_field="type"):
    """An artefact came in: under which name, in which archive if in one, when, and through whom."""

    number: int
    previous: EntryHash
    artefact: ArtefactHash
    size: int
    name: str
    archive: str | None
    received_at: Instant
    by: str
    hash: EntryHash = EntryHash("")


class Erasure(Struct, frozen=True, kw_only=True, tag="erased", tag_field="type"):
    """An artefact's content was erased; its receipts and this reason stay."""

    number: int
    previous: EntryHash
    artefact: ArtefactHash
    reason: str
    erased_at: Instant
    by: str
    hash: EntryHash = EntryHash("")


Entry = Receipt | Erasure


class Head(Struct, frozen=True):
    """The end of a ledger: how many entries it has, how many bytes they take, and the hash of the last one."""

    entries: int = 0
    bytes: int = 0
    hash: EntryHash = GENESIS


class Fault(Struct, frozen=True):
    """Something in the ledger that is not as it was written: at which line (counted from 1), and what is wrong."""

    line: int
    what: str


_decoder: msgspec.json.Decoder[Entry] = msgspec.json.Decoder(Entry)


def sealed(entry: Entry) -> Entry:
    """Return the entry with its hash."""
    return msgspec.structs.replace(entry, hash=_hash_of(entry))


def written(entry: Entry) -> bytes:
    """Return the line that an entry is written as, its end included."""
    return msgspec.json.encode(entry) + b"\n"


def read_line(line: bytes) -> Entry:
    """Return the entry that a line says. Raises msgspec.DecodeError (a ValueError) where it says none."""
    return _decoder.decode(line)


def faults(lines: Iterable[bytes]) -> Iterator[Fault | Entry]:
    """Yield each entry of a ledger, and before it what is wrong with its line: any byte that is not as it was written.

    Goes on after a fault with what the line itself says, so that one changed line is one fault, not one for each that follows.
    """
    previous, number = GENESIS, 0
    for at, line in enumerate(lines, 1):
        try:
            entry = read_line(line)
        except ValueError as error:
            yield Fault(at, f"is no entry of a ledger ({error})")
            previous, number = EntryHash(""), number + 1
            continue
        number += 1
        if written(entry) != line:
            yield Fault(at, "is not written as the ledger writes")
        if entry.hash != _hash_of(entry):
            yield Fault(at, "was changed: its hash does not fit what it says")
        if previous and entry.previous != previous:
            yield Fault(at, "does not follow the entry before it: one was changed, removed or put in between")
        elif entry.number != number:
            yield Fault(at, f"has number {entry.number} where {number} comes")
        previous, number = entry.hash, entry.number
        yield entry


def _hash_of(entry: Entry) -> EntryHash:
    return EntryHash(hashlib.sha256(msgspec.json.encode(msgspec.structs.replace(entry, hash=""))).hexdigest())
