"""Addresses inside a document: sections by their headings, sentences by their words.

A sentence's id is its section's slug and a fingerprint of its words, `impact.3f9a2c1d`: edits elsewhere leave it alone, a
section that is renamed keeps the fingerprint, and a sentence that was rewritten still names its section. The script of the page
follows such a link to what is left of it.
"""

from __future__ import annotations

import re
import unicodedata

from juncture.text.markup import Markup, element
from juncture.text.sentences import fingerprint

_UNFIT = re.compile(r"[^a-z0-9]+")
_LONGEST = 40


def slug(heading: str) -> str:
    """Return a heading as a part of an address."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return _UNFIT.sub("-", plain).strip("-")[:_LONGEST].strip("-")


def here(name: str, said: str) -> Markup:
    """Return the quiet link to a place of the document, `said` being what it leads to."""
    return element("a", href=f"#{name}", class_="here no-print", aria_label=f"Link to {said}")


class Anchors:
    """Gives every section and sentence of one document an id of its own."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def section(self, heading: str) -> str:
        """Return the slug of a section, different for each."""
        return self._free(slug(heading) or "section")

    def sentence(self, section: str, text: str) -> tuple[str, str]:
        """Return what stands before and after a sentence: an element with its id, and the link to it."""
        name = self._free(f"{section}.{fingerprint(text)}")
        link = here(name, "this sentence")
        return f'<span class="sentence" id="{name}">', f"{link}</span>"

    def _free(self, wanted: str) -> str:
        name, number = wanted, 1
        while name in self._used:
            number += 1
            name = f"{wanted}-{number}"
        self._used.add(name)
        return name
