"""What an archive says about one of its members."""

from __future__ import annotations

import io

from msgspec import Struct

from juncture.evidence.archives.streams import Packing, Window

HEADER_LIMIT = 16 * 1024 * 1024
"""Bytes that an archive's own description may take in one read (a zip's directory of 150,000 files, a tar's long name)."""


class Member(Struct, frozen=True, gc=False):
    """One member: `size` packed bytes from `start` on in the archive.

    `refused` says why it is not read, if it is not; `damaged` then says whether that is the archive's fault. `checksum` is the
    CRC-32 of the unpacked bytes where the archive gives one.
    """

    name: str
    start: int = 0
    size: int = 0
    packing: Packing = Packing.STORED
    checksum: int | None = None
    refused: str | None = None
    damaged: bool = False


class HeaderTooLarge(Exception):  # noqa: N818 - it says what was met
    """An archive describes itself at such length that reading the description would fill the memory."""


class Guarded(Window):
    """A stream for the standard library's parsers: refuses reads so large that only a hostile header asks for them.

    It leaves the stream open when it is closed itself.
    """

    def read(self, size: int | None = -1) -> bytes:
        """Return up to `size` bytes. Raises HeaderTooLarge beyond the limit."""
        if size is None or size < 0:
            size = max(0, self._length - self._at)
        if size > HEADER_LIMIT:
            raise HeaderTooLarge
        return super().read(size) or b""

    def close(self) -> None:
        """Close this view alone."""
        io.RawIOBase.close(self)
