"""From a citation back to the words: the lines, bytes or JSON value that a place names, with what stands around it, masked.

Places are `line:12`, `line:12-19`, `bytes:100-180` (end excluded) and JSON pointers (RFC 6901), the empty one being the whole.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from itertools import chain, islice
from typing import BinaryIO

from msgspec import Struct

from juncture.evidence.artefact import DOCUMENT_LIMIT, Artefact, Line, decode
from juncture.evidence.json_stream import document_of, pieces, value_of
from juncture.evidence.mask import Mask
from juncture.evidence.pictures import is_picture
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut

WIDEST = 60
"""Lines that an excerpt has at most: a screen."""
LINE_LENGTH = 600
"""Characters of one line that are shown."""
AROUND_LINES, AROUND_BYTES = 200, 16 * 1024
"""How far around a place is masked with it: a private key has up to a hundred lines, and may begin far above the place."""
_PLACE = re.compile(r"(line|bytes):(\d{1,18})(?:-(\d{1,18}))?")
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_SAMPLE = "aB3dE6gH9jK2"
"""What a column of secrets may hold: masked under a heading, it tells that the heading names them."""
_MOST_ITEMS, _MOST_DEPTH = 24, 6
_ABSENT = object()


class ExcerptLine(Struct, frozen=True):
    """One line: a label beside it (its number, who said it), its text, and whether it is what was cited."""

    label: str
    text: str
    hit: bool


class Excerpt(Struct, frozen=True):
    """What a citation opens: a title, the place, and the lines there and around it."""

    title: str
    place: str
    lines: tuple[ExcerptLine, ...]
    image: bool = False
    """Whether it is a picture: there are no lines then, and who shows it asks for the picture itself."""


def excerpt(artefact: Artefact, place: str, mask: Mask, context: int = 2) -> Excerpt:
    """Return what stands at a place, with `context` lines or messages before and after. Raises BadEvidence where it is not.

    Always masked with what stands far around it, so that a secret that begins before the excerpt is not shown by it.
    """
    parts = _PLACE.fullmatch(place)
    if parts is None:
        lines = _value_lines(artefact, place, mask, context)
    else:
        first, last = int(parts[2]), int(parts[3] or parts[2])
        if parts[1] == "bytes" and first == 0 and last == artefact.size and is_picture(artefact.head(16).data):
            return Excerpt(_title(artefact), place, (), image=True)
        read = _byte_lines if parts[1] == "bytes" else _text_lines
        lines = read(artefact, first, last, mask, context)
    if not lines:
        raise BadEvidence(artefact.at(place), "there is no such place", "The artefact is not the one that was cited")
    return Excerpt(_title(artefact), place, tuple(lines[:WIDEST]))


def leaf(artefact: Artefact, first: int, count: int, mask: Mask) -> tuple[tuple[ExcerptLine, ...], bool]:
    """Return `count` lines from number `first` on, masked, and whether there are more. Raises OSError, BadEvidence."""
    lines = artefact.lines()
    header = next(lines, None)
    if header is None:
        return (), False
    begin = max(0, first - 1 - AROUND_LINES)
    around = list(islice(chain((header,), lines), begin, first + count + AROUND_LINES))
    around = _without_secret_columns(header, around, mask)
    masked = zip(around, _masked_lines(around, mask), strict=True)
    shown = range(first, first + count)
    found = tuple(ExcerptLine(str(line.number), _cut(text), hit=False) for line, text in masked if line.number in shown)
    return found, bool(around) and around[-1].number >= first + count


def resolves(artefact: Artefact, place: str) -> bool:
    """Tell whether a place is there. Raises OSError, and BadEvidence where the artefact cannot be read."""
    return not unresolved(artefact, [place])


def unresolved(artefact: Artefact, places: Iterable[str]) -> list[str]:
    """Return those of the places that are not there, reading the artefact once. Raises OSError and BadEvidence."""
    pointers: list[str] = []
    ends: list[tuple[int, str]] = []
    missing: list[str] = []
    for place in places:
        parts = _PLACE.fullmatch(place)
        if parts is None:
            pointers.append(place)
            continue
        first, last = int(parts[2]), int(parts[3] or parts[2])
        if parts[1] == "bytes":
            missing += [] if first < last <= artefact.size else [place]
        elif not 1 <= first <= last:
            missing.append(place)
        else:
            ends.append((last, place))
    if ends:
        count = sum(1 for _ in islice(artefact.lines(), max(end for end, _ in ends)))
        missing += [place for end, place in ends if end > count]
    if any(pointers):
        values = _values(artefact, pointers)
        missing += [pointer for pointer in pointers if pointer and pointer not in values]
    return missing


def _title(artefact: Artefact) -> str:
    return "/".join(artefact.label.replace("!/", "/").split("/")[-2:])


def _text_lines(artefact: Artefact, first: int, last: int, mask: Mask, context: int) -> list[ExcerptLine]:
    last = min(last, first + WIDEST)
    if not 1 <= first <= last:
        return []
    lines = artefact.lines()
    header = next(lines, None)
    begin = max(0, first - 1 - AROUND_LINES)
    around = list(islice(chain(() if header is None else (header,), lines), begin, last + AROUND_LINES))
    if header is None or not around or around[-1].number < first:
        return []
    around = _without_secret_columns(header, around, mask)
    shown = range(first - context, last + context + 1)
    return [
        ExcerptLine(str(line.number), _cut(text), first <= line.number <= last)
        for line, text in zip(around, _masked_lines(around, mask), strict=True)
        if line.number in shown
    ]


def _without_secret_columns(header: Line, lines: list[Line], mask: Mask) -> list[Line]:
    """Return the lines of a table with the columns masked whose heading says that they hold secrets."""
    delimiter = next((mark for mark in ",;\t|" if mark in header.text), None)
    names = header.text.split(delimiter) if delimiter and len(header.text) < LINE_LENGTH else []
    secret = {place: name.strip(' "') for place, name in enumerate(names) if mask.field(name.strip(' "'), _SAMPLE) != _SAMPLE}
    if not secret or delimiter is None:
        return lines
    masked: list[Line] = []
    for line in lines:
        cells = next(csv.reader([line.text], delimiter=delimiter), [])
        text = line.text
        for place, name in secret.items():
            if line.number > 1 and place < len(cells) and cells[place]:
                text = text.replace(cells[place], mask.field(name, cells[place]))
        masked.append(Line(line.number, text, line.cut))
    return masked


def _masked_lines(lines: Sequence[Line], mask: Mask) -> Iterator[str]:
    """Yield each line with its part of what is masked in all of them together; a secret's further lines become `…`."""
    whole = "\n".join(line.text for line in lines)
    spans = mask.spans(whole)
    at = 0
    for line in lines:
        end = at + len(line.text)
        pieces_: list[str] = []
        here = at
        for start, stop, placeholder in spans:
            if start < end and stop > at:
                pieces_ += (whole[here : max(start, at)], placeholder if start >= at else "…")
                here = min(stop, end)
        yield "".join((*pieces_, whole[here:end]))
        at = end + 1


