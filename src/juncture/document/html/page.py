"""The postmortem as one self-contained HTML file."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from juncture.document.drawing.clock import Clock
from juncture.document.html import assets
from juncture.document.html.context import Context
from juncture.document.html.edition import Edition
from juncture.document.html.parts.head import facts, head
from juncture.document.html.parts.phases import ribbon_of
from juncture.document.html.parts.theatre import theatre
from juncture.document.html.sections import PARTS, Sections
from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation
from juncture.model.record import Postmortem
from juncture.text.markup import Markup, element, joined

_SUMMARY = frozenset({"summary", "executive summary", "tl;dr", "abstract"})
_ALL = Edition()
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
    postmortem: Postmortem,
    excerpts: Mapping[Citation, Excerpt],
    *,
    theme: Theme = Theme.SYSTEM,
    zone: str = "UTC",
    edition: Edition = _ALL,
) -> str:
    """Return one HTML document that needs nothing but itself: style and script are inside, and a policy forbids all else.

    `excerpts` are what citations open, masked by the caller; a citation without one names its place alone. `zone` is the
    IANA name of the zone in which times are shown; ZoneInfoNotFoundError is raised where there is no such zone.
    """
    context = Context(postmortem, excerpts, Clock(zone), edition)
    body = _body(context)
    return "<!doctype html>\n" + element(
        "html",
        _meta(postmortem),
        element("body", body, element("script", Markup(assets.script()))),
        lang="en",
        data_theme=None if theme is Theme.SYSTEM else str(theme),
    )


def article(
    postmortem: Postmortem, excerpts: Mapping[Citation, Excerpt], *, zone: str = "UTC", edition: Edition = _ALL
) -> Markup:
    """Return the article of `page` alone, for a page of the application that has the same style and script."""
    return _article(Context(postmortem, excerpts, Clock(zone), edition))


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
    top = joined((opening, facts(context), ribbon_of(context), theatre(context)))
    sections = Sections(context)
    written = [sections.written(section) for section in context.postmortem.sections if section is not summary]
    rest = [sections.unwritten(name) for name in PARTS]
    main = joined((top, *written, *rest, sections.evidence()))
    headings = (*sections.headings, *context.edition.also)
    contents = joined(element("li", element("a", said, href=f"#{name}")) for name, said in headings)
    aside = element(
        "nav", element("h2", "On this page"), element("ol", contents), class_="contents no-print", aria_label="On this page"
    )
    return element(
        "article",
        element("div", element("div", main, class_="reading"), aside if len(headings) > 1 else None, class_="columns"),
        context.citations.opened(),
        class_="document",
        aria_labelledby="title",
    )


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
