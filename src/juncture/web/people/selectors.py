"""Read people, teams and services."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from msgspec import Struct

from juncture.web.access.errors import NotAllowed, NotFound, SignInNeeded
from juncture.web.access.viewer import Viewer
from juncture.web.people.models import Identity, Role, ServiceOwner, Team, TeamMember, User

PAGE = 50


class PersonLine(Struct, frozen=True):
    """A person in a list."""

    id: int
    name: str
    email: str
    role: str
    teams: tuple[str, ...]
    active: bool
    joined: bool
    """Whether they have signed in yet."""


class NamedElsewhere(Struct, frozen=True):
    """A name that a person has elsewhere."""

    id: int
    kind: str
    value: str


class MergedInto(Struct, frozen=True):
    """The person that another one turned out to be."""

    id: int
    name: str


class PersonView(Struct, frozen=True):
    """A person as administrators and facilitators see them."""

    id: int
    name: str
    email: str
    role: str
    active: bool
    joined: bool
    joined_at: datetime
    left_at: datetime | None
    merged_into: MergedInto | None
    teams: tuple[str, ...]
    """Slugs of the teams that they are in."""
    services: tuple[str, ...]
    identities: tuple[NamedElsewhere, ...]


class TeamName(Struct, frozen=True):
    """A team by its name, to choose from."""

    slug: str
    name: str


class WantedPeople(Struct, frozen=True):
    """Which people a list shows."""

    text: str = ""
    role: str = ""
    team: str = ""
    gone: bool = False


def own_row(viewer: Viewer) -> User:
    """Return the viewer's own row. Raises SignInNeeded."""
    row = User.objects.filter(pk=viewer.person, is_active=True).first() if viewer.known else None
    if row is None:
        raise SignInNeeded
    return row


def people(viewer: Viewer, wanted: WantedPeople, *, start: int = 0) -> tuple[list[PersonLine], bool]:
    """Return people by name from a place on, and whether there are more. Raises NotAllowed unless the viewer may invite."""
    if not viewer.may_facilitate:
        raise NotAllowed("The list of people is for administrators and facilitators.")
    found = User.objects.filter(is_active=not wanted.gone)
    if wanted.text:
        named = Identity.objects.filter(user=OuterRef("pk"), value__icontains=wanted.text)
        found = found.filter(Q(name__icontains=wanted.text) | Q(email__icontains=wanted.text) | Exists(named))
    if wanted.role in Role.values:
        found = found.filter(role=wanted.role)
    if wanted.team:
        found = found.filter(Exists(TeamMember.objects.filter(user=OuterRef("pk"), team__slug=wanted.team)))
    rows = list(found.prefetch_related("memberships__team").order_by("name", "pk")[start : start + PAGE + 1])
    return [_line(row) for row in rows[:PAGE]], len(rows) > PAGE


def person(viewer: Viewer, person_id: int) -> PersonView:
    """Return one person. Raises NotAllowed unless the viewer may invite, and NotFound."""
    if not viewer.may_facilitate:
        raise NotAllowed("This is for administrators and facilitators.")
    row = (
        User.objects.select_related("merged_into")
        .prefetch_related("memberships__team", "identities")
        .filter(pk=person_id)
        .first()
    )
    if row is None:
        raise NotFound
    services = ServiceOwner.objects.filter(user=row).order_by("service__name").values_list("service__name", flat=True)
    return PersonView(
        row.pk,
        row.name,
        row.email,
        row.role,
        row.is_active,
        has_joined(row),
        row.joined_at,
        row.left_at,
        MergedInto(row.merged_into.pk, row.merged_into.name) if row.merged_into else None,
        tuple(membership.team.slug for membership in row.memberships.all()),
        tuple(services),
        tuple(NamedElsewhere(each.pk, each.kind, each.value) for each in row.identities.all()),
    )


def names_of_people(viewer: Viewer) -> list[tuple[int, str]]:
    """Return everybody who is here, to choose from."""
    if not viewer.known:
        raise SignInNeeded
    return list(User.objects.filter(is_active=True).order_by("name", "pk").values_list("pk", "name"))


def team_names(viewer: Viewer) -> list[TeamName]:
    """Return all teams by name, to choose from."""
    if not viewer.known:
        raise SignInNeeded
    return [TeamName(slug, name) for slug, name in Team.objects.order_by("name").values_list("slug", "name")]


def has_joined(row: User) -> bool:
    """Whether a person has ever signed in, or can by a password."""
    return row.last_login is not None or row.has_usable_password()


def _line(row: User) -> PersonLine:
    teams = tuple(sorted(membership.team.name for membership in row.memberships.all()))
    return PersonLine(row.pk, row.name, row.email, row.role, teams, row.is_active, has_joined(row))
