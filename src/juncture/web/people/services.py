"""The organisation's own catalogue: services with their team, owners, and where in the code they live."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from msgspec import UNSET, Struct, UnsetType

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Service, ServiceOwner, ServicePath, Team
from juncture.web.people.operations import people_here

_MOST_PATHS = 50


class ServiceChange(Struct, forbid_unknown_fields=True):
    """What to set of a service; what is left out stays. `team` is a slug (null: none), `owners` are ids of people."""

    name: str | UnsetType = UNSET
    description: str | UnsetType = UNSET
    team: str | UnsetType | None = UNSET
    owners: list[int] | UnsetType = UNSET
    paths: list[str] | UnsetType = UNSET


def add_service(viewer: Viewer, change: ServiceChange) -> Service:
    """Add a service; it needs a name alone. Raises NotAllowed, Invalid or InTheWay."""
    _require_administrator(viewer)
    if change.name is UNSET:
        raise Invalid("A service needs a name: what incidents and alerts call it.")
    try:
        with transaction.atomic():
            name = _name(change.name)
            if Service.objects.filter(name__iexact=name).exists():
                raise InTheWay(f"There is a service {name[:60]} already.")
            service = Service.objects.create(name=name)
            record_change(viewer, action="add", object_kind="service", object_id=str(service.pk), after={"name": name})
            _set(viewer, service, change)
    except IntegrityError:
        raise InTheWay(f"There is a service {str(change.name)[:60]} already.") from None
    return service


def change_service(viewer: Viewer, service: int, change: ServiceChange) -> Service:
    """Change a service. Raises NotAllowed, NotFound, Invalid or InTheWay."""
    _require_administrator(viewer)
    try:
        with transaction.atomic():
            row = Service.objects.select_for_update().filter(pk=service).first()
            if row is None:
                raise NotFound
            _set(viewer, row, change)
    except IntegrityError:
        raise InTheWay(f"There is a service {str(change.name)[:60]} already.") from None
    return row


def remove_service(viewer: Viewer, service: int) -> None:
    """Take a service out of the catalogue; incidents keep its name. Raises NotAllowed or NotFound."""
    _require_administrator(viewer)
    with transaction.atomic():
        row = Service.objects.filter(pk=service).first()
        if row is None:
            raise NotFound
        record_change(viewer, action="remove", object_kind="service", object_id=str(row.pk), before=_told(row))
        row.delete()


def _set(viewer: Viewer, row: Service, change: ServiceChange) -> None:
    before = _told(row)
    if change.name is not UNSET:
        row.name = _name(change.name)
        if Service.objects.filter(name__iexact=row.name).exclude(pk=row.pk).exists():
            raise InTheWay(f"There is a service {row.name[:60]} already.")
    if change.description is not UNSET:
        row.description = " ".join(change.description.split())
        if len(row.description) > 500 or not is_storable(row.description):
            raise Invalid("A description has 500 characters at most.")
    if change.team is not UNSET:
        row.team = _team(change.team) if change.team else None
    row.save()
    if change.owners is not UNSET:
        _set_owners(row, change.owners)
    if change.paths is not UNSET:
        _set_paths(row, change.paths)
    after = _told(row)
    if before != after:
        record_change(viewer, action="change", object_kind="service", object_id=str(row.pk), before=before, after=after)


def _set_owners(row: Service, owners: Sequence[int]) -> None:
    wanted = people_here(owners)
    row.owners.exclude(user__in=wanted).delete()
    there = set(row.owners.values_list("user_id", flat=True))
    ServiceOwner.objects.bulk_create(ServiceOwner(service=row, user_id=user) for user in sorted(wanted - there))


def _set_paths(row: Service, paths: Sequence[str]) -> None:
    wanted = list(dict.fromkeys(path for each in paths if (path := each.strip())))
    if len(wanted) > _MOST_PATHS or any(len(path) > 300 or not is_storable(path) for path in wanted):
        raise Invalid(f"A service has at most {_MOST_PATHS} paths of at most 300 characters.")
    row.paths.exclude(pattern__in=wanted).delete()
    there = set(row.paths.values_list("pattern", flat=True))
    ServicePath.objects.bulk_create(ServicePath(service=row, pattern=path) for path in wanted if path not in there)


def _told(row: Service) -> dict[str, object]:
    return {
        "name": row.name,
        "description": row.description,
        "team": row.team.slug if row.team else None,
        "owners": sorted(row.owners.values_list("user_id", flat=True)),
        "paths": sorted(row.paths.values_list("pattern", flat=True)),
    }


def _team(slug: str) -> Team:
    team = Team.objects.filter(slug=slug).first()
    if team is None:
        raise Invalid(f"There is no team {slug[:60]!r}.")
    return team


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 200 or not is_storable(name):
        raise Invalid("A service's name has 1 to 200 characters: what incidents and alerts call it.")
    return name


def _require_administrator(viewer: Viewer) -> None:
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator changes the catalogue of services.")
