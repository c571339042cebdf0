"""Who owns an action whose owner is told in words: somebody who is here."""

from __future__ import annotations

from collections.abc import Iterable

from juncture.web.people.naming import people_for

LIMIT = 200
"""Characters of an owner's name."""


def people_called(texts: Iterable[str]) -> dict[str, int]:
    """Return the keys of the people whom texts name, by the text. What names nobody, several, or who has left, is not in it."""
    cut = {text: text[:LIMIT] for text in texts}
    found = people_for(cut.values())
    return {text: found[name].pk for text, name in cut.items() if name in found and found[name].is_active}


def person_called(text: str) -> int | None:
    """Return the key of the one person whom a text names, None where nobody here is called so."""
    return people_called([text]).get(text)
