"""Read teams and services."""

from __future__ import annotations

from django.db.models import Q
from msgspec import Struct

from juncture.web.access.errors import NotFound, SignInNeeded
from juncture.web.access.viewer import Viewer
from juncture.web.people.models import Service, Team, User
from juncture.web.people.selectors import own_row


class PersonName(Struct, frozen=True):
    """A person by name."""

    id: int
    name: str
    role: str


class Myself(Struct, frozen=True):
    """Who asks: also the zone in which times are read and written for them."""

    id: int
    name: str
    role: str
    email: str
    zone: str


class TeamView(Struct, frozen=True):
    """A team, who is in it, and what it owns."""

    id: str
    """Its short name, as addresses have it."""
    name: str
    members: tuple[PersonName, ...]
    services: tuple[str, ...]


class ServiceView(Struct, frozen=True):
    """A service of the catalogue."""

    id: int
    name: str
    description: str
    team: str | None
    team_name: str | None
    owners: tuple[PersonName, ...]
    paths: tuple[str, ...]


def teams(viewer: Viewer) -> list[TeamView]:
    """Return all teams by name. Raises SignInNeeded."""
    _require_known(viewer)
    return [_team(row) for row in Team.objects.prefetch_related("members__user", "services").order_by("name")]


def team(viewer: Viewer, slug: str) -> TeamView:
    """Return one team. Raises SignInNeeded or NotFound."""
    _require_known(viewer)
    row = Team.objects.prefetch_related("members__user", "services").filter(slug=slug).first()
    if row is None:
        raise NotFound
    return _team(row)


def services(viewer: Viewer, *, text: str = "") -> list[ServiceView]:
    """Return services by name, all or those in whose name, description or team some text is. Raises SignInNeeded."""
    _require_known(viewer)
    rows = Service.objects.select_related("team").prefetch_related("owners__user", "paths").order_by("name")
    if text:
        rows = rows.filter(Q(name__icontains=text) | Q(description__icontains=text) | Q(team__name__icontains=text))
    return [_service(row) for row in rows]


def service(viewer: Viewer, service_id: int) -> ServiceView:
    """Return one service. Raises SignInNeeded or NotFound."""
    _require_known(viewer)
    row = Service.objects.select_related("team").prefetch_related("owners__user", "paths").filter(pk=service_id).first()
    if row is None:
        raise NotFound
    return _service(row)


def people_page(viewer: Viewer, *, after: int = 0, limit: int = 50) -> tuple[list[PersonName], int | None]:
    """Return who is here in the order they joined, and where the next page goes on. Names and roles are everybody's to see."""
    _require_known(viewer)
    rows = list(User.objects.filter(is_active=True, pk__gt=after).order_by("pk")[: limit + 1])
    found = [PersonName(row.pk, row.name, row.role) for row in rows[:limit]]
    return found, found[-1].id if len(rows) > limit else None


def myself(viewer: Viewer) -> Myself:
    """Return the viewer. Raises SignInNeeded."""
    row = own_row(viewer)
    return Myself(row.pk, row.name, viewer.role, row.email, row.zone)


def _team(row: Team) -> TeamView:
    members = sorted((each.user for each in row.members.all() if each.user.is_active), key=lambda user: user.name)
    return TeamView(row.slug, row.name, tuple(map(_named, members)), tuple(sorted(each.name for each in row.services.all())))


def _service(row: Service) -> ServiceView:
    owners = sorted((each.user for each in row.owners.all() if each.user.is_active), key=lambda user: user.name)
    return ServiceView(
        row.pk,
        row.name,
        row.description,
        row.team.slug if row.team else None,
        row.team.name if row.team else None,
        tuple(map(_named, owners)),
        tuple(path.pattern for path in row.paths.all()),
    )


def _named(user: User) -> PersonName:
    return PersonName(user.pk, user.name, user.role)


def _require_known(viewer: Viewer) -> None:
    if not viewer.known:
        raise SignInNeeded
