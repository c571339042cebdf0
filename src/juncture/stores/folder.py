"""Artefacts and their ledger in a folder.

    DIR/artefacts/ab/abcdef…   each artefact unchanged, read-only, named by the 64 digits of its SHA-256
    DIR/ledger.jsonl           the ledger, one entry a line
    DIR/ledger.head            how far it was acknowledged
    DIR/incoming/              what is being received
    DIR/salt, DIR/lock

What is acknowledged (yielded by `put`) is on the disk: content first, then the ledger, then its head. What was being
received when a process died was never acknowledged, and is cleared by `tidy` or the next one that writes.
"""

from __future__ import annotations

import getpass
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from juncture.casework.ledger import GENESIS, Entry, Erasure, Head, Receipt
from juncture.casework.ports import Cited, Received, received
from juncture.evidence.artefact import Artefact
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut
from juncture.model.identity import ArtefactHash
from juncture.model.instants import Instant
from juncture.stores.citations import citations_in
from juncture.stores.durable import fsync_folder, write_whole
from juncture.stores.incoming import Copy, digits_of, remove_if_abandoned
from juncture.stores.ledger_file import LedgerFile, LedgerIndex

SLICE_FILES = 64
SLICE_BYTES = 64 * 1024 * 1024
"""A slice of so many files or bytes is made durable at once: one at a time would wait for the disk five times a file."""
SALT_BYTES = 32
_OWN = ("artefacts", "incoming", "ledger.jsonl", "ledger.head", "salt", "lock")