def _byte_lines(artefact: Artefact, first: int, last: int, mask: Mask, context: int) -> list[ExcerptLine]:
    if not first < last <= artefact.size:
        return []
    last = min(last, first + WIDEST * LINE_LENGTH)
    begin = max(0, first - AROUND_BYTES)
    with artefact.open() as stream:
        _skip(stream, begin)
        data = stream.read(last - begin + AROUND_BYTES)
    # Decoded piece by piece, so that the cited bytes are told from those around them.
    start, end = first - begin, last - begin
    before, cited, after = (decode(part) if part else "" for part in (data[:start], data[start:end], data[end:]))
    lines: list[Line] = []
    hits: list[bool] = []
    at = 0
    for number, text in enumerate((before + cited + after).split("\n")):
        lines.append(Line(number, text.rstrip("\r"), cut=False))
        hits.append(at < len(before) + len(cited) and at + len(text) + 1 > len(before))
        at += len(text) + 1
    masked = list(_masked_lines(lines, mask))
    start, end = hits.index(True), len(hits) - hits[::-1].index(True)
    return [
        ExcerptLine(f"bytes {first}-{last}" if number == start else "", _cut(masked[number]), hits[number])
        for number in range(max(0, start - context), min(len(lines), end + context))
    ]


def _skip(stream: BinaryIO, size: int) -> None:
    """Read past `size` bytes: not all streams can seek."""
    while size > 0:
        piece = stream.read(min(size, 1024 * 1024))
        if not piece:
            return
        size -= len(piece)


