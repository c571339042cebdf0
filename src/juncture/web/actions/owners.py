"""Who is meant by the owner of an action in words: an address, a name, or a handle of somebody here."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models.functions import Lower

from juncture.web.people.models import Identity, User

LIMIT = 200
"""Characters of an owner's name."""


def people_called(texts: Iterable[str]) -> dict[str, int]:
    """Return the keys of the people whom texts name, by the text: e-mail, a name elsewhere (`@ana`), or the full name.

    Case does not count. A name that two people have names nobody, and so does that of who has left.
    """
    wanted = {text: _bare(text) for text in texts if _bare(text)}
    words = sorted(set(wanted.values()))
    if not words:
        return {}
    active = User.objects.filter(is_active=True)
    by_name: dict[str, set[int]] = {}
    for key, name in active.annotate(word=Lower("name")).filter(word__in=words).values_list("pk", "word"):
        by_name.setdefault(name, set()).add(key)
    found = {word: next(iter(keys)) for word, keys in by_name.items() if len(keys) == 1}
    handles = [*words, *(f"@{word}" for word in words)]
    elsewhere = Identity.objects.filter(user__is_active=True).annotate(word=Lower("value")).filter(word__in=handles)
    for key, value in elsewhere.order_by("id").values_list("user_id", "word"):
        found[value.removeprefix("@")] = key
    addresses = active.annotate(word=Lower("email")).filter(word__in=words)
    found.update(addresses.values_list("word", "pk"))
    return {text: found[word] for text, word in wanted.items() if word in found}


def person_called(text: str) -> int | None:
    """Return the key of the one person whom a text names, None where nobody here is called so."""
    return people_called([text]).get(text)


def _bare(text: str) -> str:
    return " ".join(text.split()).removeprefix("@").lower()[:LIMIT]
