"""Who is meant by a name: an e-mail address, a name elsewhere (`@ana`), or a full name. The one place where this is said."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db.models.functions import Lower

from juncture.web.people.models import Identity, User


def person_for(name: str) -> User | None:
    """Return who is called so; nobody where nobody is, or more than one."""
    return people_for([name]).get(name)


def people_for(names: Iterable[str]) -> dict[str, User]:
    """Return who is meant by each of some names, in two queries; a name of nobody, or of more than one, is left out."""
    return {name: people[0] for name, people in all_called(names).items() if len(people) == 1}


def all_called(names: Iterable[str]) -> dict[str, list[User]]:
    """Return all who may be meant by each of some names, in two queries; a name of nobody is left out.

    An address comes before a name elsewhere, and that before a full name; case and spaces do not count. Of several with one
    full name who is here comes before who has left, and who was merged into another is that other.
    """
    wanted = {name: key for name in names if (key := _key(name))}
    if not wanted:
        return {}
    # SQLite lowers A to Z alone: a name is looked for as it lowers it as well, and compared here.
    keys = {*wanted.values(), *(_lowered(_bare(name)) for name in wanted)}
    addressed: dict[str, list[User]] = {}
    elsewhere: dict[str, list[User]] = defaultdict(list)
    named: dict[str, list[User]] = defaultdict(list)
    people = User.objects.annotate(address=Lower("email"), called=Lower("name")).select_related("merged_into")
    for user in people.filter(address__in=keys) | people.filter(called__in=keys):
        addressed[user.email.lower()] = [user]
        if user.merged_into is None:
            named[_key(user.name)].append(user)
    rows = Identity.objects.annotate(called=Lower("value")).filter(called__in=keys).select_related("user__merged_into")
    for row in rows.order_by("id"):
        elsewhere[_key(row.value)].append(row.user)
    found: dict[str, list[User]] = {}
    for name, key in wanted.items():
        several = addressed.get(key) or elsewhere.get(key) or _here(named.get(key, []))
        if several:
            found[name] = list({user.pk: user for user in (one.merged_into or one for one in several)}.values())
    return found


def _here(people: list[User]) -> list[User]:
    return [user for user in people if user.is_active] or people


def _key(name: str) -> str:
    """Return a name as names are compared."""
    return _bare(name).lower()


def _bare(name: str) -> str:
    """Return a name without its `@` and what is too much of spaces; of `Ana Sample <ana@example.org>` the address."""
    text = " ".join(name.split())
    bare = text.rpartition("<")[2].rstrip(">") if text.endswith(">") else text
    return bare.strip().removeprefix("@").strip()


def _lowered(text: str) -> str:
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)
