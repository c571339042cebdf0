"""Who is meant by an e-mail address, a handle or a name: for adding people to an incident."""

from __future__ import annotations

from collections.abc import Iterable

from juncture.web.access.errors import Invalid
from juncture.web.access.texts import is_storable
from juncture.web.people.models import User
from juncture.web.people.naming import all_called


def people_named(names: Iterable[str], *, but: int | None = None) -> list[User]:
    """Return the people meant, each once, in their order, without the one of the key `but`. Raises Invalid."""
    found = {person.pk: person for name in names if name.strip() for person in (person_named(name),)}
    return [person for key, person in found.items() if key != but]


def person_named(name: str) -> User:
    """Return the person of this e-mail address, handle or full name, whatever its case. Raises Invalid for none or several."""
    text = name.strip()
    if not text or not is_storable(text):
        raise Invalid("Name a person by e-mail address, handle or full name.")
    several = [person for person in all_called([text]).get(text, []) if person.is_active]
    if not several:
        raise Invalid(f"Nobody here is called {text}. Write the e-mail address that they sign in with.")
    if len(several) > 1:
        raise Invalid(f"Several people are called {text}. Write the e-mail address.")
    return several[0]
