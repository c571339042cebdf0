"""Streams within streams: a window on a part, many views of one file, and bytes as they are unpacked.

All of them are raw: `readinto` gives what is there and raises `Broken` where the packed bytes make no sense, so that whoever
reads knows exactly how much was whole.
"""

from __future__ import annotations

import bz2
import io
import lzma
import threading
import weakref
import zlib
from collections.abc import Callable
from enum import Enum
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 256 * 1024
"""Bytes read at a time: large enough to cost no calls, small enough to hold for every archive on the way down."""
PACKED_CHUNK = 64 * 1024
STEP = 32 * 1024
"""Bytes unpacked at a time: where they turn out to be damaged, no more than so many whole ones are lost."""
XZ_MEMORY = 256 * 1024 * 1024
"""Bytes that unpacking xz may take. `xz -9`, the largest preset, takes 65 MB; a header may claim 4 GB."""


class Broken(Exception):  # noqa: N818 - it says what was met, like BadEvidence
    """Packed bytes that end early or make no sense. The message completes `The archive …`."""


class Packing(Enum):
    """How bytes are packed; the values are zip's own method numbers where it has one (APPNOTE.TXT 4.4.5)."""

    STORED = 0
    DEFLATE = 8
    BZIP2 = 12
    GZIP = "gzip"
    XZ = "xz"


class Window(io.RawIOBase):
    """`length` bytes of a seekable stream from `start` on, or all that follow.

    Alone on its stream it closes it with itself; of a `shared` stream it is one view of many, and reads under its lock.
    """

    def __init__(self, stream: BinaryIO, start: int = 0, length: int | None = None, shared: Reopenable | None = None) -> None:
        super().__init__()
        self._stream = stream
        self._start = start
        self._shared = shared
        self._length = stream.seek(0, io.SEEK_END) - start if length is None else length
        self._at = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position, counted from the window's start."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to an offset from start, position or end of the window; return it."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._length}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what is there, at most to the window's end."""
        target = memoryview(buffer)
        size = min(len(target), self._length - self._at)
        if size <= 0:
            return 0
        if self._shared:
            with self._shared.lock:
                data = self._read(size)
        else:
            data = self._read(size)
        target[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self) -> None:
        """Close the stream under it, if it is this window's alone."""
        if not self.closed and not self._shared:
            self._stream.close()
        super().close()

    def _read(self, size: int) -> bytes:
        self._stream.seek(self._start + self._at)
        return self._stream.read(size)


class Reopenable:
    """One seekable stream that can be opened many times: each opening has a position of its own.

    The stream is closed when nobody holds this object or an opening of it any more.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self.lock = threading.Lock()
        self._stream = stream
        weakref.finalize(self, stream.close)

    def open(self) -> BinaryIO:
        """Return a raw stream at the first byte."""
        return cast("BinaryIO", Window(self._stream, shared=self))


class Bounded(io.RawIOBase):
    """The first `size` bytes of a stream, which may not be able to seek. Closes it with itself.

    Ends early where the stream breaks: whoever counted the bytes has met that before, and said so.
    """

    def __init__(self, stream: BinaryIO, size: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = size

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Read what is there, at most to the bound."""
        target = memoryview(buffer)[: self._left]
        if not target:
            return 0
        try:
            count = read_into(self._stream, target)
        except Broken:
            count = 0
        self._left -= count
        return count

    def close(self) -> None:
        """Close the stream under it."""
        if not self.closed:
            self._stream.close()
        super().close()


class Unpacked(io.RawIOBase):
    """What a packed stream holds, unpacked as it is read. Closes the packed stream with itself.

    Streams that follow each other (as `cat a.gz b.gz` gives) are one. Raises Broken where the packed bytes end early, make no
    sense, or are followed by other ones.
    """

    def __init__(self, packed: BinaryIO, packing: Packing) -> None:
        super().__init__()
        self._packed = packed
        self._new = _UNPACKERS[packing]
        self._chained = packing not in _ZIP_ONLY
        self._unpacker = self._new()
        self._pending = b""
        self._ended = False

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: WriteableBuffer) -> int:
        """Unpack up to the buffer's size; 0 at the end."""
        target = memoryview(buffer)
        while target:
            if self._unpacker.eof and not self._next_stream():
                return 0
            if not self._pending and self._unpacker.needs_input:
                self._pending = self._packed.read(PACKED_CHUNK)
                self._ended = not self._pending
            data = self._unpack(min(len(target), STEP))
            if data:
                target[: len(data)] = data
                return len(data)
            if self._ended and not self._unpacker.eof:
                raise Broken("ends in the middle")
        return 0

    def close(self) -> None:
        """Close the packed stream."""
        if not self.closed:
            self._packed.close()
        super().close()

    def _unpack(self, size: int) -> bytes:
        data, self._pending = self._pending, b""
        try:
            return self._unpacker.decompress(data, size)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            raise Broken(f"is damaged ({_first_line(error)})") from error

    def _next_stream(self) -> bool:
        if not self._chained:
            return False
        rest = self._unpacker.unused_data
        while not rest.strip(b"\0"):
            rest = self._packed.read(PACKED_CHUNK)
            if not rest:
                return False
        self._unpacker = self._new()
        self._pending = rest
        return True


class _Unpacker(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Zlib:
    """zlib's decompressor with the manners of those for bzip2 and xz: it keeps what it could not unpack yet."""

    def __init__(self, window_bits: int) -> None:
        self._inner = zlib.decompressobj(window_bits)
        self._kept = b""

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._kept

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int) -> bytes:
        result = self._inner.decompress(self._kept + data if self._kept else data, max_length)
        self._kept = self._inner.unconsumed_tail
        return result


_UNPACKERS: dict[Packing, Callable[[], _Unpacker]] = {
    Packing.DEFLATE: lambda: _Zlib(-zlib.MAX_WBITS),
    Packing.GZIP: lambda: _Zlib(16 + zlib.MAX_WBITS),
    Packing.BZIP2: bz2.BZ2Decompressor,
    Packing.XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=XZ_MEMORY),
}
_ZIP_ONLY = {Packing.DEFLATE}


def unpacked(packed: BinaryIO, packing: Packing) -> BinaryIO:
    """Return the stream of what `packed` holds; the stream itself if it is only stored."""
    return packed if packing is Packing.STORED else cast("BinaryIO", Unpacked(packed, packing))


def read_into(stream: BinaryIO, target: memoryview) -> int:
    """Fill a buffer from a stream, raw or buffered; return how many bytes came, 0 at the end."""
    count: int | None = cast("io.RawIOBase", stream).readinto(target)
    return count or 0


def _first_line(error: BaseException) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__
