"""Is the evidence as it was received, and does every citation lead somewhere?"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator

from msgspec import Struct

from juncture.casework.ledger import Entry, Erasure, Fault, Receipt, faults
from juncture.casework.ports import ArtefactStore, Cited
from juncture.evidence.places import unresolved
from juncture.model.errors import BadEvidence
from juncture.model.identity import ArtefactHash

_CHUNK = 1024 * 1024


class Finding(Struct, frozen=True):
    """What verifying found at one place. `broken` is false where it only has to be known, such as content that was erased."""

    where: str
    what: str
    broken: bool = True

    def __str__(self) -> str:
        """Return the one line: `where: what`."""
        return f"{self.where}: {self.what}"


def verify_store(store: ArtefactStore) -> Iterator[Finding]:
    """Yield every changed byte of ledger and artefacts, what is missing, and each citation that does not resolve.

    Reads every artefact once for its hash, and those that are cited once more. Content that was erased is no problem; that it
    was is said.
    """
    entries: list[Entry] = []
    for found in faults(store.ledger()):
        if isinstance(found, Fault):
            yield Finding(f"ledger, line {found.line}", found.what)
        else:
            entries.append(found)
    yield from _head_faults(store, entries)
    erased = {entry.artefact: entry for entry in entries if isinstance(entry, Erasure)}
    receipts = {entry.artefact: entry for entry in reversed(entries) if isinstance(entry, Receipt)}
    yield from _artefact_faults(store, receipts, erased)
    yield from _citation_faults(store, receipts, erased)


def verify_artefacts(store: ArtefactStore, wanted: Collection[ArtefactHash]) -> Iterator[Finding | ArtefactHash]:
    """Yield what is wrong with the ledger as a chain, and with these artefacts alone; after each of them, its hash.

    For who may know of some artefacts and not of the others beside them: a finding names its artefact by the hash.
    """
    entries: list[Entry] = []
    for found in faults(store.ledger()):
        if isinstance(found, Fault):
            yield Finding("ledger", f"a line {found.what}")
        else:
            entries.append(found)
    if any(_head_faults(store, entries)):
        yield Finding("ledger", "does not end as it was acknowledged")
    erased = {entry.artefact: entry for entry in entries if isinstance(entry, Erasure)}
    receipts = {entry.artefact: entry for entry in reversed(entries) if isinstance(entry, Receipt)}
    for artefact in wanted:
        receipt = receipts.get(artefact)
        if receipt is None:
            yield Finding(artefact, "no entry of the ledger says that it came in")
        else:
            yield from _artefact_faults_of(artefact, store, receipt, erased.get(artefact))
        yield artefact


def _head_faults(store: ArtefactStore, entries: list[Entry]) -> Iterator[Finding]:
    try:
        head = store.head()
    except BadEvidence as error:
        yield Finding(error.where, error.what)
        return
    if len(entries) < head.entries:
        yield Finding("ledger", f"ends after {len(entries):,} entries, but {head.entries:,} were acknowledged")
    elif head.entries and entries[head.entries - 1].hash != head.hash:
        yield Finding("ledger", f"entry {head.entries:,} is not the one that was acknowledged")


def _artefact_faults(
    store: ArtefactStore, receipts: dict[ArtefactHash, Receipt], erased: dict[ArtefactHash, Erasure]
) -> Iterator[Finding]:
    for artefact, receipt in sorted(receipts.items(), key=lambda item: item[1].number):
        where = f"{receipt.archive}!/{receipt.name}" if receipt.archive else receipt.name
        yield from _artefact_faults_of(where, store, receipt, erased.get(artefact))
    for artefact in store.held():
        if artefact in erased:
            yield Finding(artefact, "was erased, and is still there")
        elif artefact not in receipts:
            yield Finding(artefact, "is held, but no entry of the ledger says that it came in")


def _artefact_faults_of(where: str, store: ArtefactStore, receipt: Receipt, erasure: Erasure | None) -> Iterator[Finding]:
    if erasure:
        yield Finding(where, f"erased on {erasure.erased_at.date()} by {erasure.by}: {erasure.reason}", broken=False)
    elif what := _fault_of(store, receipt):
        yield Finding(where, what)


def _fault_of(store: ArtefactStore, receipt: Receipt) -> str | None:
    digest, size = hashlib.sha256(), 0
    try:
        with store.open(receipt.artefact) as stream:
            while piece := stream.read(_CHUNK):
                digest.update(piece)
                size += len(piece)
    except BadEvidence:
        return f"is missing ({receipt.artefact})"
    except OSError as error:
        return f"cannot be read: {error.strerror or error} ({receipt.artefact})"
    if size != receipt.size:
        return f"was changed: {size:,} bytes where {receipt.size:,} came in ({receipt.artefact})"
    if f"sha256:{digest.hexdigest()}" != receipt.artefact:
        return f"was changed: its bytes no longer give its hash ({receipt.artefact})"
    return None


def _citation_faults(
    store: ArtefactStore, receipts: dict[ArtefactHash, Receipt], erased: dict[ArtefactHash, Erasure]
) -> Iterator[Finding]:
    places: dict[ArtefactHash, dict[str, str]] = {}
    for item in store.cited():
        if not isinstance(item, Cited):
            yield Finding(item.where, item.why)
        elif item.citation.artefact not in receipts:
            yield Finding(item.where, f"cites {item.citation.artefact}, which never came in")
        elif item.citation.artefact in erased:
            yield Finding(item.where, f"cites {item.citation.artefact}, which was erased", broken=False)
        else:
            places.setdefault(item.citation.artefact, {}).setdefault(item.citation.place, item.where)
    for artefact, cited in places.items():
        for place in _unresolved_in(store, artefact, cited):
            yield Finding(cited[place], f"cites {place or 'the whole'} of {receipts[artefact].name}, which is not there")


def _unresolved_in(store: ArtefactStore, artefact: ArtefactHash, places: Iterable[str]) -> list[str]:
    try:
        return unresolved(store.artefact(artefact), places)
    except BadEvidence:
        return []  # it is missing, which was said of the artefact already
