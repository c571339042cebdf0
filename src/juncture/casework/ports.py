"""What the use cases need from outside: where artefacts are kept. `stores` has the implementations on disk."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, Protocol

from msgspec import Struct

from juncture.casework.ledger import Erasure, Head, Receipt
from juncture.evidence.artefact import Artefact
from juncture.model.evidence import Citation, LeftOut
from juncture.model.identity import ArtefactHash


class Received(Struct, frozen=True):
    """An artefact that comes in. `archive` names the archive that it lay in; `artefact` is its hash where that is known."""

    name: str
    archive: str | None
    opener: Callable[[], BinaryIO]
    artefact: ArtefactHash | None = None


def received(artefact: Artefact) -> Received:
    """Return how an artefact that was walked comes in: `export.zip!/day.json` is `day.json` in `export.zip`."""
    archive, _, name = artefact.label.rpartition("!/")
    return Received(name, archive or None, artefact.open, artefact.hash)


class Cited(Struct, frozen=True):
    """A citation that a document in the store makes, and where it stands."""

    where: str
    citation: Citation


class ArtefactStore(Protocol):
    """Artefacts by hash, unchanged, and the ledger of them."""

    @property
    def salt(self) -> bytes:
        """The store's own secret, at least 16 random bytes: masks use it, nothing shows it."""
        ...

    def put(self, incoming: Iterable[Received], by: str | None = None) -> Iterator[Receipt | LeftOut]:
        """Keep artefacts in slices; yield for each, in order, its receipt once artefact and entry are durable.

        What is held already under the same name and archive gives its first receipt again. What was erased is not kept
        again, and what changed while it was read is not kept: LeftOut says so.
        """
        ...

    def open(self, artefact: ArtefactHash) -> BinaryIO:
        """Return a stream at the first byte. Raises BadEvidence if it is not held, saying so if it was erased."""
        ...

    def artefact(self, artefact: ArtefactHash) -> Artefact:
        """Return the artefact of this hash, without a path. Raises BadEvidence as `open` does."""
        ...

    def erase(self, artefact: ArtefactHash, reason: str, by: str) -> Erasure:
        """Erase an artefact's content, keeping its entries. Raises BadEvidence if it is not held."""
        ...

    def ledger(self) -> Iterator[bytes]:
        """Yield the ledger's lines as they are, without one that was never acknowledged."""
        ...

    def head(self) -> Head:
        """Return the end of the ledger that was last acknowledged."""
        ...

    def held(self) -> Iterator[ArtefactHash]:
        """Yield the hashes that artefacts are held under, whatever the ledger says."""
        ...

    def cited(self) -> Iterator[Cited | LeftOut]:
        """Yield the citations that records and timelines in the store make; LeftOut for those that cannot be read."""
        ...


class Progress(Protocol):
    """Where long work says how far it is."""

    def step(self, what: str, done: int, total: int) -> None:
        """Say that `done` of `total` parts are done and `what` comes next."""
        ...
