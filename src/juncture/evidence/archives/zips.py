"""Zip: its members by its directory, or, where that is lost, by the headers before each member.

Format: PKWARE, APPNOTE.TXT 6.3.10; section numbers below are that document's.
"""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from typing import BinaryIO, NamedTuple, cast

from juncture.evidence.archives.members import Guarded, HeaderTooLarge, Member
from juncture.evidence.archives.streams import CHUNK, Broken, Packing

LOCAL_HEADER = struct.Struct("<4sHHHHHIIIHH")
"""4.3.7: signature, version, flags, method, time, date, CRC-32, packed size, size, name length, extra length."""
LOCAL, DIRECTORY, DESCRIPTOR, END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08", b"PK\x05\x06"
ENCRYPTED, SIZES_FOLLOW, UTF8_NAME = 0x1, 0x8, 0x800
"""4.4.4: bits 0, 3 and 11 of the flags."""
MADE_ON_UNIX = 3
_METHODS = {packing.value: packing for packing in (Packing.STORED, Packing.DEFLATE, Packing.BZIP2)}
_METHOD_NAMES = {9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES encryption"}


def members(stream: BinaryIO) -> Iterator[Member]:
    """Yield the files of a zip archive in the order of its directory. Folders are none.

    Where the directory is lost (the archive was cut off), yields the members that stand whole or in part in what is left, and
    then raises Broken. Members that share their bytes with others, as in archives made to explode, are refused.
    """
    try:
        listed = zipfile.ZipFile(cast("io.BytesIO", Guarded(stream))).infolist()
    except HeaderTooLarge:
        raise Broken("lists more files than are read here: give the unpacked folder") from None
    except (zipfile.BadZipFile, struct.error, ValueError, OSError, EOFError, NotImplementedError, OverflowError):
        yield from _without_directory(stream)
        raise Broken("has lost its directory: it was cut off or damaged") from None
    overlapping = _overlapping(listed)
    for info in listed:
        if not info.filename.endswith(("/", "\\")):
            yield _member(stream, info, overlaps=info.header_offset in overlapping)


def _member(stream: BinaryIO, info: zipfile.ZipInfo, *, overlaps: bool) -> Member:
    name = _name(info.orig_filename, utf8=bool(info.flag_bits & UTF8_NAME))
    if overlaps:
        return Member(name, refused="shares its bytes with another member, as in archives made to explode", damaged=True)
    header = _local_header(stream, info.header_offset)
    if header is None:
        return Member(name, refused="is not where the archive says it is", damaged=True)
    mode = info.external_attr >> 16 if info.create_system == MADE_ON_UNIX else 0
    return _checked(
        Member(name, header.data_at, info.compress_size, checksum=info.CRC), info.flag_bits, info.compress_type, mode
    )


def _checked(member: Member, flags: int, method: int, mode: int = 0) -> Member:
    if flags & ENCRYPTED:
        return _refused(member, "is encrypted: unpack it with its password and give the folder", damaged=True)
    if method not in _METHODS:
        name = _METHOD_NAMES.get(method, f"method {method}")
        return _refused(member, f"is packed by {name}, which is not read here: give the unpacked folder", damaged=True)
    if stat.S_ISLNK(mode):
        return _refused(member, "is a symbolic link: not followed")
    return Member(member.name, member.start, member.size, _METHODS[method], member.checksum)


def _refused(member: Member, why: str, *, damaged: bool = False) -> Member:
    return Member(member.name, refused=why, damaged=damaged)


def _overlapping(listed: list[zipfile.ZipInfo]) -> set[int]:
    """Return the offsets of members that begin before the one in front of them ends (or at the same place)."""
    found: set[int] = set()
    end = 0
    for info in sorted(listed, key=lambda info: info.header_offset):
        if info.header_offset < end:
            found.add(info.header_offset)
        own_end = info.header_offset + LOCAL_HEADER.size + len(info.orig_filename) + info.compress_size
        end = max(end, own_end)
    return found


def _name(decoded: str, *, utf8: bool) -> str:
    """Return a member's name. Without the flag it should be code page 437, but macOS and others write UTF-8 (D.1)."""
    if not utf8:
        with suppress(UnicodeError):
            decoded = decoded.encode("cp437").decode("utf-8")
    return decoded.replace("\\", "/")


class _Header(NamedTuple):
    flags: int
    method: int
    checksum: int
    packed: int
    name: bytes
    data_at: int


def _local_header(stream: BinaryIO, at: int) -> _Header | None:
    stream.seek(at)
    data = stream.read(LOCAL_HEADER.size)
    if len(data) < LOCAL_HEADER.size:
        return None
    signature, _, flags, method, _, _, checksum, packed, _, name_length, extra_length = LOCAL_HEADER.unpack(data)
    if signature != LOCAL:
        return None
    name = stream.read(name_length)
    return _Header(flags, method, checksum, packed, name, at + LOCAL_HEADER.size + name_length + extra_length)


def _without_directory(stream: BinaryIO) -> Iterator[Member]:
    at = 0
    while (header := _local_header(stream, at)) is not None:
        known = not header.flags & SIZES_FOLLOW
        end = header.data_at + header.packed if known else _next_mark(stream, header.data_at)
        utf8 = bool(header.flags & UTF8_NAME)
        name = _name(header.name.decode("utf-8" if utf8 else "cp437", "replace"), utf8=utf8)
        if not name.endswith("/"):
            checksum = header.checksum if known else None
            member = Member(name, header.data_at, end - header.data_at, checksum=checksum)
            yield _checked(member, header.flags, header.method)
        at = _next_mark(stream, end, LOCAL, DIRECTORY)


def _next_mark(stream: BinaryIO, at: int, *marks: bytes) -> int:
    """Return where the next of the marks stands, the stream's end if there is none.

    Four bytes may stand inside packed data by chance, once in 4 GB; the member is then read in part, and said to be.
    """
    marks = marks or (DESCRIPTOR, LOCAL, DIRECTORY)
    stream.seek(at)
    data = b""
    while piece := stream.read(CHUNK):
        data = data[-3:] + piece
        places = [place for mark in marks if (place := data.find(mark)) >= 0]
        if places:
            return stream.tell() - len(data) + min(places)
    return stream.tell()
