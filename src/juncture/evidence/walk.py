"""Artefacts out of files and archives: recognised by content, walked member by member, each hashed, within limits.

Nothing is written to the disk under a name that an archive gives, and nothing is held in memory: an artefact opens its
member again for each pass. What needs to be read at random (an archive inside a packed one) goes through `scratch`.
"""

from __future__ import annotations

import io
import re
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from hashlib import sha256
from itertools import chain
from typing import BinaryIO, cast

from msgspec import Struct

from juncture.evidence.archives import tars, zips
from juncture.evidence.archives.members import Member
from juncture.evidence.archives.streams import CHUNK, Bounded, Broken, Packing, Reopenable, Window, read_into, unpacked
from juncture.evidence.artefact import Artefact
from juncture.model.evidence import LeftOut
from juncture.model.identity import ArtefactHash

Found = Artefact | LeftOut
MEGABYTE = 1024 * 1024
_LABEL_JOIN = "!/"
_LITTER = {".ds_store", "thumbs.db", "desktop.ini", ".localized", "icon\r"}
_SUFFIX = re.compile(r"\.(gz|gzip|bz2|bzip2|xz|tgz|tbz2?|txz)$", re.IGNORECASE)
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_DRIVE = re.compile(r"^[a-zA-Z]:")
_UNREADABLE = {
    b"7z\xbc\xaf\x27\x1c": "a 7-Zip archive",
    b"Rar!\x1a\x07": "a RAR archive",
    b"\x28\xb5\x2f\xfd": "packed by Zstandard",
    b"\x04\x22\x4d\x18": "packed by LZ4",
    b"\x1f\x9d": "packed by compress",
    b"MSCF": "a cabinet archive",
}


class Limits(Struct, frozen=True):
    """How far archives are followed. Each is far beyond what an export has, and well within what a machine can bear."""

    depth: int = 5
    """Archives within archives. A support bundle has three; an archive that contains itself has no end."""
    members: int = 100_000
    """Files in all archives of one given file. Ten years of a hundred channels are a file a day: 365,000 at the very most."""
    ratio: int = 300
    """Unpacked to packed size. Repetitive logs reach 100, zip at most 1,032, and only bombs want to."""
    ratio_from: int = 64 * MEGABYTE
    """Unpacked bytes of one member from which the ratio counts: below it blanks harm nobody."""
    single: int = 4096 * MEGABYTE
    """Unpacked bytes of one member."""
    total: int = 16384 * MEGABYTE
    """Bytes unpacked from one given file, archives inside archives included."""
    name_length: int = 1024
    """Characters of a member's name. The longest path that Linux and Windows open by default is 4,096 and 260."""


def walk(
    label: str, opener: Callable[[], BinaryIO], limits: Limits, scratch: Callable[[], BinaryIO]
) -> Iterator[Artefact | LeftOut]:
    """Yield the artefacts of one given file: itself, or, if it is an archive, its members and theirs.

    `opener` returns a new seekable stream each time, `scratch` an empty seekable stream to write to; both are closed here or
    by the artefacts. Members are labelled `export.zip!/day.json`, nested ones `a.tar.gz!/b.zip!/c.json`. What is not read
    comes as LeftOut with the reason; what stood whole before the damage is read.
    """
    yield from _Walk(limits, scratch).visit(label, _Source(opener), depth=0)


def is_litter(name: str) -> bool:
    """Tell whether a file is what macOS and Windows leave beside files: no evidence, whatever is in it."""
    parts = name.split("/")
    return "__MACOSX" in parts or parts[-1].startswith("._") or parts[-1].lower() in _LITTER


def safe_label(name: str) -> str:
    """Return a name as one printable line: controls, text direction marks and what is no text become escapes."""
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape", "backslashreplace").decode(), name)


class _Source:
    """Bytes that can be opened again: where they come from, and what is known about them beforehand."""

    def __init__(
        self, opener: Callable[[], BinaryIO], *, packed: int | None = None, size: int | None = None, checksum: int | None = None
    ) -> None:
        self.open = opener
        self.packed = packed
        """The size that it is unpacked from, None if it is not unpacked: then it can seek."""
        self.size = size
        self.checksum = checksum

    def fault(self, size: int, checksum: int) -> str | None:
        """Return what is wrong with the bytes that came, whose number and CRC-32 are given; None if nothing is."""
        if self.size is not None and size < self.size:
            return "ends in the middle"
        if self.checksum is not None and checksum != self.checksum:
            return "does not have the checksum that the archive gives for it"
        return None


