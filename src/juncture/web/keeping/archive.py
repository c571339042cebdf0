"""One file that holds a whole data folder: rows, artefacts, ledger; a manifest of hashes stands at its end."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import secrets
import shutil
import tarfile
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from juncture import __version__
from juncture.model.errors import BadEvidence

_ROWS, _MANIFEST, _KEY = "rows.jsonl", "manifest.json", "secret.key"
_EVIDENCE = "evidence"
_CHUNK = 1024 * 1024
HINT = "Take another backup"


class Manifest(Struct, frozen=True):
    """What a backup holds: the version that made it, the form of its tables, and each member's SHA-256."""

    version: str
    migrations: list[tuple[str, str]]
    members: dict[str, str]
    rows: int


def back_up(data: Path, into: Path, *, with_key: bool) -> Manifest:
    """Write a backup of a data folder, while it serves. The file is whole or not there, and its owner's alone.

    Raises BadEvidence where it cannot be written.
    """
    from juncture.web.keeping.rows import applied, lines, one_moment  # noqa: PLC0415 - Django is set up by then

    part = into.with_name(f".{into.name}.{secrets.token_hex(4)}.part")
    members: dict[str, str] = {}
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (
            os.fdopen(descriptor, "wb") as file,
            gzip.GzipFile(fileobj=file, mode="wb", compresslevel=3, mtime=0, filename="") as packed,
            tarfile.open(fileobj=packed, mode="w|") as tar,
        ):
            # Rows first: what they name is in the store by then, and the store only grows.
            with tempfile.TemporaryFile(dir=into.parent) as spool:
                count = 0
                with one_moment():
                    migrations = applied()
                    for line in lines():
                        spool.write(line)
                        count += 1
                _add(tar, _ROWS, spool, members)
            for path in sorted((data / _EVIDENCE).rglob("*")):
                if path.is_file() and not path.name.startswith("."):
                    with path.open("rb") as held:
                        _add(tar, str(path.relative_to(data)), held, members)
            if with_key and (data / _KEY).exists():
                with (data / _KEY).open("rb") as held:
                    _add(tar, _KEY, held, members)
            manifest = Manifest(__version__, migrations, members, count)
            _add(tar, _MANIFEST, io.BytesIO(msgspec.json.format(msgspec.json.encode(manifest))), {})
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(into)
    except OSError as error:
        raise BadEvidence(str(into), f"cannot be written: {error.strerror or error}", "Choose another place") from None
    finally:
        part.unlink(missing_ok=True)
    return manifest


def _add(tar: tarfile.TarFile, name: str, held: IO[bytes], members: dict[str, str]) -> None:
    """Add an open file as it is now: what is appended to it while it is read stays out."""
    size = held.seek(0, os.SEEK_END)
    held.seek(0)
    info = tarfile.TarInfo(name)
    info.size, info.mode, info.mtime = size, 0o600, int(time.time())
    hashing = _Hashing(held, size)
    tar.addfile(info, hashing)
    members[name] = hashing.digest()


class _Hashing(io.RawIOBase):
    """Reads the first `size` bytes of a file, and hashes them on the way."""

    def __init__(self, held: IO[bytes], size: int) -> None:
        self._held, self._left, self._hash = held, size, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return some bytes."""
        data = self._held.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        self._hash.update(data)
        return data

    def digest(self) -> str:
        """Return the SHA-256 of what was read, as hexadecimal digits."""
        return self._hash.hexdigest()


def unpack(file: Path, into: Path) -> Manifest:
    """Unpack a backup into an empty folder and check every byte of it. Raises BadEvidence for what is no whole backup."""
    seen: dict[str, str] = {}
    try:
        with gzip.open(file, "rb") as opened, tarfile.open(fileobj=opened, mode="r|") as tar:
            for member in tar:
                if not _is_ours(member):
                    raise BadEvidence(
                        str(file), f"holds {member.name!r}, which no backup does", "Give a file of `juncture backup`"
                    )
                held = tar.extractfile(member)
                target = into / member.name
                target.parent.mkdir(parents=True, exist_ok=True)
                if held is not None:
                    seen[member.name] = _copied(held, target)
    except (OSError, EOFError, tarfile.TarError) as error:
        raise BadEvidence(str(file), f"is no whole backup: {error}", HINT) from None
    try:
        manifest = msgspec.json.decode((into / _MANIFEST).read_bytes(), type=Manifest)
    except (OSError, msgspec.DecodeError):
        raise BadEvidence(str(file), "has no manifest: it is no backup, or the end of it is missing", HINT) from None
    seen.pop(_MANIFEST)
    if wrong := sorted(name for name in {*seen, *manifest.members} if seen.get(name) != manifest.members.get(name)):
        raise BadEvidence(str(file), f"is not whole: {wrong[0]} is missing or changed", HINT)
    (into / _MANIFEST).unlink()
    return manifest


def rows_in(folder: Path) -> Iterator[bytes]:
    """Yield the lines of rows that were unpacked."""
    with (folder / _ROWS).open("rb") as file:
        yield from file


def forget_rows(folder: Path) -> None:
    """Remove the unpacked rows, once they are in the database."""
    (folder / _ROWS).unlink(missing_ok=True)


def _is_ours(member: tarfile.TarInfo) -> bool:
    parts = Path(member.name).parts
    inside = parts[:1] == (_EVIDENCE,) and ".." not in parts and len(parts) > 1
    return member.isfile() and not Path(member.name).is_absolute() and (inside or member.name in {_ROWS, _MANIFEST, _KEY})


def _copied(held: IO[bytes], target: Path) -> str:
    digest = hashlib.sha256()
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        while data := held.read(_CHUNK):
            digest.update(data)
            file.write(data)
    return digest.hexdigest()


def discard(folder: Path) -> None:
    """Remove what was staged."""
    shutil.rmtree(folder, ignore_errors=True)