def _value_lines(artefact: Artefact, pointer: str, mask: Mask, context: int) -> list[ExcerptLine]:
    parent = pointer.rpartition("/")[0]
    wanted = [pointer, *_neighbours(pointer, context)]
    values = _values(artefact, [*wanted, parent])
    value = values.get(pointer, _ABSENT)
    if value is _ABSENT:
        # Of what is no JSON the whole can be cited all the same.
        return _text_lines(artefact, 1, WIDEST, mask, 0) if not pointer else []
    if not _is_message(value):
        if isinstance(value, dict | list):
            return _document_lines(value, mask)
        lines = _field_lines(pointer, values, mask)
        return lines if context else [line for line in lines if line.hit]
    near = [place for place in sorted(wanted, key=_index) if _is_message(values.get(place))]
    return [line for place in near for line in _message_lines(values[place], mask, hit=place == pointer)]


def _field_lines(pointer: str, values: dict[str, object], mask: Mask) -> list[ExcerptLine]:
    """Return a plain value with the object that it is a field of: its name may be what tells that it is a secret."""
    parent, _, last = pointer.rpartition("/")
    name = _unescaped(last if isinstance(values.get(parent), dict) else parent.rpartition("/")[2])
    around = values[parent] if isinstance(values.get(parent), dict) else {name: values[pointer]}
    field = f"  {json.dumps(name, ensure_ascii=False)}: "
    lines = _document_lines(around, mask)
    cited = [line for line in lines if line.text.startswith(field)] or _document_lines({name: values[pointer]}, mask)[1:2]
    return [ExcerptLine("", line.text, hit=line in cited) for line in (lines if cited[0] in lines else cited)]


def _neighbours(pointer: str, context: int) -> list[str]:
    parent, _, last = pointer.rpartition("/")
    if not last.isdigit():
        return []
    index = int(last)
    return [f"{parent}/{near}" for near in range(max(0, index - context), index + context + 1) if near != index]


def _index(pointer: str) -> int:
    last = pointer.rpartition("/")[2]
    return int(last) if last.isdigit() else 0


def _is_message(value: object) -> bool:
    return isinstance(value, dict) and isinstance(value.get("ts"), str) and ("text" in value or "attachments" in value)


def _message_lines(value: object, mask: Mask, *, hit: bool) -> list[ExcerptLine]:
    """Return a chat message as people read it: who and when beside its first line."""
    if not isinstance(value, dict):
        return []
    said = [str(value.get("text") or "")]
    for part in value.get("attachments") or ():
        if isinstance(part, dict):
            said += [str(part[name]) for name in ("pretext", "title", "text", "fallback") if part.get(name)][:2]
    lines = mask.text("\n".join(text for text in said if text)).split("\n")
    label = " ".join(part for part in (_clock(value.get("ts")), mask.text(_speaker(value))) if part)
    return [ExcerptLine(label if number == 0 else "", _cut(text), hit) for number, text in enumerate(lines)]


def _speaker(value: dict[object, object]) -> str:
    profile = value.get("user_profile")
    if isinstance(profile, dict):
        for name in ("display_name", "real_name", "name"):
            if profile.get(name):
                return str(profile[name])
    return str(value.get("username") or value.get("user") or value.get("bot_id") or "")


