"""Sentences of a paragraph: where one ends and the next begins, in the stream of what a parser found.

Only what stands at the level of the paragraph divides it: a sentence never begins inside emphasis, a link or code.
References to footnotes belong to the sentence that they follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

from markdown_it.token import Token

from juncture.text.footnotes import REFERENCE

OPEN, CLOSE = "sentence_open", "sentence_close"
_STOP = r"[.!?\u2026]"
_CLOSING = r"[\"'\u201d\u2019\u00bb)\]]*"
_NEXT = r"\s+(?=[\"'\u201c\u2018\u00ab(\[]*[A-Z0-9\u00c0-\u00de\u0391-\u03a9\u0400-\u042f\u3040-\u9fff])"
"""A sentence begins with a capital, a digit, or a script without capitals, perhaps behind a quotation mark."""
_END = re.compile(_STOP + _CLOSING + "$")
_WITHIN = re.compile(f"(?<={_STOP}){_CLOSING}{_NEXT}")
_BEGINS = re.compile(_NEXT)
_SHORT = re.compile(
    r"(?:\b(?i:e\.g|i\.e|vs|approx|etc|cf|no|nr|fig|resp|incl|ca|st|dr|mr|mrs|ms)|(?:^|[\s(])[A-Z])\." + _CLOSING + "$"
)
"""A full stop that only shortens a word, or a name."""
_SPACED = re.compile(r"\s+$")
_INLINE = frozenset({"strong_open", "em_open", "s_open", "link_open", "code_inline"})
_WORDS = re.compile(r"\w+")
_DIGITS = 8


def fingerprint(text: str) -> str:
    """Return eight hexadecimal digits for a sentence: the same as long as its words are, whatever stands round it."""
    words = " ".join(_WORDS.findall(text.casefold()))
    return blake2b((words or text).encode("utf-8", "replace"), digest_size=_DIGITS // 2).hexdigest()


def marked(children: Iterable[Token]) -> list[Token]:
    """Return the tokens of a paragraph with each sentence between `sentence_open` and `sentence_close`.

    The opening token's `content` is the sentence as plain text. Without a single word there is no sentence.
    """
    sentences: list[list[Token]] = [[]]
    text = ""
    level = 0
    for token in children:
        pieces = _pieces(token, text, divides=level == 0)
        level += token.nesting
        for number, piece in enumerate(pieces):
            if number:
                sentences.append([])
                text = ""
            if piece is not None:
                sentences[-1].append(piece)
                text += _said(piece)
    return [token for sentence in sentences for token in _wrapped(sentence)]


def _pieces(token: Token, before: str, *, divides: bool) -> list[Token | None]:
    """Return a token, divided where a sentence begins in it; a leading None says that one begins before it."""
    if not divides:
        return [token]
    if token.type in _INLINE and _SPACED.search(before) and _ended(before.rstrip()):
        return [None, token]
    if token.type not in {"text", "softbreak", "hardbreak"}:
        return [token]
    if token.type != "text":
        return [token, None] if _ended(before) else [token]
    texts: list[str] = []
    rest, said = token.content, before
    if _ended(before) and (lead := _BEGINS.match(rest)):
        texts.append(rest[: lead.end()])
        rest, said = rest[lead.end() :], ""
    start = 0
    for found in _WITHIN.finditer(rest):
        if not _SHORT.search(said + rest[start : found.start()]):
            texts.append(rest[start : found.end()])
            start, said = found.end(), ""
    texts.append(rest[start:])
    return [token.copy(content=text) if text else None for text in texts] if len(texts) > 1 else [token]


def _ended(text: str) -> bool:
    return bool(_END.search(text)) and not _SHORT.search(text)


def _said(token: Token) -> str:
    if token.type in {"softbreak", "hardbreak"}:
        return ""
    return token.content if token.type in {"text", "code_inline"} else ""


def _wrapped(sentence: list[Token]) -> list[Token]:
    text = "".join(" " if token.type in {"softbreak", "hardbreak"} else _spoken(token) for token in sentence)
    if not _WORDS.search(text):
        return sentence
    tail: list[Token] = []
    last = sentence[-1]
    if last.type in {"softbreak", "hardbreak"}:
        sentence, tail = sentence[:-1], [last]
    elif last.type == "text" and (space := _SPACED.search(last.content)):
        sentence = [*sentence[:-1], last.copy(content=last.content[: space.start()])]
        tail = [last.copy(content=space[0])]
    return [Token(OPEN, "", 0, content=" ".join(text.split())), *sentence, Token(CLOSE, "", 0), *tail]


def _spoken(token: Token) -> str:
    if token.type == REFERENCE:
        return ""
    if token.children:
        return "".join(_spoken(child) for child in token.children)
    return token.content if token.type in {"text", "code_inline"} else ""
