"""HTML and SVG built from values: what is not `Markup` is escaped, so that evidence can never become an element."""

from __future__ import annotations

import re
from collections.abc import Iterable

Attribute = str | int | float | bool | None

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta", "wbr"})
_ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
_MARKED = re.compile("[&<>\"']")
# Controls, lone surrogates and non-characters: no HTML document may hold them (HTML standard, 13.2.3.5).
_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Markup(str):
    """Text that is HTML already. `element`, `escape` and `joined` make it; nothing else should."""

    __slots__ = ()

    def __html__(self) -> str:
        """Return itself: template engines take it as it is."""
        return self


EMPTY = Markup("")


def escape(text: str) -> Markup:
    """Return text as HTML, in which it can only be text. What no document may hold becomes U+FFFD."""
    if isinstance(text, Markup):
        return text
    return Markup(_MARKED.sub(lambda found: _ESCAPES[found.group()], clean(text)))


def clean(text: str) -> str:
    """Return text without the characters that no HTML document may hold, each replaced by U+FFFD."""
    return _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)


def joined(parts: Iterable[str | None], between: str = "") -> Markup:
    """Return the parts as one, each escaped unless it is markup; None and empty parts are left out."""
    return Markup(escape(between).join(escape(part) for part in parts if part))


def element(name: str, /, *children: str | None, **attributes: Attribute) -> Markup:
    """Return one element with its children, escaped unless they are markup.

    In attribute names `_` stands for `-`, and one at the end is dropped (`class_`, `aria_label`, `data_known`). None and
    False leave an attribute out, True gives it without a value, and floats are written with at most two decimals.
    """
    start = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}>"
    if name in _VOID:
        return Markup(start)
    return Markup(f"{start}{joined(children)}</{name}>")


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    if value is True:
        return f" {name}"
    text = f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    return f' {name}="{escape(text)}"'
