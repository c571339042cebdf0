"""A stream that tells how far it has been read."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO, cast

Look = Callable[[int, int], None]
"""Is told the place that was read up to, and the size, both in bytes."""
_BUFFER = 256 * 1024


def watched(stream: BinaryIO, look: Look) -> BinaryIO:
    """Return a buffered stream over `stream` that calls `look` before each quarter of a megabyte."""
    return cast("BinaryIO", io.BufferedReader(_Watched(stream, look), _BUFFER))


class _Watched(io.RawIOBase):
    def __init__(self, stream: BinaryIO, look: Look) -> None:
        super().__init__()
        self._stream, self._look = stream, look
        self._size = stream.seek(0, io.SEEK_END)
        stream.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        self._look(self._stream.tell(), self._size)
        return cast("io.BufferedReader", self._stream).readinto(buffer)  # type: ignore[arg-type]  # whatever the buffer is, it is handed on

    def seek(self, place: int, whence: int = io.SEEK_SET) -> int:
        return self._stream.seek(place, whence)

    def tell(self) -> int:
        return self._stream.tell()

    def close(self) -> None:
        self._stream.close()
        super().close()
