"""The ledger as a file that is only ever added to, by any number of processes, and what it says.

`ledger.head` is written after each addition, so a line beyond it was never acknowledged: whole ones are taken over, one
that a dying process left without its end is cut away. A ledger that ends before its head has lost something, and is refused.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from juncture.casework.ledger import Entry, Erasure, Head, Receipt, read_line, sealed, written
from juncture.model.errors import BadEvidence
from juncture.model.identity import ArtefactHash
from juncture.stores.durable import write_all, write_whole


class LedgerIndex:
    """What a ledger says, up to `head`."""

    def __init__(self) -> None:
        self.head = Head()
        self.erased: dict[ArtefactHash, Erasure] = {}
        self._names: dict[ArtefactHash, str] = {}
        self._receipts: dict[tuple[ArtefactHash, str, str | None], Receipt] = {}

    def add(self, entries: Iterable[Entry], head: Head) -> None:
        """Take up further entries, the last of which `head` tells."""
        self.head = head
        for entry in entries:
            if isinstance(entry, Receipt):
                self._names.setdefault(entry.artefact, entry.name)
                self._receipts.setdefault((entry.artefact, entry.name, entry.archive), entry)
            else:
                self.erased[entry.artefact] = entry

    def is_held(self, artefact: ArtefactHash) -> bool:
        """Tell whether an artefact came in and was not erased."""
        return artefact in self._names and artefact not in self.erased

    def name_of(self, artefact: ArtefactHash) -> str:
        """Return the name that an artefact first came under, the hash if it never came."""
        return self._names.get(artefact, artefact)

    def receipt_of(self, artefact: ArtefactHash, name: str, archive: str | None) -> Receipt | None:
        """Return the first receipt of an artefact under this name, None if there is none."""
        return self._receipts.get((artefact, name, archive))


class LedgerFile:
    """`ledger.jsonl`, `ledger.head` and `lock` in a folder."""

    def __init__(self, folder: Path) -> None:
        self._lines = folder / "ledger.jsonl"
        self._head = folder / "ledger.head"
        self._lock = folder / "lock"
        self._index = LedgerIndex()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep all other processes from writing."""
        descriptor = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def lines(self) -> Iterator[bytes]:
        """Yield the lines as they are, without a last one that was never acknowledged and has no end."""
        acknowledged, at = 0, 0
        with suppress(BadEvidence):
            acknowledged = self.head().bytes
        with suppress(FileNotFoundError), self._lines.open("rb") as stream:
            for line in stream:
                at += len(line)
                if line.endswith(b"\n") or at <= acknowledged:
                    yield line

    def head(self) -> Head:
        """Return the acknowledged end. Raises BadEvidence where the note of it is damaged or gone."""
        try:
            return msgspec.json.decode(self._head.read_bytes(), type=Head)
        except FileNotFoundError:
            if self._lines.exists() and self._lines.stat().st_size:
                raise BadEvidence(str(self._head), "is gone, and with it how far the ledger was acknowledged") from None
            return Head()
        except ValueError as error:
            raise BadEvidence(str(self._head), f"does not say where the ledger ends ({error})") from error

    def index(self) -> LedgerIndex:
        """Return what the ledger says now, for reading alone. Damaged lines are `verify`'s to report, and passed over."""
        index = LedgerIndex()
        for line in self.lines():
            with suppress(ValueError):
                index.add([read_line(line)], index.head)
        return index

    def caught_up(self) -> LedgerIndex:
        """Return what the ledger says up to its very end, which is ready to be added to. Needs the lock.

        Raises BadEvidence where the ledger is damaged.
        """
        head, index = self.head(), self._index
        if not self._head.exists():
            write_whole(self._head, msgspec.json.encode(head))
        self._lines.touch(mode=0o600)
        with self._lines.open("rb+") as stream:
            if stream.seek(0, os.SEEK_END) < max(head.bytes, index.head.bytes):
                raise BadEvidence(str(self._lines), "has lost its end", "See `juncture verify`, and restore it from a backup")
            stream.seek(index.head.bytes)
            tail = stream.read()
            whole = tail.rfind(b"\n") + 1
            if whole < len(tail):
                if index.head.bytes + whole < head.bytes:
                    raise BadEvidence(str(self._lines), "has a line without an end", "See `juncture verify`")
                stream.truncate(index.head.bytes + whole)
                os.fsync(stream.fileno())
        try:
            entries = [read_line(line) for line in tail[:whole].splitlines(keepends=True)]
        except ValueError as error:
            raise BadEvidence(str(self._lines), f"is damaged ({error})", "See `juncture verify`") from error
        if entries:
            index.add(entries, Head(entries[-1].number, index.head.bytes + whole, entries[-1].hash))
        if index.head.bytes > head.bytes:
            write_whole(self._head, msgspec.json.encode(index.head))
        return index

    def append(self, fresh: Iterable[Entry]) -> list[Entry]:
        """Write entries behind the end, numbered, chained and sealed; return them. Needs the lock, and `caught_up` before.

        Raises OSError, having taken back what was written, where the disk is full.
        """
        head, entries = self._index.head, []
        for entry in fresh:
            linked = msgspec.structs.replace(entry, number=head.entries + 1, previous=head.hash)
            entries.append(sealed(linked))
            head = Head(head.entries + 1, head.bytes + len(written(entries[-1])), entries[-1].hash)
        if entries:
            self._write(b"".join(written(entry) for entry in entries))
            write_whole(self._head, msgspec.json.encode(head))
            self._index.add(entries, head)
        return entries

    def _write(self, data: bytes) -> None:
        descriptor = os.open(self._lines, os.O_WRONLY | os.O_APPEND)
        try:
            write_all(descriptor, data)
            os.fsync(descriptor)
        except OSError:
            os.ftruncate(descriptor, self._index.head.bytes)
            raise
        finally:
            os.close(descriptor)
