"""From the text of a record file to the record; what cannot be read stays text, and a note names its line."""

from __future__ import annotations

import re
from hashlib import blake2b
from typing import Any

import msgspec
from msgspec import Struct

from juncture.document.record_file import foreign
from juncture.document.record_file.forms import FORMS, LESSONS, unescape
from juncture.document.record_file.front_matter import incident_of, metadata_of, parse_front_matter
from juncture.document.record_file.items import read_item
from juncture.model.evidence import Note
from juncture.model.record import Impact, Lessons, Postmortem, Section
from juncture.text.outline import Outline, outline_of

OPEN = re.compile(r"<!-- juncture:([a-z-]+) -->")
TAIL = "<!-- juncture:objects -->"
EXACT = re.compile(r"<!-- juncture:exact ([0-9a-f]{32}) (.*) -->\n?\Z")
_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]: .*\(event ([0-9a-f]{32})\b")
_BLOCKS = {form.block: name for name, form in FORMS.items()}
_FIELD_OF_BLOCK = _BLOCKS | {"lessons": "lessons", "questions": "questions"}
_NOT_KNOWN = "not known: "


class Item(Struct, frozen=True):
    """One item of a block as it stands: its text, and what it says (None where it could not be read)."""

    text: str
    value: Any


class Block(Struct, frozen=True):
    """A list of objects in the body, between its opening and closing comment lines."""

    name: str
    opening: str
    items: tuple[Item, ...]
    closing: str


class Part(Struct, frozen=True):
    """A section as it stands: the text of its heading (with what leads to it), then prose and blocks in turn."""

    section: Section
    heading: str
    body: tuple[str | Block, ...]


class RecordFile(Struct, frozen=True):
    """A record file: its text, the record that it tells, and how they lie on each other."""

    text: str
    record: Postmortem
    front_matter: tuple[str, ...] = ()
    title: str = ""
    """The text of the title's heading with what stands before it."""
    parts: tuple[Part, ...] = ()
    tail: tuple[str | Block, ...] = ()
    labels: dict[str, str] = {}
    """The event id that each footnote label is bound to."""


def read(text: str) -> RecordFile:
    """Return what a text says. Every text can be read; `record.notes` names the lines that could not.

    Markdown that is not ours gives its title, front matter, sections and the timeline bullets that it has.
    """
    exact = EXACT.search(text)
    if exact and seal(text[: exact.start()]) == exact[1]:
        record = msgspec.json.decode(exact[2], type=Postmortem)
        return RecordFile(text, record)
    return _Reading(outline_of(text), text).file()


def seal(text: str) -> str:
    """Return the digest that binds an exact record to the text before it."""
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class _Reading:
    def __init__(self, outline: Outline, text: str) -> None:
        self.outline, self.text = outline, text
        self.lines = outline.lines
        self.notes: list[Note] = []
        self.labels = {match[1]: match[2] for line in self.lines if (match := _FOOTNOTE.match(line))}
        self.read_blocks: set[str] = set()

    def file(self) -> RecordFile:
        fields = self._front_matter()
        start = self.outline.front_matter_end if fields is not None else 0
        heads = [head for head in self.outline.headings if head.level <= 2 and head.first >= start]
        title = heads.pop(0) if heads and heads[0].level == 1 else None
        tail_at = next(
            (n for n in range(start, len(self.lines)) if self.lines[n].rstrip("\r\n") == TAIL and self._prose(n)), None
        )
        end = len(self.lines) if tail_at is None else tail_at
        body_start = title.end if title else start
        bounds = [(head.text, head.first, head.end) for head in heads if head.first < end]
        parts = []
        first = bounds[0][1] if bounds else end
        if "".join(self.lines[body_start:first]).strip():
            parts.append(self._part("", body_start, body_start, first))
            lead = ""
        else:
            lead = "".join(self.lines[body_start:first])
        for number, (heading, head_first, head_end) in enumerate(bounds):
            part_end = bounds[number + 1][1] if number + 1 < len(bounds) else end
            parts.append(self._part(heading, head_first, head_end, part_end))
        tail = self._body(end, len(self.lines)) if tail_at is not None else ()
        title_text = "".join(self.lines[start : title.end if title else start]) + lead
        record = self._record(title.text if title else "", fields or {}, tuple(parts), tail)
        return RecordFile(self.text, record, self.lines[:start], title_text, tuple(parts), tail, self.labels)

    def _prose(self, line: int) -> bool:
        return line not in self.outline.code

    def _front_matter(self) -> dict[str, Any] | None:
        end = self.outline.front_matter_end
        if not end:
            return None
        try:
            return parse_front_matter(self.lines[:end])
        except ValueError as error:
            self.notes.append(Note("line 1", f"{error}; it is kept as text"))
            return {}

    def _part(self, heading: str, head_first: int, first: int, end: int) -> Part:
        body = self._body(first, end)
        text = "".join(piece if isinstance(piece, str) else f"<!-- juncture:{piece.name} -->\n" for piece in body)
        return Part(Section(heading, text.strip("\r\n")), "".join(self.lines[head_first:first]), body)

    def _body(self, first: int, end: int) -> tuple[str | Block, ...]:
        pieces: list[str | Block] = []
        prose: list[str] = []
        line = first
        while line < end:
            block_end = self._block_end(line, end)
            if block_end is None:
                prose.append(self.lines[line])
                line += 1
                continue
            if prose:
                pieces.append("".join(prose))
                prose = []
            pieces.append(self._block(line, block_end))
            line = block_end + 1
        return (*pieces, "".join(prose)) if prose else tuple(pieces)

    def _block_end(self, line: int, end: int) -> int | None:
        match = OPEN.fullmatch(self.lines[line].rstrip("\r\n"))
        if match is None or match[1] not in _FIELD_OF_BLOCK or not self._prose(line) or match[1] in self.read_blocks:
            return None
        closing = f"<!-- /juncture:{match[1]} -->"
        return next((n for n in range(line + 1, end) if self.lines[n].rstrip("\r\n") == closing), None)

    def _block(self, first: int, last: int) -> Block:
        name = OPEN.fullmatch(self.lines[first].rstrip("\r\n"))[1]  # type: ignore[index]  # _block_end has matched it
        self.read_blocks.add(name)
        items: list[list[str]] = []
        numbers: list[int] = []
        for number in range(first + 1, last):
            if self.lines[number].startswith("- ") or not items:
                items.append([])
                numbers.append(number)
            items[-1].append(self.lines[number])
        read_items = tuple(
            Item("".join(lines), self._value(name, "".join(lines), number))
            for lines, number in zip(items, numbers, strict=True)
        )
        return Block(name, self.lines[first], read_items, self.lines[last])

    def _value(self, block: str, text: str, line: int) -> Any:  # noqa: ANN401 - one of the record's structs, or a text
        if not text.strip():
            return None
        try:
            return self._read_value(block, text)
        except ValueError as error:
            self.notes.append(Note(f"line {line + 1}", f"kept as text, not read into {block}: {error}"))
            return None

    def _read_value(self, block: str, text: str) -> Any:  # noqa: ANN401 - as above
        plain = text.removeprefix("- ").rstrip("\r\n")
        if not text.startswith("- "):
            raise ValueError("an item begins with '- '")
        if block == "questions":
            return unescape(plain)
        if block == "lessons":
            kind, colon, rest = plain.partition(": ")
            if not colon or kind not in LESSONS:
                raise ValueError(f"a lesson begins with one of: {', '.join(LESSONS)}")
            return (kind, unescape(rest))
        if block == "impact" and plain.startswith(_NOT_KNOWN):
            return unescape(plain.removeprefix(_NOT_KNOWN))
        return read_item(FORMS[_BLOCKS[block]], text, self.labels)

    def _record(
        self, heading: str, fields: dict[str, Any], parts: tuple[Part, ...], tail: tuple[str | Block, ...]
    ) -> Postmortem:
        values: dict[str, list[Any]] = {}
        for piece in (*(piece for part in parts for piece in part.body), *tail):
            if isinstance(piece, Block):
                values[piece.name] = [item.value for item in piece.items if item.value is not None]
        incident, complaints = incident_of(fields)
        self.notes.extend(Note("front matter", complaint) for complaint in complaints)
        lists = {name: tuple(values.get(form.block, ())) for name, form in FORMS.items() if name not in {"figures", "notes"}}
        figures = values.get("impact", [])
        record = Postmortem(
            title=heading or str(fields.get("title") or ""),
            incident=incident,
            impact=Impact(
                tuple(value for value in figures if not isinstance(value, str)),
                tuple(value for value in figures if isinstance(value, str)),
            ),
            lessons=Lessons(
                **{
                    field: tuple(text for kind, text in values.get("lessons", []) if kind == said)
                    for said, field in LESSONS.items()
                }
            ),
            questions=tuple(values.get("questions", ())),
            sections=tuple(part.section for part in parts),
            notes=(*values.get("notes", ()), *self.notes),
            practice=str(fields.get("practice") or "google"),
            metadata=metadata_of(fields),
            **lists,
        )
        return record if self.read_blocks else foreign.completed(record, self.outline)
