"""Assumptions and doubts: what a reader should know about how the rest was found."""

from __future__ import annotations

from juncture.document.html.context import Context
from juncture.text.markup import EMPTY, Markup, element, joined


def notes(context: Context) -> Markup:
    """Return the notes, each with the place that it speaks of."""
    items = [
        element("li", element("span", note.where, class_="mono"), element("p", note.why)) for note in context.postmortem.notes
    ]
    return element("ul", joined(items), class_="notes-list") if items else EMPTY
