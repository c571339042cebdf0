"""Tar: its members, by the standard library's reading of the headers (POSIX.1-2001 pax, GNU, v7)."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from typing import BinaryIO, cast

from juncture.evidence.archives.members import Guarded, HeaderTooLarge, Member
from juncture.evidence.archives.streams import Broken

BLOCK = tarfile.BLOCKSIZE


def is_tar(start: bytes) -> bool:
    """Tell whether bytes begin with the header of a tar member: its checksum holds, also in those from before `ustar`."""
    if len(start) < BLOCK or not start[0]:
        return False
    try:
        tarfile.TarInfo.frombuf(start[:BLOCK], "utf-8", "surrogateescape")
    except (tarfile.HeaderError, ValueError):
        return False
    return True


def members(stream: BinaryIO) -> Iterator[Member]:
    """Yield the files of a tar archive in its order. Folders are none; links and devices are refused.

    Raises Broken after the last member that can be told where the archive was cut off or makes no sense.
    """
    try:
        with tarfile.open(fileobj=cast("io.BytesIO", Guarded(stream)), mode="r:") as archive:
            last = -1
            while (info := archive.next()) is not None:
                if info.offset <= last:
                    raise Broken("leads back into itself")
                last = info.offset
                archive.members = []  # type: ignore[attr-defined]  # it keeps all that it has met, which the stubs do not say
                if not info.isdir():
                    yield _member(info)
            _expect_end(stream, archive.offset)
    except HeaderTooLarge:
        raise Broken("has a header too large to be one") from None
    except (tarfile.TarError, ValueError, OSError, EOFError, RecursionError, OverflowError) as error:
        raise Broken(f"was cut off or is damaged ({error})") from error


def _member(info: tarfile.TarInfo) -> Member:
    name = info.name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    if info.issym() or info.islnk():
        target = info.linkname.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        return Member(name, refused=f"is a link to {target[:200]}: not followed")
    if not info.isreg():
        return Member(name, refused="is a device or a pipe: not read")
    if info.issparse():
        return Member(name, refused="is stored with holes, which is not read here: give the unpacked file", damaged=True)
    if info.size < 0:
        return Member(name, refused="has a size below zero", damaged=True)
    return Member(name, info.offset_data, info.size)


def _expect_end(stream: BinaryIO, at: int) -> None:
    """Raise Broken unless the archive ends here: the standard library takes any block that is no header for the end."""
    stream.seek(at)
    if stream.read(BLOCK).strip(b"\0"):
        raise Broken(f"makes no sense from byte {at} on")
