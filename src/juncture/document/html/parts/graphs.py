"""Graphs."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.text.markup import EMPTY, Markup


def graphs(context: Context) -> Markup:
    """Return the graphs."""
    del context
    return EMPTY
