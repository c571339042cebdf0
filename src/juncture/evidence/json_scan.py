"""Where JSON values begin and end, in a stream of any size: brackets and texts are followed, nothing else is read."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import BinaryIO, NamedTuple

from juncture.evidence.artefact import DOCUMENT_LIMIT

DEEPEST_SPLIT = 64
"""Arrays nested deeper are never split: naming the place of each of a hundred thousand brackets takes minutes."""
CHUNK_BYTES = 256 * 1024

_QUOTE, _OPENING = ord(b'"'), b"{["
_BLANK = b" \t\r\n\x00"
_STRING = rb'"[^"\\]*(?:\\.[^"\\]*)*(?P<end>"?)'
_TOKEN = re.compile(_STRING + rb"|[{}\[\],:]", re.DOTALL)
_BRACKET = re.compile(_STRING + rb"|[{}\[\]]", re.DOTALL)
_FLAT = rb'\[(?:[^\[\]{}"\\]++|"[^"\\]*+")*+\]'
_INSIDE = re.compile(_FLAT + rb"|" + _STRING + rb"|[{}\[\]]", re.DOTALL)
"""Like `_BRACKET`, but an array of plain values is one token: most of a metric's samples or a payload's lists."""
_NOT_BLANK = re.compile(rb"[^ \t\r\n\x00]")


class Piece(NamedTuple):
    """One JSON value and where it stands: a JSON pointer, or `line:12`, `line:12-19` where a file holds several values."""

    place: str
    raw: bytes


class Broken(NamedTuple):
    """A place at which the text is no JSON, and what that means for the rest."""

    place: str
    why: str


def below(place: str, *parts: str | int) -> str:
    """Return the place of what stands at `parts` below `place`: a longer pointer; lines stay what they are."""
    if place.startswith(("line:", "bytes:")):
        return place
    return place + "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


class _Frame:
    """An open array or object: `step` is the index or key at which the scan is."""

    __slots__ = ("array", "split", "step")

    def __init__(self, *, array: bool, split: bool) -> None:
        self.array, self.split = array, split
        self.step: str | int = 0 if array else ""


class Scanner:
    """Follows brackets and texts only, so that a value's end is found without reading what it says.

    The buffer holds what is unfinished: the elements of split arrays and finished documents are dropped from it.
    """

    def __init__(self, stream: BinaryIO, split: Callable[[str], bool]) -> None:
        self._stream, self._split = stream, split
        self._buffer = b""
        self._at = 0
        self._item = 0
        self._dropped: list[tuple[int, int]] = []
        self._lines_dropped = 0
        self._stack: list[_Frame] = []
        self._first_line = 1
        self._documents = 0
        self._last_text = b'""'

    def run(self) -> Iterator[Piece | Broken]:
        """Yield the pieces, and what is broken."""
        while token := self._token(_TOKEN):
            start, mark = token
            if not self._stack:
                yield from self._stray(start)
            if mark == b'"':
                self._last_text = self._buffer[start : self._at]
            elif mark in b"{[" and self._inside_split() and not self._to_its_end():
                break
            elif mark in b"{[":
                if self._inside_split():
                    yield self._element()
                else:
                    self._open(start, array=mark == b"[")
            elif mark in b"}]" and (not self._stack or self._stack[-1].array != (mark == b"]")):
                yield Broken(f"line:{self._line(start)}", f"broken JSON: {mark.decode()} closes nothing; the rest is not read")
                return
            else:
                yield from self._step(start, mark)
        yield from self._end()

    def _step(self, start: int, mark: bytes) -> Iterator[Piece]:
        if mark in b"}]":
            yield from self._close(start)
        elif self._stack and mark == b":":
            # A colon between the items of an array is a break in the text that the item's own reading will name.
            if not self._stack[-1].array:
                self._stack[-1].step = _text_of(self._last_text)
        elif self._stack and self._stack[-1].array:
            yield from self._next_item(start)

    def _inside_split(self) -> bool:
        return bool(self._stack) and self._stack[-1].split

    def _token(self, pattern: re.Pattern[bytes]) -> tuple[int, bytes] | None:
        """Return start and first byte of the next token; `_at` stands behind it then. None at the end of the stream."""
        while True:
            match = pattern.search(self._buffer, self._at)
            if match and match["end"] != b"":
                self._at = match.end()
                return match.start(), self._buffer[match.start() : match.start() + 1]
            self._at = match.start() if match else len(self._buffer)
            if not self._read_on():
                return None

    def _read_on(self) -> bool:
        """Read at least as much again as is kept, so that a long value is not gone over again and again."""
        if len(self._buffer) > DOCUMENT_LIMIT:
            return False
        kept = self._kept(len(self._buffer))
        data = self._stream.read(max(CHUNK_BYTES, len(kept)))
        shift = len(self._buffer) - len(kept)
        self._lines_dropped += sum(self._buffer.count(b"\n", start, end) for start, end in self._dropped)
        self._buffer, self._dropped = kept + data, []
        self._at, self._item = self._at - shift, self._item - shift
        return bool(data)

    def _kept(self, end: int) -> bytes:
        """Return what is not dropped of the buffer up to `end`."""
        parts, at = [], 0
        for start, until in self._dropped:
            parts.append(self._buffer[at:start])
            at = until
        return b"".join([*parts, self._buffer[at:end]])

    def _drop(self, start: int, end: int) -> None:
        if self._dropped and self._dropped[-1][1] == start:
            start = self._dropped.pop()[0]
        self._dropped.append((start, end))

    def _open(self, start: int, *, array: bool) -> None:
        if not self._stack:
            self._first_line = self._line(start)
        shallow = len(self._stack) < DEEPEST_SPLIT and self._documents == 0
        split = array and shallow and self._split(self._pointer())
        self._stack.append(_Frame(array=array, split=split))
        self._item = self._at

    def _to_its_end(self) -> bool:
        """Go behind the element that just opened; False if the stream ends inside it."""
        depth = 1
        while depth:
            start, buffer, last = self._at, self._buffer, 0
            for match in _INSIDE.finditer(buffer, start):
                mark = buffer[match.start()]
                if mark == _QUOTE:
                    if not match["end"]:
                        break
                elif mark in _OPENING:
                    depth += buffer[match.end() - 1] == mark
                else:
                    depth -= 1
                last = match.end()
                if not depth:
                    break
            self._at = last or start
            if depth and not self._read_on():
                return False
        return True

    def _element(self) -> Piece:
        raw = self._buffer[self._item : self._at].strip()
        self._drop(self._item, self._at)
        self._item = self._at
        return Piece(self._pointer(), raw)

    def _next_item(self, comma: int) -> Iterator[Piece]:
        """Go to the next item of an array; what stood in a split one without being an array or object is given too."""
        frame = self._stack[-1]
        if frame.split:
            if scalar := self._buffer[self._item : comma].strip():
                yield Piece(self._pointer(), scalar)
            self._drop(self._item, self._at)
            self._item = self._at
        frame.step = int(frame.step) + 1

    def _close(self, start: int) -> Iterator[Piece]:
        frame = self._stack[-1]
        if frame.split:
            if scalar := self._buffer[self._item : start].strip():
                yield Piece(self._pointer(), scalar)
            self._drop(self._item, start)
        self._stack.pop()
        if self._stack:
            return
        raw = self._kept(self._at).strip()
        first, last = self._first_line, self._line(start)
        self._dropped = [(0, self._at)]
        if self._documents or self._more_follows():
            yield Piece(f"line:{first}-{last}" if last > first else f"line:{first}", raw)
        elif not frame.split:
            yield Piece("", raw)
        self._documents += 1

    def _more_follows(self) -> bool:
        """Whether there is another value behind the one that just ended."""
        while not (match := _NOT_BLANK.search(self._buffer, self._at)):
            if not self._read_on():
                return False
        return match.group() in b"{["

    def _stray(self, start: int) -> Iterator[Broken]:
        before = self._dropped[-1][1] if self._dropped else 0
        if self._buffer[before:start].strip(_BLANK + b",") or self._buffer[start : start + 1] in b'":':
            yield Broken(f"line:{self._line(start)}", "text that is no JSON")
        self._dropped = [(0, start if self._buffer[start : start + 1] in b"{[" else self._at)]

    def _end(self) -> Iterator[Piece | Broken]:
        rest = self._kept(len(self._buffer)).strip(_BLANK)
        line = f"line:{self._line(len(self._buffer))}"
        if not self._stack:
            if rest:
                yield Broken(line, "text that is no JSON")
            return
        why = (
            "the file ends inside a value: it was cut off"
            if len(self._buffer) <= DOCUMENT_LIMIT
            else "one value of more than 256 MB"
        )
        yield Broken(line, f"{why}; what stands before is read")
        if (whole := _closed(self._kept(self._item if self._stack[-1].split else len(self._buffer)))) is not None:
            yield Piece("" if not self._documents else line, whole)

    def _pointer(self) -> str:
        return below("", *(frame.step for frame in self._stack))

    def _line(self, position: int) -> int:
        return 1 + self._lines_dropped + self._buffer.count(b"\n", 0, position)


def _text_of(raw: bytes) -> str:
    try:
        return str(json.loads(raw, strict=False))
    except ValueError:
        return raw[1:-1].decode("utf-8", "replace")


def _closed(raw: bytes) -> bytes | None:
    """Return the start of a value that was cut off, closed behind the last whole element of its outermost array.

    None where no array had begun: an object with fields missing would say something that nobody wrote.
    """
    closers: list[bytes] = []
    best: tuple[int, bytes] | None = None
    depth = 0
    for match in _BRACKET.finditer(raw):
        mark = match.group()[:1]
        if mark == b'"':
            if not match["end"]:
                break
            continue
        if mark in b"{[":
            closers.append(b"}" if mark == b"{" else b"]")
        elif closers:
            closers.pop()
        if closers and closers[-1] == b"]" and (best is None or len(closers) <= depth):
            best, depth = (match.end(), b"".join(reversed(closers))), len(closers)
    return raw[: best[0]] + best[1] if best else None
