"""Markdown as safe HTML: the one renderer of everything that people and evidence wrote.

Raw HTML is text here, links lead only to the web or to mail, and images are their words. What comes out is filtered once more
by an independent sanitiser, so that a fault in one of the two is not a hole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from functools import cache
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import OptionsDict

from juncture.text.footnotes import REFERENCE, install
from juncture.text.markup import Markup, clean, element, joined
from juncture.text.sentences import marked

Footnote = Callable[[str], str]
"""Returns the marker of a footnote's label, as HTML that is taken as it is."""
Env: TypeAlias = MutableMapping[str, Any]
Block = Callable[[str], str | None]
"""Returns what stands in place of a line `<!-- juncture:NAME -->`, as HTML, or None where there is no such block."""

Sentence = Callable[[str], tuple[str, str]]
"""Returns what stands before and after a sentence of this text, as HTML that is taken as it is."""

_SCHEMES = frozenset({"http", "https", "mailto"})
_TAGS = {
    "a", "blockquote", "br", "code", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "li", "ol", "p", "pre", "s", "span",
    "strong", "sup", "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
_ATTRIBUTES = {
    "a": {"href", "title"}, "i": {"data-slot"}, "ol": {"start"}, "span": {"class"}, "td": {"class"}, "th": {"class"},
}  # fmt: skip
_BLOCK = re.compile(r"<!--\s*juncture:([A-Za-z][A-Za-z0-9_-]*)\s*-->")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_SLOT = re.compile(r'<i data-slot="(\d+)"></i>')
_TASK = re.compile(r"\[([ xX])\]\s+")


def to_html(
    markdown: str,
    *,
    footnote: Footnote | None = None,
    block: Block | None = None,
    sentence: Sentence | None = None,
    least_heading: int = 1,
) -> str:
    """Return Markdown as HTML that cannot run, load or reach anything.

    CommonMark with tables, strike-through, footnotes and `- [ ]` tasks. `footnote` makes the markers of footnote references;
    without it they are numbered and their definitions stand at the end. `block` fills lines `<!-- juncture:NAME -->`; other
    comments are left out. `sentence` says what stands round each sentence of a paragraph. Headings start at `least_heading`,
    so that a text fits under the headings that are there already.
    """
    slots: list[str] = []
    notes = _Notes()
    env: dict[str, Any] = {
        "slots": slots, "footnote": footnote or notes.marker, "block": block or _no_block, "least_heading": least_heading,
        "sentence": sentence, "sentence_ends": [],
    }  # fmt: skip
    html = _safe(_parser().render(clean(markdown), env), slots)
    return html if footnote else html + notes.as_list(env["definitions"], env)


def inline_html(markdown: str, *, footnote: Footnote | None = None) -> str:
    """Return one line of Markdown as HTML without a paragraph around it; footnotes without `footnote` are left out."""
    slots: list[str] = []
    env: dict[str, Any] = {
        "slots": slots, "footnote": footnote or (lambda _: ""), "block": _no_block, "least_heading": 1,
    }  # fmt: skip
    return _safe(_parser().renderInline(clean(markdown), env), slots)


def sentences_of(markdown: str) -> list[str]:
    """Return the sentences of a text's paragraphs and lists as plain text, without its footnotes."""
    found: list[str] = []

    def hear(text: str) -> tuple[str, str]:
        found.append(text)
        return "", ""

    to_html(markdown, footnote=lambda _: "", sentence=hear)
    return found


class _Notes:
    """Numbers footnotes in the order in which they are met."""

    def __init__(self) -> None:
        self._labels: list[str] = []

    def marker(self, label: str) -> str:
        if label not in self._labels:
            self._labels.append(label)
        number = self._labels.index(label) + 1
        return element("sup", element("a", str(number), href=f"#note-{number}", aria_label=f"Note {number}"))

    def as_list(self, definitions: Mapping[str, Sequence[Token]], env: Env) -> str:
        if not self._labels:
            return ""
        parser, items = _parser(), []
        for number, label in enumerate(self._labels, start=1):
            html = "<br>".join(parser.renderer.render([token], parser.options, env) for token in definitions.get(label, ()))
            items.append(element("li", Markup(_safe(html, env["slots"]) or "Not defined"), id=f"note-{number}"))
        return element("ol", joined(items), class_="notes")


class _Renderer(RendererHTML):
    """Draws what the parser found. Methods are named after the kinds of token."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options
        return f"<{_heading(tokens[idx].tag, env)}>"

    def heading_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options
        return f"</{_heading(tokens[idx].tag, env)}>\n"

    def block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options
        return _slot(env, env["block"](tokens[idx].content) or "")

    def task(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options, env
        done = tokens[idx].content != " "
        return element("span", "\N{BALLOT BOX WITH CHECK}" if done else "\N{BALLOT BOX}", class_="task") + " "

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        words = self.renderInlineAsText(tokens[idx].children or [], options, env).strip()
        return element("span", f"Image: {words}" if words else "Image without words", class_="absent-image")

    def marker(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options
        return _slot(env, env["footnote"](tokens[idx].meta["label"]))

    def sentence_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options
        before, after = env["sentence"](tokens[idx].content)
        env["sentence_ends"].append(after)
        return _slot(env, before)

    def sentence_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del tokens, idx, options
        return _slot(env, env["sentence_ends"].pop())

    def td_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options, env
        return _cell("td", tokens[idx])

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Env) -> str:
        del options, env
        return _cell("th", tokens[idx])


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable(["table", "strikethrough"])
    install(parser)
    parser.renderer.rules[REFERENCE] = parser.renderer.rules["marker"]  # type: ignore[attr-defined]
    parser.core.ruler.push("blocks_and_tasks", _blocks_and_tasks)
    parser.validateLink = _may_lead_to  # type: ignore[method-assign]
    return parser


def _blocks_and_tasks(state: StateCore) -> None:
    kept: list[Token] = []
    tokens = iter(state.tokens)
    for token in tokens:
        if token.type == "inline" and kept and kept[-1].type == "paragraph_open":
            text = token.content.strip()
            found = _BLOCK.fullmatch(text)
            if found or _COMMENT.fullmatch(text):
                kept.pop()
                next(tokens)  # its paragraph_close
                if found:
                    kept.append(Token("block", "", 0, content=found.group(1), block=True))
                continue
            if len(kept) > 1 and kept[-2].type == "list_item_open":
                _mark_task(token.children or [])
            if state.env.get("sentence"):
                token.children = marked(token.children or [])
        kept.append(token)
    state.tokens = kept


def _mark_task(children: list[Token]) -> None:
    found = _TASK.match(children[0].content) if children and children[0].type == "text" else None
    if found:
        children[0].content = children[0].content[found.end() :]
        children.insert(0, Token("task", "", 0, content=found.group(1)))


def _may_lead_to(url: str) -> bool:
    """Whether a link may stand: to the web, to mail, or inside the document. All other schemes and bare paths may not."""
    try:
        scheme = urlsplit(re.sub(r"[\x00-\x20]", "", url)).scheme
    except ValueError:
        return False
    return scheme.lower() in _SCHEMES or url.startswith("#")


def _safe(html: str, slots: Sequence[str]) -> str:
    filtered = nh3.clean(
        html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes=set(_SCHEMES), link_rel="noopener noreferrer nofollow"
    )
    return _SLOT.sub(lambda found: slots[int(found.group(1))], filtered)


def _slot(env: Env, html: str) -> str:
    """Keep the caller's own HTML out of the sanitiser's reach: Markdown can't write an element, so slots can't be forged."""
    env["slots"].append(html)
    return element("i", data_slot=len(env["slots"]) - 1)


def _heading(tag: str, env: Env) -> str:
    return f"h{min(max(int(tag[1]), env['least_heading']), 6)}"


def _cell(name: str, token: Token) -> str:
    style = str(token.attrGet("style") or "")
    return f'<{name} class="{style.removeprefix("text-align:")}">' if style.startswith("text-align:") else f"<{name}>"


def _no_block(_: str) -> None:
    return None
