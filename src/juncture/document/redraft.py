"""A newer draft beside the text that people made of an older one: labels that stay bound, and what differs, piece by piece."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from juncture.model.record import Section

_FOOTNOTE = re.compile(r"\[\^([^\]\s]+)\]: (.*)")
_LABEL = re.compile(r"\[\^([^\]\s]+)\]")
_EVENT = re.compile(r"\(event ([0-9a-f]{32})\b")
_PLACE = re.compile(r"\((sha256:[0-9a-f]{64}, .*)\)$")
_NUMBERED = re.compile(r"([A-Za-z]+)(\d+)")


class Text(Struct, frozen=True):
    """A section's text: its prose, and the footnotes at its end, label by label."""

    prose: str
    footnotes: dict[str, str]


class Hunk(Struct, frozen=True):
    """Lines of a prose, `[start, end)`, that became others."""

    start: int
    end: int
    before: tuple[str, ...]
    after: tuple[str, ...]

    @property
    def old(self) -> str:
        """The lines that there were."""
        return "\n".join(self.before)

    @property
    def new(self) -> str:
        """The lines that are in their place."""
        return "\n".join(self.after)


def text_of(markdown: str) -> Text:
    """Return a section's text, parted from the footnotes that are defined at its end. Those amid prose stay there."""
    lines = markdown.rstrip().split("\n")
    footnotes: list[tuple[str, str]] = []
    while lines and (not lines[-1].strip() or _FOOTNOTE.fullmatch(lines[-1])):
        if found := _FOOTNOTE.fullmatch(lines.pop()):
            footnotes.append((found[1], found[2]))
    return Text("\n".join(lines), dict(reversed(footnotes)))


def markdown_of(text: Text) -> str:
    """Return the Markdown of a text: what `text_of` gives back."""
    defined = "\n".join(f"[^{label}]: {said}" for label, said in text.footnotes.items())
    return "\n\n".join(part for part in (text.prose.rstrip(), defined) if part)


def labels_in(prose: str) -> list[str]:
    """Return the labels that a prose refers to, in their order, each once."""
    return list(dict.fromkeys(_LABEL.findall(prose)))


def bound_to(footnote: str) -> str:
    """Return what a footnote binds its label to: the id of an event, else a place in an artefact, else its words."""
    found = _EVENT.search(footnote) or _PLACE.search(footnote)
    return found[1] if found else footnote


def footnotes_in(sections: Sequence[Section]) -> dict[str, str]:
    """Return all footnotes of a document, label by label, the first of each label counting."""
    found: dict[str, str] = {}
    for section in sections:
        for match in re.finditer(rf"^{_FOOTNOTE.pattern}$", section.markdown, re.MULTILINE):
            found.setdefault(match[1], match[2])
    return found


def relabelled(sections: Sequence[Section], *documents: Sequence[Section]) -> tuple[Section, ...]:
    """Return sections in which each footnote has the label that the documents give to what it is bound to.

    The first document that binds it counts. What none of them cites gets a label that none of them uses.
    """
    bound: dict[str, str] = {}
    used: set[str] = set()
    for document in documents:
        for label, said in footnotes_in(document).items():
            bound.setdefault(bound_to(said), label)
        used.update(label for section in document for label in _LABEL.findall(section.markdown))
    named: dict[str, str] = {}
    for label, said in footnotes_in(sections).items():
        there = bound.get(bound_to(said))
        named[label] = _unused(label, used | set(named.values())) if there is None else there
    return tuple(
        Section(section.heading, _LABEL.sub(lambda one: f"[^{named.get(one[1], one[1])}]", section.markdown))
        for section in sections
    )


def with_own_labels(base: str, text: str, document: Sequence[Section]) -> str:
    """Return a text in which what it defines beyond its base takes no label that a document has given to something else.

    Two people who cite at the same time choose the same free label; the second one's gets another, so that both still cite what
    they meant.
    """
    before, there = footnotes_in([Section("", base)]), footnotes_in(document)
    given = footnotes_in([Section("", text)])
    used = {*there, *given, *(label for section in document for label in _LABEL.findall(section.markdown))}
    renamed: dict[str, str] = {}
    for label, said in given.items():
        taken = label in there and label not in before and bound_to(there[label]) != bound_to(said)
        if taken and _LABEL.findall(base).count(label) == 0:
            # One that the document has for the same already: what is sent twice is there once.
            same = next((one for one, bound in there.items() if bound_to(bound) == bound_to(said)), None)
            renamed[label] = same or _unused(label, used | set(renamed.values()))
    return _LABEL.sub(lambda one: f"[^{renamed.get(one[1], one[1])}]", text) if renamed else text


def unlabelled(prose: str, footnotes: Mapping[str, str]) -> str:
    """Return a prose in which what is cited stands for its label: equal whatever the labels are."""
    return _LABEL.sub(lambda one: f"[^{bound_to(footnotes.get(one[1], one[1]))}]", prose)


def hunks(old: str, new: str) -> Iterator[Hunk]:
    """Yield what changed from one prose to another, line by line: a draft has a paragraph a line."""
    before, after = old.split("\n"), new.split("\n")
    for kind, start, end, begin, stop in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Hunk(start, end, tuple(before[start:end]), tuple(after[begin:stop]))


def with_hunk(old: str, hunk: Hunk) -> str:
    """Return a prose with one of its hunks, and none of the others."""
    lines = old.split("\n")
    return "\n".join([*lines[: hunk.start], *hunk.after, *lines[hunk.end :]])


def _unused(label: str, used: set[str]) -> str:
    if label not in used:
        return label
    letters = (_NUMBERED.fullmatch(label) or ["", "e"])[1]
    numbers = [int(found[2]) for one in used if (found := _NUMBERED.fullmatch(one)) and found[1] == letters]
    return f"{letters}{max(numbers, default=0) + 1}"