class _TooMuch(Exception):  # noqa: N818 - it says what was met
    """A limit was reached. The message completes `The file …`."""


class _Walk:
    """One walk: what it has unpacked and met so far, against its limits."""

    def __init__(self, limits: Limits, scratch: Callable[[], BinaryIO]) -> None:
        self._limits = limits
        self._scratch = scratch
        self._members = 0
        self._unpacked = 0

    def visit(self, label: str, source: _Source, depth: int) -> Iterator[Found]:
        """Yield what a source holds: the artefact that it is, or the members of the archive that it is."""
        try:
            yield from self._opened(label, source, depth)
        except OSError as error:
            yield LeftOut(label, f"cannot be read: {error.strerror or error}", damaged=True)
        except _TooMuch as error:
            yield LeftOut(label, str(error), damaged=True)

    def _opened(self, label: str, source: _Source, depth: int) -> Iterator[Found]:
        with source.open() as stream:
            start, broken = _start(stream)
            shape = _shape(start)
            if shape is None:
                yield from self._plain(label, source, stream, start, broken)
                return
        if depth >= self._limits.depth:
            yield LeftOut(label, f"lies deeper than {depth} archives within each other: not opened", damaged=True)
        elif isinstance(shape, Packing):
            yield from self._packed_file(label, source, shape, depth)
        else:
            yield from self._archive(label, source, shape, depth)

    def _plain(self, label: str, source: _Source, stream: BinaryIO, start: bytes, broken: str | None) -> Iterator[Found]:
        """Hash the stream, of which `start` was read, and yield the artefact. Raises OSError, _TooMuch."""
        for magic, what in _UNREADABLE.items():
            if start.startswith(magic):
                yield LeftOut(label, f"is {what}, which is not read here: give the unpacked folder")
                return
        digest, checksum, size = sha256(), 0, 0
        try:
            for piece in [start] if broken else self._pieces(stream, start, source):
                digest.update(piece)
                size += len(piece)
                checksum = zlib.crc32(piece, checksum) if source.checksum is not None else 0
        except Broken as error:
            broken = str(error)
        broken = broken or source.fault(size, checksum)
        if size:
            yield Artefact(ArtefactHash(f"sha256:{digest.hexdigest()}"), label, size, _reader(source.open, size), label)
        if broken:
            yield LeftOut(label, f"{broken}: read as far as it goes ({size:,} bytes)", damaged=True)
        elif not size:
            yield LeftOut(label, "is empty")

    def _packed_file(self, label: str, source: _Source, packing: Packing, depth: int) -> Iterator[Found]:
        """Walk a file that is packed as one stream: a packed tar, else one file."""
        packed = source.packed
        if packed is None:
            with source.open() as stream:
                packed = stream.seek(0, io.SEEK_END)
        inner = _Source(lambda: unpacked(source.open(), packing), packed=packed)
        with inner.open() as stream:
            start, _ = _start(stream)
        if tars.is_tar(start):
            yield from self._archive(label, inner, tars.members, depth)
            return
        name = _SUFFIX.sub("", label.replace(_LABEL_JOIN, "/").rsplit("/", 1)[-1])
        yield from self.visit(f"{label}{_LABEL_JOIN}{name}", inner, depth + 1)

    def _archive(
        self, label: str, source: _Source, members: Callable[[BinaryIO], Iterator[Member]], depth: int
    ) -> Iterator[Found]:
        if source.packed is not None:
            source, broken = self._spooled(source)
            if broken:
                yield LeftOut(label, f"{broken}: read as far as it goes", damaged=True)
        litter, names = 0, Counter[str]()
        with source.open() as stream:
            try:
                for member in members(stream):
                    self._members += 1
                    if self._members > self._limits.members:
                        yield LeftOut(
                            label, f"holds more than {self._limits.members:,} files: the rest is not read", damaged=True
                        )
                        break
                    if is_litter(member.name):
                        litter += 1
                    else:
                        yield from self._member(label, source, member, names, depth)
            except Broken as error:
                yield LeftOut(label, f"{error}: what could be told is read", damaged=True)
        if litter:
            yield LeftOut(label, "left there by macOS or Windows, no evidence", count=litter)

    def _member(self, label: str, archive: _Source, member: Member, names: Counter[str], depth: int) -> Iterator[Found]:
        parts = [part for part in _DRIVE.sub("", member.name).replace("\\", "/").split("/") if part not in ("", ".")]
        name = safe_label("/".join(parts)[: self._limits.name_length]) or "(no name)"
        names[name] += 1
        own = f"{label}{_LABEL_JOIN}{name}" if names[name] == 1 else f"{label}{_LABEL_JOIN}{name} ({names[name]})"
        if member.refused:
            yield LeftOut(own, member.refused, damaged=member.damaged)
        elif ".." in parts:
            yield LeftOut(own, "has a name that leads out of the archive: not read", damaged=True)
        elif len(member.name) > self._limits.name_length:
            yield LeftOut(own, f"has a name of {len(member.name):,} characters: not read", damaged=True)
        else:
            yield from self.visit(own, _member_source(archive, member), depth + 1)

    def _spooled(self, source: _Source) -> tuple[_Source, str | None]:
        """Copy a source to where it can be read at random; also return what broke on the way. Raises _TooMuch, OSError."""
        spool = self._scratch()
        kept = Reopenable(spool)
        try:
            with source.open() as stream:
                for piece in self._pieces(stream, b"", source, single=self._limits.total):
                    spool.write(piece)
        except Broken as error:
            return _Source(kept.open), str(error)
        return _Source(kept.open), None

    def _pieces(self, stream: BinaryIO, start: bytes, source: _Source, single: int | None = None) -> Iterator[bytes]:
        """Yield `start` and what follows it, raising _TooMuch where unpacking goes beyond a limit."""
        size = 0
        for piece in chain((start,) if start else (), _rest(stream)):
            size += len(piece)
            if source.packed is not None:
                self._account(len(piece), size, source.packed, single or self._limits.single)
            yield piece

    def _account(self, count: int, size: int, packed: int, single: int) -> None:
        limits = self._limits
        self._unpacked += count
        if size > single:
            raise _TooMuch(f"unpacks to more than {single // MEGABYTE:,} MB: not read; split it")
        if size > limits.ratio_from and size > limits.ratio * packed:
            raise _TooMuch(f"unpacks to more than {limits.ratio} times its size: not read; give the unpacked file")
        if self._unpacked > limits.total:
            raise _TooMuch(f"is beyond the {limits.total // MEGABYTE:,} MB that are unpacked of one archive: not read")


