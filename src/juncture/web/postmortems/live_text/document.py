"""A Yjs document of a postmortem: values in, values out. It knows no rows and no sockets.

Each section is a root text named `section-<key>`; nothing else may be in it. Text is characters without marks or embeds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from diff_match_patch import diff_match_patch
from msgspec import Struct
from pycrdt import Doc, Text, TextEvent, TransactionEvent

from juncture.web.access.texts import is_storable
from juncture.web.postmortems.merging import TOKEN, Alphabet

SECTION_LIMIT = 1_000_000
"""Characters of a section, at most."""
_PREFIX = "section-"
_EMPTY = b"\x00\x00"
"""The update that changes nothing."""


class Forged(Exception):  # noqa: N818 - it names what the update is
    """An update that no editor of ours makes. The document has to be read anew."""


class Integrated(Struct, frozen=True):
    """What an update changed: itself as it was taken in, and the sections whose text it changes."""

    update: bytes
    sections: tuple[int, ...]


class LiveDocument:
    """A document in memory. Not for two threads at the same moment."""

    def __init__(self, sections: Iterable[int], updates: Iterable[bytes] = ()) -> None:
        """Make a document of these sections from its updates, in their order."""
        self._doc: Doc[Any] = Doc(allow_multithreading=True)
        self._texts: dict[int, Text] = {}
        self._made: list[bytes] = []
        self._touched: set[int] = set()
        self._complaint = ""
        self._doc.observe(self._integrated)
        with self._doc.transaction():
            for update in updates:
                self._doc.apply_update(update)
        # A section that was taken out is still in the document: whoever types in it at this moment loses nothing.
        there = (int(name.removeprefix(_PREFIX)) for name in list(self._doc.keys()))
        for section in {*there, *sections}:
            self.add_section(section)
        self._made.clear()
        self._touched.clear()

    @property
    def sections(self) -> frozenset[int]:
        """The keys of the sections that it knows."""
        return frozenset(self._texts)

    def add_section(self, section: int) -> None:
        """Know a section; one without text is empty."""
        if section not in self._texts:
            text = self._doc.get(f"{_PREFIX}{section}", type=Text)
            text.observe(self._watch(section))
            self._texts[section] = text

    def text(self, section: int) -> str:
        """Return the text of a section, empty for one that it does not know."""
        text = self._texts.get(section)
        return "" if text is None else str(text)

    def state(self) -> bytes:
        """Return the state vector: what of everybody's typing it holds."""
        return self._doc.get_state()

    def missing_in(self, state: bytes) -> bytes:
        """Return the update that brings a document of this state to this one. Raises Forged for what is no state vector."""
        try:
            return self._doc.get_update(state)
        except ValueError as error:
            raise Forged(str(error)) from None

    def whole(self) -> bytes:
        """Return the document as one update. Text that was deleted is not in it."""
        return self._doc.get_update()

    def integrate(self, update: bytes) -> Integrated | None:
        """Take in an update; return what it changed, None where it brings nothing new, or waits for an earlier one.

        Raises Forged for what is no update, or makes anything but text of known sections. The document is spoilt then.
        """
        self._made.clear()
        self._touched.clear()
        self._complaint = ""
        try:
            self._doc.apply_update(update)
        except ValueError as error:
            raise Forged(str(error)) from None
        if self._complaint:
            raise Forged(self._complaint)
        if not self._made:
            return None
        if unknown := set(self._doc.keys()) - {f"{_PREFIX}{key}" for key in self._texts}:
            raise Forged(f"there is no {min(unknown)[:40]!r} in this document")
        for section in self._touched:
            if len(self.text(section)) > SECTION_LIMIT:
                raise Forged(f"a section holds at most {SECTION_LIMIT:,} characters")
        return Integrated(self._made[-1], tuple(sorted(self._touched)))

    def write(self, texts: Mapping[int, str]) -> Integrated | None:
        """Give sections these texts, whose lines end by LF; return what it changed, None for nothing.

        The fewest words that have to change are changed, so that who types beside them loses nothing.
        """
        self._made.clear()
        self._touched.clear()
        with self._doc.transaction():
            for section, new in texts.items():
                self.add_section(section)
                _rewrite(self._texts[section], self.text(section), new)
        return Integrated(self._made[-1], tuple(sorted(self._touched))) if self._made else None

    def _integrated(self, event: TransactionEvent) -> None:
        if event.update != _EMPTY:
            self._made.append(event.update)

    def _watch(self, section: int) -> Callable[[TextEvent], None]:
        def changed(event: TextEvent) -> None:
            self._touched.add(section)
            delta: list[dict[str, Any]] = event.delta  # type: ignore[attr-defined]  # its types do not name it
            for step in delta:
                typed = step.get("insert", "")
                if "attributes" in step or not isinstance(typed, str):
                    self._complaint = "a section holds text alone"
                elif "\r" in typed or not is_storable(typed):
                    self._complaint = "a text holds no NUL, and ends its lines by LF"

        return changed


def _rewrite(text: Text, old: str, new: str) -> None:
    """Change a text word by word. Its places count bytes of UTF-8."""
    if old == new:
        return
    alphabet = Alphabet()
    before, after = alphabet.code(TOKEN.findall(old)), alphabet.code(TOKEN.findall(new))
    engine = diff_match_patch()
    place = 0
    for kind, run in engine.diff_main(before, after, False):  # noqa: FBT003 - that the texts have no lines to compare first
        words = alphabet.text(run)
        size = len(words.encode())
        if kind == engine.DIFF_DELETE:
            del text[place : place + size]
            continue
        if kind == engine.DIFF_INSERT:
            text.insert(place, words)
        place += size
