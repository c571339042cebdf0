"""An artefact as a reader meets it: bytes to stream, lines with numbers, and a head to recognise it by."""

from __future__ import annotations

import codecs
import io
from collections.abc import Callable, Iterator
from functools import cached_property
from typing import BinaryIO, NamedTuple, cast

import msgspec

from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation
from juncture.model.identity import ArtefactHash

HEAD_BYTES = 64 * 1024
LINE_LIMIT = 1024 * 1024
"""Bytes of one line that are read; what follows up to its end is skipped and said to be."""
DOCUMENT_LIMIT = 256 * 1024 * 1024
"""Bytes of one document that has to be held whole (a JSON value that is not an array of things)."""


class Line(NamedTuple):
    """One line without its end. `number` counts from 1, `cut` says that it was longer than the limit."""

    number: int
    text: str
    cut: bool


class Head:
    """The first bytes of an artefact, for recognising it. Decoding and parsing happen once, when first asked for."""

    def __init__(self, path: str, data: bytes, *, whole: bool) -> None:
        self.path = path
        self.data = data
        self.whole = whole
        """Whether `data` is all there is."""

    @cached_property
    def text(self) -> str:
        """The head as text; bytes that are no text become U+FFFD. Without a byte order mark; line ends as they are."""
        return decode(self.data)

    @cached_property
    def lines(self) -> tuple[str, ...]:
        """The head's lines without their ends; a last line that the head cuts off is left out unless it is the only one."""
        lines = self.text.splitlines()
        return tuple(lines if self.whole or len(lines) < 2 else lines[:-1])

    @cached_property
    def json(self) -> object:
        """The JSON value that the head holds whole, else None."""
        if not self.whole or self.first_byte not in b"{[":
            return None
        try:
            value: object = msgspec.json.decode(self.text)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        return value

    @cached_property
    def first_object(self) -> dict[str, object] | None:
        """The first JSON object: the value itself, an array's first element, or the first of several lines."""
        value = self.json
        if isinstance(value, list):
            value = next((item for item in value if isinstance(item, dict)), None)
        if value is None:
            value = _first_object_in(self.text)
        return value if isinstance(value, dict) else None

    @cached_property
    def first_byte(self) -> bytes:
        """The first byte that is no blank and no byte order mark, b'' if there is none; of UTF-16 text as of UTF-8."""
        if encoding_of(self.data[:4]) != "utf-8":
            return self.text.lstrip("\ufeff \t\r\n")[:1].encode("utf-8", "replace")[:1]
        return self.data.lstrip(codecs.BOM_UTF8 + b" \t\r\n\x1e")[:1]

    @property
    def name(self) -> str:
        """The last part of the path, for breaking ties only: content decides."""
        return self.path.replace("!/", "/").rsplit("/", 1)[-1]


class Artefact:
    """One raw piece of evidence, opened again for each pass. `path` is None when it comes from a store."""

    def __init__(
        self, artefact_hash: ArtefactHash, path: str | None, size: int, opener: Callable[[], BinaryIO], label: str
    ) -> None:
        self.hash = artefact_hash
        self.path = path
        self.size = size
        self.label = label
        """How to name it in messages and in sorting: the path as given, or the stored name."""
        self._opener = opener

    def open(self) -> BinaryIO:
        """Return a new stream at the first byte. The caller closes it. Not all streams can seek."""
        return self._opener()

    def cite(self, place: str) -> Citation:
        """Return a citation of a place in this artefact."""
        return Citation(self.hash, self.path, place)

    def at(self, place: str) -> str:
        """Return how a message names a place in this artefact."""
        return f"{self.label}, {place.replace(':', ' ')}" if place else self.label

    def read_whole(self, limit: int = DOCUMENT_LIMIT) -> bytes:
        """Return all bytes. Raises BadEvidence beyond `limit` bytes."""
        with self.open() as stream:
            data = stream.read(limit + 1)
        if len(data) > limit:
            raise BadEvidence(
                self.label, f"more than {limit // 1024 // 1024} MB in one document", "Split it into smaller files"
            )
        return data

    def text(self, limit: int = DOCUMENT_LIMIT) -> str:
        """Return all of it as text, decoded like a head. Raises BadEvidence beyond `limit` bytes."""
        return decode(self.read_whole(limit))

    def head(self, size: int = HEAD_BYTES) -> Head:
        """Return the first `size` bytes."""
        with self.open() as stream:
            data = stream.read(size + 1)
        return Head(self.label, data[:size], whole=len(data) <= size)

    def lines(self, limit: int = LINE_LIMIT) -> Iterator[Line]:
        """Yield the lines (ended by LF or CRLF), never holding more than one of them.

        Bytes that are no text become U+FFFD; NUL characters are kept, the reader decides.
        """
        with io.BufferedReader(cast("io.RawIOBase", self.open())) as stream:
            encoding = encoding_of(stream.peek(4)[:4])
            if encoding.startswith("utf-16"):
                yield from _wide_lines(stream.read(DOCUMENT_LIMIT), encoding)
                return
            if stream.peek(3).startswith(codecs.BOM_UTF8):
                stream.read(3)
            number, inside_cut = 0, False
            while piece := stream.readline(limit):
                if not inside_cut:
                    number += 1
                    yield Line(number, decode_line(piece), len(piece) >= limit and not piece.endswith(b"\n"))
                inside_cut = not piece.endswith(b"\n")


def encoding_of(start: bytes) -> str:
    """Return the encoding that a byte order mark or NULs in the first four bytes tell, else `utf-8`."""
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if len(start) == 4 and start[1] == 0 == start[3] and start[0] and start[2]:
        return "utf-16-le"
    if len(start) == 4 and start[0] == 0 == start[2] and start[1] and start[3]:
        return "utf-16-be"
    return "utf-8"


def decode(data: bytes) -> str:
    """Return bytes as text: by byte order mark, else UTF-8, else Windows-1252 where no UTF-8 is possible."""
    encoding = encoding_of(data[:4])
    if encoding != "utf-8":
        return data.decode(encoding, "replace").removeprefix("\ufeff")
    try:
        return data.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(data) - 4:
            return data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
        text = data.removeprefix(codecs.BOM_UTF8).decode("utf-8", "replace")
        return text if text.count("\ufffd") * 50 < len(text) else data.decode("cp1252", "replace")


def decode_line(data: bytes) -> str:
    """Return one line as text without its end."""
    data = data.rstrip(b"\r\n")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


def _wide_lines(data: bytes, encoding: str) -> Iterator[Line]:
    texts = data.decode(encoding, "replace").removeprefix("\ufeff").split("\n")
    # What stands behind the last line end is a line only if it says something; empty lines before it count.
    for number, text in enumerate(texts if texts[-1] else texts[:-1], 1):
        yield Line(number, text[:LINE_LIMIT].rstrip("\r"), cut=len(text) > LINE_LIMIT)


def _first_object_in(text: str) -> object:
    for line in text.splitlines():
        candidate = line.strip().lstrip("[").rstrip(",")
        if not candidate.startswith("{"):
            if candidate:
                return None
            continue
        try:
            value: object = msgspec.json.decode(candidate)
        except (msgspec.DecodeError, UnicodeError, RecursionError):
            return None
        return value
    return None
