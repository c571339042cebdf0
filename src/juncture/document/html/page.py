"""The postmortem as one self-contained HTML file."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from juncture.document.drawing.clock import Clock
from juncture.document.html import assets
from juncture.document.html.context import Context
from juncture.document.html.parts.actions import actions
from juncture.document.html.parts.analysis import factors, lessons, questions, weak_points
from juncture.document.html.parts.changes import changes
from juncture.document.html.parts.decisions import decisions
from juncture.document.html.parts.head import facts, fog, head
from juncture.document.html.parts.impact import impact
from juncture.document.html.parts.notes import notes
from juncture.document.html.parts.people import participants
from juncture.document.html.parts.phases import milestones, phases
from juncture.document.html.parts.theatre import theatre
from juncture.document.html.parts.timeline import timeline
from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation
from juncture.model.record import Postmortem, Section
from juncture.text.markup import EMPTY, Markup, element, joined
from juncture.text.render import to_html

Part = Callable[[Context], Markup]

_PARTS: dict[str, tuple[str, Part]] = {
    "phases": ("Phases", phases),
    "milestones": ("Milestones", milestones),
    "impact": ("Impact", impact),
    "timeline": ("Key timeline", timeline),
    "changes": ("Changes before it began", changes),
    "decisions": ("Decisions", decisions),
    "weak-points": ("Weak points", weak_points),
    "factors": ("Contributing factors", factors),
    "lessons": ("Lessons", lessons),
    "actions": ("Actions", actions),
    "participants": ("Who took part", participants),
    "questions": ("Questions for the author", questions),
    "notes": ("Assumptions and doubts", notes),
}
"""The blocks of a record in the order in which they stand where no section shows them, each with its heading."""
_IN_REPLAY = frozenset({"timeline", "changes", "decisions"})
"""Parts that the replay shows, as far as they were known."""
_SUMMARY = frozenset({"summary", "executive summary", "tl;dr", "abstract"})
_ANNEXES = frozenset({"sources", "evidence", "appendix", "supporting information", "references"})
"""Sections that are looked up, not read: they are set small."""
_EMPTY_PROSE = re.compile(r'<div class="prose later">\s*</div>')
_LOGO = (
    '<path class="logo-line" d="M2 12h6c6 0 6-6 14-6"/><path class="logo-other" d="M10 12.5c4 0 5 5.5 12 5.5"/>'
    '<path class="logo-point" d="m8.5 7.75 4.25 4.25-4.25 4.25L4.25 12Z"/>'
)


class Theme(StrEnum):
    """Which colours the file opens with; the reader can change them."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def page(
    postmortem: Postmortem, excerpts: Mapping[Citation, Excerpt], *, theme: Theme = Theme.SYSTEM, zone: str = "UTC"
) -> str:
    """Return one HTML document that needs nothing but itself: style and script are inside, and a policy forbids all else.

    `excerpts` are what citations open, masked by the caller; a citation without one names its place alone. `zone` is the
    IANA name of the zone in which times are shown; ZoneInfoNotFoundError is raised where there is no such zone.
    """
    context = Context(postmortem, excerpts, Clock(zone))
    body = _body(context)
    return "<!doctype html>\n" + element(
        "html",
        _meta(postmortem),
        element("body", body, element("script", Markup(assets.script()))),
        lang="en",
        data_theme=None if theme is Theme.SYSTEM else str(theme),
    )


def article(
    postmortem: Postmortem,
    excerpts: Mapping[Citation, Excerpt],
    *,
    zone: str = "UTC",
    edit: Mapping[int, str] | None = None,
) -> Markup:
    """Return the article of `page` alone, for a page of the application that has the same style and script.

    `edit` gives, by the position of a section in the record, the address at which it is written.
    """
    return _article(Context(postmortem, excerpts, Clock(zone), edit or {}))


def _meta(postmortem: Postmortem) -> Markup:
    return element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=assets.policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("meta", name="generator", content="Juncture"),
        element("title", postmortem.title or "Postmortem"),
        element("style", Markup(assets.style())),
    )


def _body(context: Context) -> Markup:
    return joined(
        (
            element("a", "Skip to content", class_="skip", href="#main"),
            _top_bar(),
            element("main", _article(context), id="main", tabindex=-1),
            _foot(context),
        )
    )


