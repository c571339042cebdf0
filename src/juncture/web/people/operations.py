"""Teams, services, and what people are called elsewhere."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.text import slugify

from juncture.web.access.errors import Invalid
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Team, TeamMember, User

_LARGEST = 2**63
"""Beyond what a database can look for as an id."""


def team_named(viewer: Viewer, name: str) -> Team:
    """Return the team of this name, whatever its case; a new one, of whom asks, where there is none. Call in a transaction.

    Raises Invalid for a name that cannot be stored.
    """
    name = " ".join(name.split())[:100]
    if not name or not is_storable(name):
        raise Invalid("A team needs a name of characters that can be stored.")
    if found := Team.objects.filter(name__iexact=name).first():
        return found
    slug = slugify(name, allow_unicode=True)[:90] or "team"
    taken = Team.objects.filter(slug__startswith=slug).count()
    team = Team.objects.create(name=name, slug=f"{slug}-{taken + 1}" if taken else slug)
    if viewer.user_id is not None:
        TeamMember.objects.create(team=team, user_id=viewer.user_id)
    record_change(viewer, action="add", object_kind="team", object_id=team.slug, after={"name": name})
    return team


def people_here(ids: Iterable[int]) -> set[int]:
    """Return ids as a set, where each is somebody who is here. Raises Invalid, naming the first that is not."""
    asked = set(ids)
    found = set(
        User.objects.filter(pk__in={each for each in asked if 0 < each < _LARGEST}, is_active=True).values_list("pk", flat=True)
    )
    if missing := asked - found:
        raise Invalid(f"{min(missing)} is nobody who is here.")
    return found
