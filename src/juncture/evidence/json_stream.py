"""JSON of any size and in any of its shapes, a piece at a time.

One value, an array of values, values one a line, and values one after another give the same stream of pieces. What a break or
a truncation leaves whole is still read, and the broken place is named.
"""

from __future__ import annotations

import codecs
import io
import json
from collections.abc import Callable, Iterator
from typing import BinaryIO, cast

import msgspec

from juncture.evidence.artefact import DOCUMENT_LIMIT, Artefact, Head, decode, encoding_of
from juncture.evidence.json_scan import Broken, Piece, Scanner
from juncture.model.evidence import LeftOut

_AROUND = " \t\r\n\x1e"
"""Blanks, and what sets off texts in a sequence of them (RFC 7464, `journalctl -o json-seq`)."""


def value_of(raw: bytes) -> object:
    """Return the value that JSON text stands for.

    Forgiven: bytes that are not UTF-8, line breaks in texts, halves of surrogate pairs, NaN and Infinity. Raises ValueError.
    """
    try:
        value: object = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        value = _forgiving(raw)
    except RecursionError:
        raise ValueError("values nested too deeply") from None
    return value


def _forgiving(raw: bytes) -> object:
    try:
        value: object = json.loads(decode(raw), strict=False)
        # A half of a surrogate pair cannot be written again; every later step would stumble over it.
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except RecursionError:
        raise ValueError("values nested too deeply") from None


def document_of(data: bytes) -> object:
    """Return the value of a whole document; of one that was cut off, what stands whole of its outermost array.

    So that pointers that `pieces` gave resolve. Raises ValueError where nothing stands whole.
    """
    data = decode(data).encode("utf-8", "replace")
    try:
        return value_of(data)
    except ValueError:
        for item in Scanner(io.BytesIO(data), _whole).run():
            if isinstance(item, Piece):
                return value_of(item.raw)
        raise


def _whole(pointer: str) -> bool:  # noqa: ARG001 - no array is split
    return False


def pieces(artefact: Artefact, split: Callable[[str], bool]) -> Iterator[Piece | LeftOut]:
    """Yield the values of an artefact in order.

    Arrays at a pointer for which `split` is true (`""` is the document itself) are given element by element, and never held
    whole; the value around them comes last, with these arrays empty.
    """
    if _is_lines(artefact.head()):
        yield from _lines(artefact)
        return
    with artefact.open() as stream:
        for item in Scanner(_as_utf8(stream), split).run():
            if isinstance(item, Piece):
                yield item
            else:
                yield LeftOut(artefact.at(item.place), item.why, damaged=True)


def first_pieces(head: Head, split: Callable[[str], bool], most: int = 5) -> list[Piece]:
    """Return the first values that stand whole in a head."""
    if head.first_byte not in (b"{", b"["):
        return []
    if _is_lines(head):
        found: Iterator[Piece | Broken] = (
            Piece(f"line:{number}", line.strip(_AROUND).encode("utf-8", "replace"))
            for number, line in enumerate(head.lines, 1)
            if line.strip(_AROUND)
        )
    else:
        plain = encoding_of(head.data[:4]) == "utf-8"
        data = head.data.removeprefix(codecs.BOM_UTF8) if plain else head.text.encode("utf-8", "replace")
        found = Scanner(io.BytesIO(data), split).run()
    taken: list[Piece] = []
    for item in found:
        if not isinstance(item, Piece) or len(taken) == most:
            break
        taken.append(item)
    return taken


def _is_lines(head: Head) -> bool:
    """Whether each line holds a value of its own: so that a broken line spoils no other."""
    if head.first_byte != b"{":
        return False
    lines = [line.strip(_AROUND) for line in head.lines[:20] if line.strip(_AROUND)]
    whole = [line.startswith("{") and line.endswith("}") for line in lines]
    if len(lines) > 1 and not whole[0]:
        # A first line may be the end of one that was cut off; a document over several lines has small objects in it too.
        begun = sum(line.startswith("{") for line in head.lines[:20])
        return sum(whole) >= 2 and begun * 2 > len(lines)
    if len(lines) > 1:
        return sum(whole) >= 2 or lines[1].startswith("{")
    return bool(lines) and whole[0] and not head.whole and head.text.lstrip("\ufeff").lstrip().count("\n") > 0


def _lines(artefact: Artefact) -> Iterator[Piece | LeftOut]:
    for line in artefact.lines():
        content = line.text.strip(" \t\x00\x1e\ufeff").rstrip(",")
        if line.cut:
            yield LeftOut(artefact.at(f"line:{line.number}"), "a line longer than 1 MB was cut", damaged=True)
        elif content:
            yield Piece(f"line:{line.number}", content.encode("utf-8", "replace"))


def _as_utf8(stream: BinaryIO) -> BinaryIO:
    buffered = io.BufferedReader(cast("io.RawIOBase", stream))
    start = buffered.peek(4)[:4]
    if encoding_of(start) != "utf-8":
        return io.BytesIO(decode(buffered.read(DOCUMENT_LIMIT)).encode("utf-8", "replace"))
    if start.startswith(b"\xef\xbb\xbf"):
        buffered.read(3)
    return cast("BinaryIO", buffered)
