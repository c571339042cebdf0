"""Citations: a small number after a sentence that opens the very lines, and the list of evidence that they come from.

What a number opens is a popover: it needs no script, closes by Escape or by a tap beside it, and its lines are printed in the
list of evidence. Numbers count places in the order in which a reader meets them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from juncture.document.replay import is_stretch
from juncture.evidence.places import Excerpt, ExcerptLine
from juncture.model.evidence import Citation
from juncture.text.markup import EMPTY, Markup, element, joined

MOST_MARKS = 4
"""More places than these for one sentence are counted, not numbered."""
_MOST_LINES = 11
_LINES_BEFORE = 2
_MOST_CHARACTERS, _MOST_BESIDE = 500, 160
"""Characters of a cited line, and of one beside it."""
_ENOUGH = 1400
"""Characters after which no further line is begun."""
_HASH_DIGITS = 12
_WORD_JOINER = "\N{WORD JOINER}"
"""Keeps a number on the line of the word that it follows."""


class _Cited(Struct, frozen=True):
    number: int
    citation: Citation
    excerpt: Excerpt | None
    title: str


class Citations:
    """Numbers citations as a document uses them; the same place has the same number everywhere."""

    def __init__(self, excerpts: Mapping[Citation, Excerpt], paths: Mapping[str, str]) -> None:
        """`paths` names artefacts whose citations give no path."""
        self._excerpts = {_place(citation): excerpt for citation, excerpt in excerpts.items()}
        self._paths = {citation.artefact: citation.path for citation in excerpts if citation.path} | dict(paths)
        self._cited: dict[tuple[str, str], _Cited] = {}

    def marks(self, citations: Sequence[Citation]) -> Markup:
        """Return the numbers that follow a sentence with these citations."""
        different = list({_place(citation): citation for citation in citations}.values())
        if not different:
            return EMPTY
        more = len(different) - MOST_MARKS
        rest = element("span", f"+{more:,}", class_="cite-more", title=f"and {more:,} more places") if more > 0 else None
        marks = (self._mark(citation) for citation in different[:MOST_MARKS])
        return element("span", _WORD_JOINER, *marks, rest, class_="cites")

    def evidence(self) -> Markup:
        """Return the list of all that was cited so far, with what each number opens, then the artefacts and their hashes."""
        entries = joined(_entry(cited) for cited in self._cited.values())
        return joined((element("ol", entries, class_="evidence"), _artefacts(self._cited.values())))

    @property
    def count(self) -> int:
        """How many places were cited so far."""
        return len(self._cited)

    def _mark(self, citation: Citation) -> Markup:
        key = _place(citation)
        if key not in self._cited:
            excerpt = self._excerpts.get(key)
            citation = Citation(citation.artefact, citation.path or self._paths.get(citation.artefact), citation.place)
            title = excerpt.title if excerpt and excerpt.title else _name(citation)
            self._cited[key] = _Cited(len(self._cited) + 1, citation, excerpt, title)
        cited = self._cited[key]
        return element(
            "button", str(cited.number), type="button", class_="cite", popovertarget=f"excerpt-{cited.number}",
            aria_label=f"Evidence {cited.number}: {cited.title}",
        )  # fmt: skip


def _place(citation: Citation) -> tuple[str, str]:
    return citation.artefact, citation.place


def _name(citation: Citation) -> str:
    return citation.path.replace("!/", "/").rsplit("/", 1)[-1] if citation.path else "Artefact"


def _short(artefact: str) -> str:
    return artefact.removeprefix("sha256:")[:_HASH_DIGITS]


def _entry(cited: _Cited) -> Markup:
    citation, number = cited.citation, cited.number
    row = element(
        "div",
        element("span", str(number), class_="evidence-number"),
        element(
            "div",
            element("span", cited.title, class_="evidence-title"),
            element("span", _where(citation, path=citation.path != cited.title), class_="meta dots"),
        ),
        element("code", _short(citation.artefact), class_="hash"),
        element(
            "button", "Open", type="button", class_="button quiet small no-print", popovertarget=f"excerpt-{number}",
            aria_label=f"Open evidence {number}: {cited.title}",
        ),
        class_="evidence-row",
    )  # fmt: skip
    return element("li", row, _popover(cited), id=f"evidence-{number}")


def _popover(cited: _Cited) -> Markup:
    head = element(
        "div",
        element("strong", cited.title),
        element("a", f"Evidence {cited.number}", href=f"#evidence-{cited.number}", class_="meta no-print"),
        class_="excerpt-head",
    )
    if cited.excerpt is None or not cited.excerpt.lines:
        body = element("p", "The text of this place is not in this file. The hash below tells which bytes are meant.")
    else:
        body = _slice(cited.excerpt)
    foot = element("p", _where(cited.citation, path=cited.citation.path != cited.title, digest=True), class_="meta dots")
    return element(
        "div", head, body, foot, id=f"excerpt-{cited.number}", class_="excerpt", popover="auto",
        aria_label=f"Evidence {cited.number}", role="group",
    )  # fmt: skip


def _slice(excerpt: Excerpt) -> Markup:
    first = next((number for number, line in enumerate(excerpt.lines) if line.hit), 0)
    start = max(first - _LINES_BEFORE, 0)
    shown = list(_within_limits(excerpt.lines[start:]))
    rest = len(excerpt.lines) - start - len(shown)
    more = (
        element("span", f"{rest:,} more {'line' if rest == 1 else 'lines'}", class_="slice-line slice-rest") if rest else None
    )
    lines = joined(shown, "\n")
    kind = "slice stretch" if is_stretch(excerpt.place) else "slice"
    return element("div", lines, more, class_=kind, tabindex=0, role="group", aria_label="Excerpt")


def _within_limits(lines: Sequence[ExcerptLine]) -> Iterable[Markup]:
    """Yield lines until there are enough of them, or of their text; always the first cited one."""
    characters = 0
    for number, line in enumerate(lines[:_MOST_LINES]):
        if characters > _ENOUGH and number > _LINES_BEFORE:
            return
        most = _MOST_CHARACTERS if line.hit else _MOST_BESIDE
        text = line.text if len(line.text) <= most else f"{line.text[: most - 1]}…"
        characters += len(text)
        yield _line(line, text)


def _line(line: ExcerptLine, text: str) -> Markup:
    label = element("span", line.label, class_="slice-label") if line.label else None
    return element(
        "span", label, element("span", text, class_="slice-text"), class_="slice-line hit" if line.hit else "slice-line"
    )


def _where(citation: Citation, *, path: bool = True, digest: bool = False) -> Markup:
    said = element("code", f"sha256 {_short(citation.artefact)}…", class_="hash") if digest else None
    return joined(
        (
            element("span", citation.path) if citation.path and path else None,
            element("span", _place_said(citation.place), class_="mono") if citation.place else None,
            element("span", said) if said else None,
        )
    )


def _place_said(place: str) -> str:
    kind, colon, rest = place.partition(":")
    if colon and kind in {"line", "bytes"}:
        plural = "s" if kind == "line" and "-" in rest else ""
        return f"{kind}{plural} " + rest.replace("-", "\N{EN DASH}")
    return place


def _artefacts(cited: Iterable[_Cited]) -> Markup:
    paths: dict[str, str | None] = {}
    for each in cited:
        paths[each.citation.artefact] = paths.get(each.citation.artefact) or each.citation.path
    if not paths:
        return EMPTY
    many = f"All {len(paths)} artefacts" if len(paths) > 1 else "The artefact"
    rows = joined(
        element("li", element("span", path or "stored under its hash"), element("code", digest, class_="hash"))
        for digest, path in paths.items()
    )
    return element(
        "details",
        element("summary", f"{many} with the hash of every byte"),
        element("ul", rows, class_="artefacts"),
        class_="opens",
    )