def _article(context: Context) -> Markup:
    summary = next((each for each in context.postmortem.sections if each.heading.strip().lower() in _SUMMARY), None)
    opening = joined((head(context, summary.markdown if summary else ""), context.edit_link(summary)))
    top = joined((opening, facts(context), theatre(context)))
    sections = _Sections(context)
    first = [] if context.shows("phases") else [sections.unwritten("phases")]
    written = [sections.written(section) for section in context.postmortem.sections if section is not summary]
    rest = [sections.unwritten(name) for name in _PARTS]
    main = joined((*first, *written, *rest, sections.evidence()))
    contents = joined(element("li", element("a", said, href=f"#{name}")) for name, said in sections.headings)
    aside = element(
        "nav", element("h2", "On this page"), element("ol", contents), class_="contents no-print", aria_label="On this page"
    )
    return element(
        "article",
        top,
        element("div", element("div", main), aside, class_="columns"),
        class_="document",
        aria_labelledby="title",
    )


class _Sections:
    """Writes sections, and remembers which parts and headings they have used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._used: set[str] = set()
        self._number = 0
        self.headings: list[tuple[str, str]] = [("title", "Summary")]

    def written(self, section: Section) -> Markup:
        """Return a section of the record: its prose, with the parts that it shows where it shows them."""
        shown: list[str] = []
        html = to_html(
            section.markdown, footnote=self._context.footnote, block=lambda name: self._block(name, shown), least_heading=3
        )
        annex = " annex" if section.heading.strip().lower() in _ANNEXES else ""
        body = _EMPTY_PROSE.sub("", f'<div class="prose later">{html}</div>').replace('"prose later"', f'"prose later{annex}"')
        if not body:
            if "juncture:" not in section.markdown and not self._context.edit:
                return EMPTY
            body = element("p", "Nothing here yet.", class_="quiet later")
        return self._section(section.heading, Markup(body), shown, self._context.edit_link(section))

    def unwritten(self, name: str) -> Markup:
        """Return a part that no section shows, under its own heading."""
        if name in self._used or (name == "milestones" and not self._context.shows("milestones")):
            return EMPTY
        self._used.add(name)
        heading, part = _PARTS[name]
        body = part(self._context)
        return self._section(heading, _part(name, body), [name]) if body else EMPTY

    def evidence(self) -> Markup:
        """Return what was cited, last of all."""
        if not self._context.citations.count:
            return EMPTY
        return self._section("Evidence", self._context.citations.evidence(), ["evidence"])

    def _block(self, name: str, shown: list[str]) -> str | None:
        """Return a part in the midst of a section's prose, which is closed before it and opened again after."""
        name = name.lower().replace("_", "-")
        if name not in _PARTS or name in self._used:
            return None
        self._used.add(name)
        body = _PARTS[name][1](self._context)
        if not body:
            return None
        shown.append(name)
        return f'</div>{_part(name, body)}<div class="prose later">'

    def _section(self, heading: str, body: Markup, shown: list[str], edit: Markup = EMPTY) -> Markup:
        self._number += 1
        name = "evidence-list" if shown == ["evidence"] else f"section-{self._number}"
        lives = bool(_IN_REPLAY.intersection(shown)) or name == "evidence-list"
        title = heading.strip()
        said = element("span", title, class_="at-rest")
        if "timeline" in shown:
            said = joined(
                (said, element("span", "Known at ", element("span", class_="replay-clock"), class_="in-replay", hidden=True))
            )
        if title:
            self.headings.append((name, title))
        return element(
            "section",
            element("h2", said, edit, id=f"{name}-heading") if title else edit or None,
            body,
            None if lives else fog(),
            id=name,
            class_=f"document-section{'' if lives else ' later-section'}",
            aria_labelledby=f"{name}-heading" if title else None,
        )


def _part(name: str, body: Markup) -> Markup:
    return element("div", body, id=name, class_="part" if name in _IN_REPLAY else "part later")


def _top_bar() -> Markup:
    logo = element("svg", Markup(_LOGO), viewBox="0 0 24 24", aria_hidden="true")
    theme = element(
        "button",
        "Dark",
        type="button",
        class_="button quiet small",
        id="theme",
        aria_label="Switch between light and dark",
        hidden=True,
    )
    printing = element("button", "Print", type="button", class_="button quiet small", id="print", hidden=True)
    return element(
        "header",
        element(
            "div",
            element("span", logo, "Juncture", class_="brand"),
            element("div", theme, printing, class_="bar-end"),
            class_="bar-in",
        ),
        class_="bar no-print",
    )


def _foot(context: Context) -> Markup:
    many = context.citations.count
    words = f"{many} places in the evidence are cited in this file." if many else "This file cites no evidence."
    return element(
        "footer", element("span", words), element("span", f"Times in {context.clock.zone}. Written by Juncture."), class_="foot"
    )