class FolderStore:
    """An `ArtefactStore` in a folder, which is made when first written to. Any number of processes may use it at once."""

    def __init__(
        self, folder: Path | str, by: str | None = None, clock: Callable[[], Instant] = lambda: datetime.now(UTC)
    ) -> None:
        """Use `folder`; `by` is who artefacts come through where a call does not say, else this process's user."""
        self._folder = Path(folder)
        self._by = by
        self._clock = clock
        self._ledger = LedgerFile(self._folder)

    @property
    def salt(self) -> bytes:
        """The store's own secret, made when first asked for."""
        path = self._folder / "salt"
        with suppress(FileNotFoundError):
            return path.read_bytes()
        self._make()
        with self._ledger.locked():
            if not path.exists():
                write_whole(path, secrets.token_bytes(SALT_BYTES))
        return path.read_bytes()

    def put(self, incoming: Iterable[Received], by: str | None = None) -> Iterator[Receipt | LeftOut]:
        """Keep artefacts, as `ArtefactStore.put` says. Raises BadEvidence if the disk is full or the ledger damaged."""
        batch: list[Copy | LeftOut] = []
        size = 0
        try:
            self._make()
            self._clear_abandoned()
            for item in incoming:
                batch.append(self._copied(item))
                size += batch[-1].size if isinstance(batch[-1], Copy) else 0
                if len(batch) >= SLICE_FILES or size >= SLICE_BYTES:
                    slice_, batch, size = batch, [], 0
                    yield from self._entered(slice_, by or self._by or _user())
            slice_, batch = batch, []
            yield from self._entered(slice_, by or self._by or _user())
        except OSError as error:
            raise BadEvidence(str(self._folder), f"cannot be written: {error.strerror or error}") from error
        finally:
            for copy in batch:
                if isinstance(copy, Copy):
                    copy.discard()

    def keep(self, artefacts: Iterable[Artefact], by: str | None = None) -> list[LeftOut]:
        """Keep artefacts that were walked; return what could not be kept and why."""
        answers = self.put((received(artefact) for artefact in artefacts), by)
        return [answer for answer in answers if isinstance(answer, LeftOut)]

    def open(self, artefact: ArtefactHash) -> BinaryIO:
        """Return a stream of an artefact, as `ArtefactStore.open` says."""
        try:
            return self._path_of(artefact).open("rb")
        except FileNotFoundError:
            raise self._not_held(artefact) from None

    def artefact(self, artefact: ArtefactHash) -> Artefact:
        """Return the artefact of this hash; its label is the name that it first came under."""
        try:
            size = self._path_of(artefact).stat().st_size
        except FileNotFoundError:
            raise self._not_held(artefact) from None
        return Artefact(artefact, None, size, lambda: self.open(artefact), self._ledger.index().name_of(artefact))

    def erase(self, artefact: ArtefactHash, reason: str, by: str) -> Erasure:
        """Erase an artefact's content: the entry first, so that what is gone is always explained."""
        self._make()
        with self._ledger.locked():
            index = self._ledger.caught_up()
            if not index.is_held(artefact):
                # Whoever entered that it was erased may have died before the bytes were gone.
                self._clear(index)
                raise self._not_held(artefact)
            erasure = Erasure(
                number=0, previous=GENESIS, artefact=artefact, reason=reason, erased_at=self._clock(), by=by
            )  # fmt: skip
            self._ledger.append([erasure])
            self._clear(index)
        return index.erased[artefact]

    def tidy(self) -> None:
        """Clear what was being received when a process died; what it had entered goes to its place. OSError on a full disk."""
        if not (self._folder / "incoming").is_dir():
            return
        with self._ledger.locked():
            self._clear(self._ledger.caught_up())

    def ledger(self) -> Iterator[bytes]:
        """Yield the ledger's lines; a last one that was cut off before it was acknowledged is left out."""
        yield from self._ledger.lines()

    def head(self) -> Head:
        """Return the end of the ledger that was last acknowledged. Raises BadEvidence if that note is damaged."""
        return self._ledger.head()

    def held(self) -> Iterator[ArtefactHash]:
        """Yield the hashes that the files under `artefacts/` are named by, in order."""
        for path in sorted((self._folder / "artefacts").glob("*/*")):
            yield ArtefactHash(f"sha256:{path.name}")

    def cited(self) -> Iterator[Cited | LeftOut]:
        """Yield the citations of the Markdown, JSON and JSON Lines files in the folder, its own files aside."""
        own = {self._folder / name for name in _OWN}
        for path in sorted(self._folder.rglob("*")):
            if not own.intersection((path, *path.parents)) and path.is_file():
                yield from citations_in(path, str(path.relative_to(self._folder)))

    def _make(self) -> None:
        for name in ("artefacts", "incoming"):
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)

    def _copied(self, item: Received) -> Copy | LeftOut:
        if item.artefact and self._path_of(item.artefact).exists():
            return Copy(item, item.artefact, 0)
        copy = Copy.of(item, self._folder / "incoming")
        if item.artefact and copy.artefact != item.artefact:
            copy.discard()
            return LeftOut(item.name, "changed while it was read: not stored; read it again", damaged=True)
        return copy

    def _entered(self, slice_: list[Copy | LeftOut], by: str) -> Iterator[Receipt | LeftOut]:
        """Make a slice durable, enter it into the ledger, and yield the answers in its order."""
        copies = [one for one in slice_ if isinstance(one, Copy)]
        try:
            for copy in copies:
                copy.make_durable()
            with self._ledger.locked():
                index = self._ledger.caught_up()
                self._clear(index)
                fresh = self._fresh(copies, index, by)
                for copy in copies:
                    if copy.artefact not in index.erased:
                        copy.name_by_hash()
                fsync_folder(self._folder / "incoming")
                self._ledger.append(fresh)
                self._clear(index)
        finally:
            for copy in copies:
                copy.discard()
        for one in slice_:
            yield one if isinstance(one, LeftOut) else _answer(one, index)

    def _fresh(self, copies: list[Copy], index: LedgerIndex, by: str) -> list[Entry]:
        """Return the receipts that the copies need, each once, unnumbered."""
        fresh: dict[tuple[ArtefactHash, str, str | None], Entry] = {}
        for copy in copies:
            name, archive = copy.received.name, copy.received.archive
            if copy.artefact in index.erased or index.receipt_of(copy.artefact, name, archive):
                continue
            fresh.setdefault(
                (copy.artefact, name, archive),
                Receipt(
                    number=0,
                    previous=GENESIS,
                    artefact=copy.artefact,
                    size=copy.size if copy.is_new else self._path_of(copy.artefact).stat().st_size,
                    name=name,
                    archive=archive,
                    received_at=self._clock(),
                    by=by,
                ),
            )
        return list(fresh.values())

    def _clear(self, index: LedgerIndex) -> None:
        """Move what is entered to its place, remove what is erased and what was left over. Needs the lock."""
        changed: set[Path] = set()
        self._clear_abandoned()
        for path in (self._folder / "incoming").iterdir():
            if path.suffix == ".part":
                continue
            if not index.is_held(ArtefactHash(f"sha256:{path.name}")):
                path.unlink()
            else:
                place = self._place_of(path.name)
                if not place.parent.exists():
                    place.parent.mkdir(mode=0o700)
                    changed.add(place.parent.parent)
                path.replace(place)
                changed.add(place.parent)
        for folder in changed:
            fsync_folder(folder)
        for artefact in index.erased:
            self._place_of(digits_of(artefact)).unlink(missing_ok=True)

    def _clear_abandoned(self) -> None:
        """Remove what processes were receiving that are gone: half of it may be what fills the disk."""
        for path in (self._folder / "incoming").glob("*.part"):
            remove_if_abandoned(path)

    def _place_of(self, digits: str) -> Path:
        return self._folder / "artefacts" / digits[:2] / digits

    def _path_of(self, artefact: ArtefactHash) -> Path:
        digits = digits_of(artefact)
        place = self._place_of(digits)
        return place if place.exists() else self._folder / "incoming" / digits

    def _not_held(self, artefact: ArtefactHash) -> BadEvidence:
        index = self._ledger.index()
        if erasure := index.erased.get(artefact):
            day = erasure.erased_at.date().isoformat()
            return BadEvidence(index.name_of(artefact), f"was erased on {day} by {erasure.by}: {erasure.reason}")
        return BadEvidence(artefact, f"is not in the store {self._folder}", "Read the evidence into it again")


def _user() -> str:
    with suppress(KeyError, OSError):  # a container may run under a number that has no name
        return getpass.getuser()
    return f"user {os.getuid()}"


def _answer(copy: Copy, index: LedgerIndex) -> Receipt | LeftOut:
    name = copy.received.name
    if erasure := index.erased.get(copy.artefact):
        day = erasure.erased_at.date().isoformat()
        return LeftOut(name, f"was erased from the store on {day} ({erasure.reason}): not stored again")
    receipt = index.receipt_of(copy.artefact, name, copy.received.archive)
    assert receipt is not None  # noqa: S101 - it was entered a moment ago
    return receipt
