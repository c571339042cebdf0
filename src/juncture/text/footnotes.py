"""Footnotes of Markdown: references `[^e1]` in prose and their definitions `[^e1]: text`.

A reference counts whether or not its definition stands in the same text, because a document's sections are read one by one and
its definitions usually stand at its end.
"""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

REFERENCE = "footnote_ref"
_LABEL = re.compile(r"\[\^([^\]\s^\[]{1,80})\]")


def install(parser: MarkdownIt) -> None:
    """Teach a parser footnotes: references become `footnote_ref` tokens, definitions leave the text for `env`.

    After parsing, `env["definitions"]` maps each label to the inline tokens of its definition.
    """
    footnote_plugin(parser)
    parser.disable(["footnote_tail", "footnote_inline"])
    parser.inline.ruler.at("footnote_ref", _reference)
    parser.core.ruler.push("definitions", _collect)


def definitions(markdown: str) -> dict[str, str]:
    """Return the footnotes that a text defines: label to Markdown, folded to one line. The first of equal labels counts."""
    parser = MarkdownIt("commonmark", {"html": False})
    install(parser)
    env: dict[str, dict[str, list[Token]]] = {}
    parser.parse(markdown, env)
    return {
        label: " ".join(" ".join(token.content.split()) for token in tokens) for label, tokens in env["definitions"].items()
    }


def _reference(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the parser's own signature
    found = _LABEL.match(state.src, state.pos, state.posMax)
    if found is None:
        return False
    if not silent:
        token = state.push(REFERENCE, "", 0)
        token.meta = {"label": found.group(1)}
    state.pos = found.end()
    return True


def _collect(state: StateCore) -> None:
    kept: list[Token] = []
    found: dict[str, list[Token]] = {}
    label: str | None = None
    first = False
    for token in state.tokens:
        if token.type == "footnote_reference_open":
            label = str(token.meta["label"])
            first = label not in found
            found.setdefault(label, [])
        elif token.type == "footnote_reference_close":
            label = None
        elif label is None:
            kept.append(token)
        elif token.type == "inline" and first:
            found[label].append(token)
    state.tokens = kept
    state.env["definitions"] = found
