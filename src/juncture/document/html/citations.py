"""Citations: a small number after a sentence that opens the very lines, and the list of evidence that they come from.

What a number opens is a popover: it needs no script, takes the next Tab, closes by Escape or by a tap beside it, and is printed
behind the document. Numbers count places in the order in which a reader meets them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from juncture.document.replay import is_stretch
from juncture.evidence.places import Excerpt, ExcerptLine
from juncture.model.evidence import Citation
from juncture.model.identity import ArtefactHash
from juncture.text.markup import EMPTY, Markup, element, joined

MOST_MARKS = 4
"""More places than these for one sentence are counted, not numbered."""
_MOST_LINES = 11
_LINES_BEFORE = 2
_MOST_CHARACTERS, _MOST_BESIDE = 500, 160
"""Characters of a cited line, and of one beside it."""
_ENOUGH = 1400
"""Characters after which no further line is begun."""
_MANY, _ENOUGH_OF_MANY = 100, 500
"""Beyond so many places, each shows fewer characters around the cited line: the page stays small."""
_MOST_ARTEFACTS = 6
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

    def __init__(
        self, excerpts: Mapping[Citation, Excerpt], paths: Mapping[str, str], images: Mapping[ArtefactHash, str]
    ) -> None:
        """`paths` names artefacts whose citations give no path, `images` the addresses of those that are pictures."""
        self._excerpts = {_place(citation): excerpt for citation, excerpt in excerpts.items()}
        self._paths = {citation.artefact: citation.path for citation in excerpts if citation.path} | dict(paths)
        self._images = images
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
        """Return the artefacts that were cited so far, and, folded, every place with its number."""
        rows = joined(_entry(cited) for cited in self._cited.values())
        every = element(
            "details",
            element("summary", "Every place that is cited"),
            element("ol", rows, class_="evidence"),
            class_="opens no-print",
        )
        return joined((_artefacts(list(self._cited.values())), every))

    def opened(self) -> Markup:
        """Return what the numbers open, to stand outside of all that may be folded."""
        enough = _ENOUGH_OF_MANY if len(self._cited) > _MANY else _ENOUGH
        found = joined(_popover(cited, self._images.get(cited.citation.artefact), enough) for cited in self._cited.values())
        title = element("h2", "Cited lines", class_="print-only")
        return element("div", title, found, class_="excerpts") if found else EMPTY

    def figure(self, citation: Citation) -> Markup:
        """Return a cited picture as a figure; empty where it is none, or is not at hand."""
        address = self._images.get(citation.artefact)
        return EMPTY if address is None else _picture(address, self._paths.get(citation.artefact) or citation.path)

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
        element(
            "button", "Open", type="button", class_="button quiet small no-print", popovertarget=f"excerpt-{number}",
            aria_label=f"Open evidence {number}: {cited.title}",
        ),
        class_="evidence-row",
    )  # fmt: skip
    return element("li", row, id=f"evidence-{number}")


def _popover(cited: _Cited, image: str | None, enough: int) -> Markup:
    head = element(
        "div",
        element("strong", cited.title),
        element("a", f"Evidence {cited.number}", href=f"#evidence-{cited.number}", class_="meta no-print"),
        element("span", f"Evidence {cited.number}", class_="meta print-only"),
        class_="excerpt-head",
    )
    if image is not None:
        body = _picture(image, None)
    elif cited.excerpt is None or not cited.excerpt.lines:
        body = element("p", "The text of this place is not in this file. The hash below tells which bytes are meant.")
    else:
        body = _slice(cited.excerpt, enough)
    foot = element("p", _where(cited.citation, path=cited.citation.path != cited.title, digest=True), class_="meta dots")
    return element(
        "div", head, body, foot, id=f"excerpt-{cited.number}", class_="excerpt", popover="auto",
        aria_label=f"Evidence {cited.number}", role="group",
    )  # fmt: skip


def _picture(address: str, caption: str | None) -> Markup:
    name = caption.replace("!/", "/").rsplit("/", 1)[-1] if caption else "a screenshot"
    said = element("figcaption", f"{name}, as it was received", class_="caption") if caption else None
    return element("figure", element("img", src=address, alt=f"Evidence: {name}", loading="lazy"), said, class_="picture")


def _slice(excerpt: Excerpt, enough: int) -> Markup:
    first = next((number for number, line in enumerate(excerpt.lines) if line.hit), 0)
    start = max(first - _LINES_BEFORE, 0)
    shown = list(_within_limits(excerpt.lines[start:], enough))
    rest = len(excerpt.lines) - start - len(shown)
    more = (
        element("span", f"{rest:,} more {'line' if rest == 1 else 'lines'}", class_="slice-line slice-rest") if rest else None
    )
    lines = joined(shown, "\n")
    kind = "slice stretch" if is_stretch(excerpt.place) else "slice"
    return element("div", lines, more, class_=kind, tabindex=0, role="group", aria_label="Excerpt")


def _within_limits(lines: Sequence[ExcerptLine], enough: int) -> Iterable[Markup]:
    """Yield lines until there are enough of them, or of their text; always the first cited one."""
    characters = 0
    for number, line in enumerate(lines[:_MOST_LINES]):
        if characters > enough and number > _LINES_BEFORE:
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


def _artefacts(cited: Sequence[_Cited]) -> Markup:
    """Return the artefacts, those that most was cited from first, and all but a few of them folded."""
    many = Counter(each.citation.artefact for each in cited)
    paths: dict[str, str | None] = {}
    for each in cited:
        paths[each.citation.artefact] = paths.get(each.citation.artefact) or each.citation.path
    if not paths:
        return EMPTY
    rows = [
        element(
            "li",
            element("span", paths[digest] or "stored under its hash", class_="artefact-name"),
            element("span", f"{count} {'place' if count == 1 else 'places'}", class_="meta"),
            element("code", digest, class_="hash"),
        )
        for digest, count in many.most_common()
    ]
    shown, rest = rows[:_MOST_ARTEFACTS], rows[_MOST_ARTEFACTS:]
    more = element(
        "details",
        element("summary", f"{len(rest)} more {'artefact' if len(rest) == 1 else 'artefacts'}"),
        element("ul", joined(rest), class_="artefacts"),
        class_="opens",
    )
    places = f"{len(cited):,} {'place' if len(cited) == 1 else 'places'}"
    words = f"{places} in {len(paths):,} {'artefact' if len(paths) == 1 else 'artefacts'}, each with the hash of every byte."
    return joined(
        (element("p", words, class_="caption"), element("ul", joined(shown), class_="artefacts"), more if rest else None)
    )
