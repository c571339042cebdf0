"""From a record to the text of its file; what did not change keeps its bytes."""

from __future__ import annotations

from typing import Any

import msgspec

from juncture.document.record_file.forms import FORMS, LESSONS, escape
from juncture.document.record_file.front_matter import front_fields, rewrite_front_matter, write_front_matter
from juncture.document.record_file.items import write_item
from juncture.document.record_file.reading import OPEN, TAIL, Block, Item, Part, RecordFile, read, seal
from juncture.model.record import Postmortem, Section

BLOCKS = (
    "milestones", "phases", "participants", "timeline", "changes", "decisions",
    "weak-points", "factors", "impact", "actions", "lessons", "questions", "notes",
)  # fmt: skip
_FIELDS = {form.block: name for name, form in FORMS.items()}


def write(record: Postmortem | RecordFile) -> str:
    """Return the text of a record file: as it was read, or a record's in the form of this house.

    `read(write(record)).record == record` for every record. One that the form cannot say (prose with a stray heading, a
    text with odd characters) has an exact copy in a comment at the end, valid as long as the text above is untouched.
    """
    if isinstance(record, RecordFile):
        return record.text
    return _exact(_Writing(record, RecordFile("", record)).fresh(), record)


def rewrite(file: RecordFile, record: Postmortem) -> str:
    """Return the text of `file` changed to say `record`: every object, section and key that is the same keeps its bytes."""
    if record == file.record:
        return file.text
    if not file.parts and not file.title and not file.front_matter:
        return write(record)
    return _exact(_Writing(record, file).changed(), record)


def _exact(text: str, record: Postmortem) -> str:
    if read(text).record == record:
        return text
    body = msgspec.json.encode(record).decode().replace("<", "\\u003c").replace(">", "\\u003e").replace("--", "\\u002d\\u002d")
    return f"{text}<!-- juncture:exact {seal(text)} {body} -->\n"


class _Writing:
    def __init__(self, record: Postmortem, file: RecordFile) -> None:
        self.record, self.file = record, file
        self.label_of = {event: label for label, event in self._labels().items()}
        self.written: set[str] = set()
        old = [piece for part in file.parts for piece in part.body] + list(file.tail)
        self.old_blocks = {piece.name: piece for piece in old if isinstance(piece, Block)}

    def fresh(self) -> str:
        title = f"# {self.record.title}\n\n" if self.record.title else ""
        body = "".join(self._section(section) for section in self.record.sections)
        front = write_front_matter(front_fields(self.record, title=False))
        return f"{front}{title}{body}{self._tail()}"

    def changed(self) -> str:
        unused = list(self.file.parts)
        out = [self._changed_front_matter(), self._changed_title()]
        for section in self.record.sections:
            same = next((part for part in unused if part.section == section), None)
            near = same or next((part for part in unused if part.section.heading == section.heading), None)
            if near:
                unused.remove(near)
            out.append(self._same(near) if near and near is same else self._section(section, near))
        return "".join(out) + self._tail()

    def _labels(self) -> dict[str, str]:
        return read("\n".join(section.markdown for section in self.record.sections)).labels if self.record.sections else {}

    def _changed_front_matter(self) -> str:
        in_front = not self.file.title.lstrip().startswith("#")
        old, new = front_fields(self.file.record, title=in_front), front_fields(self.record, title=in_front)
        if not self.file.front_matter:
            return "" if old == new else write_front_matter(new)
        return rewrite_front_matter(self.file.front_matter, old, new)

    def _changed_title(self) -> str:
        if self.file.record.title == self.record.title or not self.file.record.title:
            return self.file.title
        return self.file.title.replace(self.file.record.title, self.record.title, 1)

    def _same(self, part: Part) -> str:
        return part.heading + "".join(
            piece if isinstance(piece, str) else self._block(piece.name, piece) for piece in part.body
        )

    def _section(self, section: Section, near: Part | None = None) -> str:
        heading = near.heading if near else f"## {section.heading}\n" if section.heading else ""
        gap = "" if not heading else "\n"
        lines = []
        for line in section.markdown.split("\n"):
            match = OPEN.fullmatch(line)
            known = match and match[1] in BLOCKS and match[1] not in self.written
            lines.append(self._block(match[1]).rstrip("\n") if match and known else line)
        return f"{heading}{gap}{chr(10).join(lines)}\n\n"

    def _tail(self) -> str:
        old = "".join(
            piece if isinstance(piece, str) else self._block(piece.name, piece)
            for piece in self.file.tail
            if isinstance(piece, str) or piece.name not in self.written
        )
        blocks = [name for name in BLOCKS if name not in self.written and self._items(name)]
        new = "".join(f"\n{self._block(name)}" for name in blocks)
        return f"{old or TAIL + chr(10)}{new}" if old or new else ""

    def _block(self, name: str, old: Block | None = None) -> str:
        self.written.add(name)
        old = old or self.old_blocks.get(name)
        unused = list(old.items) if old else []
        out = [old.opening if old else f"<!-- juncture:{name} -->\n"]
        for value, text in self._items(name):
            same = next((item for item in unused if item.value == value), None)
            out.append(same.text if same else text)
            if same:
                unused.remove(same)
        out.extend(item.text for item in unused if _is_unreadable(item))
        out.append(old.closing if old else f"<!-- /juncture:{name} -->\n")
        return "".join(out)

    def _items(self, block: str) -> list[tuple[Any, str]]:
        """Return the block's values, each with the text of a new item."""
        record = self.record
        if block == "questions":
            return [(text, f"- {escape(text)}\n") for text in record.questions]
        if block == "lessons":
            said = [((kind, text)) for kind, field in LESSONS.items() for text in getattr(record.lessons, field)]
            return [(pair, f"- {pair[0]}: {escape(pair[1])}\n") for pair in said]
        if block == "impact":
            figures = [(figure, write_item(FORMS["figures"], figure)) for figure in record.impact.figures]
            return figures + [(text, f"- not known: {escape(text)}\n") for text in record.impact.not_known]
        values = getattr(record, _FIELDS[block])
        form = FORMS[_FIELDS[block]]
        return [(value, write_item(form, value, self._label(value))) for value in values]

    def _label(self, value: object) -> str | None:
        event = getattr(value, "event", None) or getattr(value, "id", None)
        return self.label_of.get(event) if isinstance(event, str) else None


def _is_unreadable(item: Item) -> bool:
    return item.value is None and bool(item.text.strip())
