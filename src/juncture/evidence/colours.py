"""Colours and other orders to a terminal, which programs leave in what they print (ECMA-48, sections 5.4 and 5.6)."""

from __future__ import annotations

import re

_ORDERS = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,1000}(?:\x07|\x1b\\)|[@-Z\\^_]|[()][A-Z0-9])")


def without_colours(text: str) -> str:
    """Return a text without orders to a terminal; the same object where there are none."""
    return _ORDERS.sub("", text) if "\x1b" in text else text