def _member_source(archive: _Source, member: Member) -> _Source:
    def window() -> BinaryIO:
        return cast("BinaryIO", Window(archive.open(), member.start, member.size))

    if member.packing is Packing.STORED:
        return _Source(window, size=member.size, checksum=member.checksum)
    return _Source(lambda: unpacked(window(), member.packing), packed=member.size, checksum=member.checksum)


def _reader(opener: Callable[[], BinaryIO], size: int) -> Callable[[], BinaryIO]:
    """Return an opener of exactly the bytes that were hashed, however the file grows or where it breaks."""

    def reader() -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", Bounded(opener(), size)), CHUNK))

    return reader


def _start(stream: BinaryIO) -> tuple[bytes, str | None]:
    """Return the first bytes, as many as recognising takes and a chunk gives, and what broke on the way."""
    buffer = bytearray(CHUNK)
    view = memoryview(buffer)
    filled = 0
    try:
        while filled < len(buffer) and (count := read_into(stream, view[filled:])):
            filled += count
    except Broken as error:
        return bytes(view[:filled]), str(error)
    return bytes(view[:filled]), None


def _rest(stream: BinaryIO) -> Iterator[bytes]:
    view = memoryview(bytearray(CHUNK))
    while count := read_into(stream, view):
        yield bytes(view[:count])


def _shape(start: bytes) -> Packing | Callable[[BinaryIO], Iterator[Member]] | None:
    if start.startswith((zips.LOCAL, zips.END, zips.DESCRIPTOR + zips.LOCAL)):
        return zips.members
    if start.startswith(b"\x1f\x8b\x08"):
        return Packing.GZIP
    if start.startswith(b"\xfd7zXZ\0"):
        return Packing.XZ
    if start[:3] == b"BZh" and start[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return Packing.BZIP2
    return tars.members if tars.is_tar(start) else None
