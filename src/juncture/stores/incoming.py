"""Artefacts on their way into a folder: copied beside it, hashed as they are copied, and moved to their place when entered."""

from __future__ import annotations

import fcntl
import os
import secrets
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from juncture.casework.ports import Received
from juncture.model.errors import BadEvidence
from juncture.model.identity import ArtefactHash
from juncture.stores.durable import write_all

COPY_CHUNK = 1024 * 1024
_DIGITS = 64


class Copy:
    """An artefact that is being received. Without a path of its own it is held already, and nothing was copied."""

    def __init__(self, received: Received, artefact: ArtefactHash, size: int) -> None:
        self.received = received
        self.artefact = artefact
        self.size = size
        self._path: Path | None = None
        self._descriptor: int | None = None

    @classmethod
    def of(cls, received: Received, folder: Path) -> Copy:
        """Return a copy in `folder`, not yet durable. Raises OSError."""
        copy = cls(received, ArtefactHash(""), 0)
        copy._path, copy._descriptor = _, descriptor = _own_file(folder)
        digest = sha256()
        try:
            with received.opener() as stream:
                while piece := stream.read(COPY_CHUNK):
                    digest.update(piece)
                    copy.size += len(piece)
                    write_all(descriptor, piece)
        except BaseException:
            copy.discard()
            raise
        copy.artefact = ArtefactHash(f"sha256:{digest.hexdigest()}")
        return copy

    @property
    def is_new(self) -> bool:
        """Whether bytes were copied that have no name yet."""
        return self._path is not None

    def make_durable(self) -> None:
        """Wait until the bytes are on the disk."""
        if self._descriptor is not None:
            os.fsync(self._descriptor)

    def name_by_hash(self) -> None:
        """Name the copy by its hash, so that whoever comes after a crash knows what it is."""
        if self._path:
            self._path.replace(self._path.with_name(digits_of(self.artefact)))
            self._path = None
        self.discard()

    def discard(self) -> None:
        """Remove what was copied, if it has no name yet."""
        if self._path:
            self._path.unlink(missing_ok=True)
            self._path = None
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def _own_file(folder: Path) -> tuple[Path, int]:
    """Return a new file, locked: the lock says, as long as this process lives, that the file is not left over.

    Between being made and being locked it looks left over: where another process has removed it by then, make another.
    """
    while True:
        path = folder / f"{secrets.token_hex(8)}.part"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_nlink:
            return path, descriptor
        os.close(descriptor)


def remove_if_abandoned(path: Path) -> None:
    """Remove a copy whose process is gone: then nobody holds its lock."""
    with suppress(FileNotFoundError, BlockingIOError):
        descriptor = os.open(path, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            path.unlink()
        finally:
            os.close(descriptor)


def digits_of(artefact: ArtefactHash) -> str:
    """Return the 64 digits of a hash, safe as a file's name. Raises BadEvidence where it has none."""
    digits = artefact.removeprefix("sha256:")
    if len(digits) != _DIGITS or not set(digits) <= set("0123456789abcdef"):
        raise BadEvidence(artefact[:100], "is no hash of an artefact", "It is sha256: and 64 hexadecimal digits")
    return digits