def _clock(stamp: object) -> str:
    try:
        return datetime.fromtimestamp(int(str(stamp).split(".", 1)[0]), UTC).strftime("%H:%M:%S")
    except (ValueError, OverflowError, OSError):
        return ""


def _document_lines(value: object, mask: Mask) -> list[ExcerptLine]:
    text = json.dumps(_trimmed(value), indent=2, ensure_ascii=False)
    return [ExcerptLine("", _cut(line), hit=True) for line in mask.text(text).split("\n")]


def _trimmed(value: object, depth: int = 0) -> object:
    """Return a value without what no screen holds. Texts stay whole: half a secret is not recognised."""
    if isinstance(value, dict):
        if depth >= _MOST_DEPTH and value:
            return {"…": f"{len(value)} fields"}
        kept = {name: _trimmed(item, depth + 1) for name, item in islice(value.items(), _MOST_ITEMS)}
        return {**kept, "…": f"{len(value) - _MOST_ITEMS} more fields"} if len(value) > _MOST_ITEMS else kept
    if isinstance(value, list):
        if depth >= _MOST_DEPTH and value:
            return [f"… {len(value)} items"]
        items = [_trimmed(item, depth + 1) for item in value[:_MOST_ITEMS]]
        return [*items, f"… {len(value) - _MOST_ITEMS} more"] if len(value) > _MOST_ITEMS else items
    return value


def _cut(text: str) -> str:
    text = _CONTROLS.sub("\ufffd", text)
    return text if len(text) <= LINE_LENGTH else f"{text[: LINE_LENGTH - 1]}…"


def _values(artefact: Artefact, pointers: Iterable[str]) -> dict[str, object]:
    """Return the values at those pointers that are there; of a broken or cut off document, from the pieces that stand whole."""
    wanted = list(dict.fromkeys(pointers))
    found: dict[str, object] = {}
    split: Callable[[str], bool] = _Outermost(wanted)
    if artefact.size <= DOCUMENT_LIMIT:
        with suppress(ValueError):
            _collect(document_of(artefact.read_whole()), "", wanted, found)
        if len(found) == len(wanted):
            return found
        split = _OnTheWay(wanted)
    for piece in pieces(artefact, split):
        if not isinstance(piece, LeftOut):
            below = [pointer for pointer in wanted if pointer == piece.place or pointer.startswith(f"{piece.place}/")]
            if below:
                with suppress(ValueError):
                    _collect(value_of(piece.raw), piece.place, below, found)
    return found


class _OnTheWay:
    """Splits every array on the way to what is wanted, as the readers that cited it did: a broken item spoils no other."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = wanted

    def __call__(self, pointer: str) -> bool:
        return any(wanted.startswith(f"{pointer}/") for wanted in self._wanted)


class _Outermost:
    """Splits the arrays nearest to the document's root on the way to what is wanted."""

    def __init__(self, wanted: Sequence[str]) -> None:
        self._wanted = wanted
        self._split: list[str] = []

    def __call__(self, pointer: str) -> bool:
        if any(pointer.startswith(f"{outer}/") for outer in self._split):
            return False
        if any(wanted.startswith(f"{pointer}/") for wanted in self._wanted):
            self._split.append(pointer)
            return True
        return False


def _collect(value: object, root: str, wanted: Iterable[str], found: dict[str, object]) -> None:
    for pointer in wanted:
        at = _at(value, pointer[len(root) :])
        if at is not _ABSENT:
            found[pointer] = at


def _at(value: object, pointer: str) -> object:
    if pointer and not pointer.startswith("/"):
        return _ABSENT
    for step in pointer.split("/")[1:]:
        name = _unescaped(step)
        if isinstance(value, dict):
            value = value.get(name, _ABSENT)
        elif isinstance(value, list) and re.fullmatch(r"0|[1-9]\d{0,17}", name) and int(name) < len(value):
            value = value[int(name)]
        else:
            return _ABSENT
        if value is _ABSENT:
            return _ABSENT
    return value


def _unescaped(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
