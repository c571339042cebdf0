"""The postmortem as a PDF: the print style of the HTML file, laid out by WeasyPrint, which is the extra `pdf`.

WeasyPrint styles a drawing by what stands inside of it alone, so the page's rules are written onto its elements first.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from juncture.model.errors import BadEvidence

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

HOW = "Install juncture[pdf] (WeasyPrint) and the library Pango: `apt install libpango-1.0-0 libpangoft2-1.0-0`"
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = (
    "fill", "stroke", "stroke-width", "stroke-dasharray", "stroke-opacity", "fill-opacity", "opacity", "stroke-linecap",
    "stroke-linejoin", "text-anchor", "dominant-baseline", "font-size", "font-weight", "display",
)  # fmt: skip
_VARIABLE = re.compile(r"var\((--[\w-]+)(?:,\s*([^()]+))?\)")
_REM = re.compile(r"(\d*\.?\d+)rem")
_FONT = re.compile(r"(?P<weight>\d{3}) (?P<size>[\d.]+px)")
_ROWS = {
    ".facts": "", ".ribbon ol": "", ".event": "4.75rem",
    ".factors li": "2.25rem", ".ranked li": "1.5rem", ".decision-item dl > div": "7rem",
    ".known-then li": "4.5rem", ".notes-list li": "12rem", ".evidence-row": "1.75rem", ".slice-line": "3rem",
}  # fmt: skip
"""What stands in columns, and how wide the first one is. WeasyPrint gives up on grids that run over the end of a page."""
_ONLY_HERE = """
body, .stat > * { display: block !important; }
.stat { padding: 6pt 0; border-top: 0.5pt solid #ccc; }
.chip { display: inline-block !important; margin-right: 3pt; }
.event > svg, .ranked li > svg, .known-then li > svg, .decision-item header > svg { width: 1rem; }
.decision-item header > svg { float: left; margin: 2pt 4pt 0 0; }
.formula dt, .reasons dt { float: left; clear: left; width: 8rem; }
.formula dd, .reasons dd { margin: 0 0 2pt 8.5rem; }
.lanes-scroll, .lanes-canvas { min-width: 0 !important; }
.lessons > *, .participants > * { display: inline-block !important; width: 48%; padding: 0 6pt 6pt 0; vertical-align: top; }
.lanes { zoom: 1 !important; }
.lanes > * { display: inline-block !important; vertical-align: top; }
.lanes > :first-child { width: 19%; }
.lanes > :last-child { width: 80%; }
.face { line-height: 2rem !important; text-align: center; }
tr, h2, h3, .picture, .plot-figure { break-inside: avoid; }
"""


class NoPdf(BadEvidence):
    """WeasyPrint or a library that it needs is not installed."""

    def __init__(self) -> None:
        super().__init__("PDF", "what writes it is not installed", HOW)


def pdf(page: str) -> bytes:
    """Return a PDF of an HTML page as `document.html.page` gives it. Nothing is fetched, from the network or the disk.

    Raises NoPdf where WeasyPrint, or a library of the system that it needs, is missing.
    """
    try:
        import weasyprint  # noqa: PLC0415 - an extra, and it takes more than a second
        from weasyprint.urls import URLFetcher  # noqa: PLC0415 - the same
    except (ImportError, OSError):
        raise NoPdf from None
    style = page.partition("<style>")[2].partition("</style>")[0]
    plain = style.replace("break-inside: avoid", "break-inside: auto").replace("display: grid", "display: block")
    text = page.replace(style, f"{plain.replace('inline-grid', 'inline-block')}{_columns()}{_ONLY_HERE}", 1)
    logging.getLogger("weasyprint").setLevel(logging.ERROR)  # it complains of every rule that is for screens
    # Pictures are in the page; nothing else has an address that is followed.
    fetcher = URLFetcher(allowed_protocols=["data"])
    document = weasyprint.HTML(string=text, url_fetcher=fetcher, media_type="print")
    _paint(document.etree_element, _rules(text))
    return bytes(document.write_pdf())


def _columns() -> str:
    """Return the rules that make tables of what are grids on a screen."""
    rules = []
    for row, first in _ROWS.items():
        rules.append(f"{row} {{ display: table !important; width: 100%; table-layout: fixed; }}")
        rules.append(f"{row} > :not(.no-print) {{ display: table-cell !important; vertical-align: top; padding-right: 6pt; }}")
        if first:
            rules.append(f"{row} > :first-child {{ width: {first}; }}")
    return "\n".join(rules)


def _rules(page: str) -> list[tuple[Any, dict[str, str]]]:
    """Return the rules of a page's style that draw: compiled selectors, lightest first, and what they declare."""
    import cssselect2  # noqa: PLC0415 - comes with WeasyPrint
    import tinycss2  # noqa: PLC0415 - the same

    style = page.partition("<style>")[2].partition("</style>")[0]
    sheet = list(_for_print(tinycss2.parse_stylesheet(style, skip_comments=True, skip_whitespace=True)))
    tokens: dict[str, str] = {}
    found: list[tuple[Any, dict[str, str]]] = []
    order = 0
    for rule in sheet:
        told = {
            each.lower_name if not each.name.startswith("--") else each.name: tinycss2.serialize(each.value).strip()
            for each in tinycss2.parse_declaration_list(rule.content, skip_comments=True, skip_whitespace=True)
            if each.type == "declaration"
        }
        selector = tinycss2.serialize(rule.prelude).strip()
        if selector == ":root":
            tokens |= {name: value for name, value in told.items() if name.startswith("--")}
        try:
            compiled = cssselect2.compile_selector_list(rule.prelude)
        except cssselect2.SelectorError:
            continue
        for one in compiled:
            if not one.pseudo_element:
                found.append(((one.specificity, order, one), told))
                order += 1
    found.sort(key=lambda each: each[0][:2])
    return [(key[2], {name: _resolved(value, tokens) for name, value in told.items()}) for key, told in found]


def _for_print(rules: list[Any]) -> Iterator[Any]:
    import tinycss2  # noqa: PLC0415 - comes with WeasyPrint

    for rule in rules:
        if rule.type == "qualified-rule":
            yield rule
        elif rule.type == "at-rule" and rule.content and tinycss2.serialize(rule.prelude).strip() == "print":
            yield from _for_print(tinycss2.parse_rule_list(rule.content, skip_comments=True, skip_whitespace=True))


def _resolved(value: str, tokens: Mapping[str, str]) -> str:
    for _ in range(4):
        value = _VARIABLE.sub(lambda found: tokens.get(found[1], found[2] or "inherit"), value)
    return _REM.sub(lambda found: f"{float(found[1]) * 16:g}px", value)


def _paint(root: Element, rules: list[tuple[Any, dict[str, str]]]) -> None:
    """Write what the rules say of each element of a drawing onto it, and the colour of the text round a drawing."""
    import cssselect2  # noqa: PLC0415 - comes with WeasyPrint

    colours: dict[Any, str] = {}
    inside: set[Any] = set()
    for element in cssselect2.ElementWrapper.from_html_root(root).iter_subtree():
        node, parent = element.etree_element, element.parent.etree_element if element.parent else None
        told: dict[str, str] = {}
        for selector, declared in rules:
            if selector.test(element):
                told |= declared
        colour = told.get("color", "inherit")
        colours[node] = colours.get(parent, "#000") if colour in {"inherit", "currentColor"} else colour
        if node.tag.removeprefix(_SVG) != "svg" and parent not in inside:
            continue
        inside.add(node)
        if font := _FONT.search(told.get("font", "")):
            told |= {"font-weight": font["weight"], "font-size": font["size"]}
        for name in _DRAWN:
            if name in told and told[name] != "inherit":
                node.set(name, told[name].replace("currentColor", colours[node]).removesuffix("!important").strip())
