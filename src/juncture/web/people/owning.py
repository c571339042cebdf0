"""Owners of services out of a CODEOWNERS file: first what would change, then the change."""

from __future__ import annotations

from django.db import transaction
from msgspec import Struct

from juncture.inquiry.codeowners import LONGEST_FILE, CodeOwners, Owner, OwnerKind, Unread, owners_of, read_codeowners
from juncture.web.access.errors import Invalid, NotAllowed
from juncture.web.access.viewer import Viewer
from juncture.web.people.models import Service, Team, User
from juncture.web.people.naming import people_for
from juncture.web.people.services import ServiceChange, change_service


class Proposed(Struct, frozen=True):
    """What a file says of one service, beside what the catalogue says now."""

    id: int
    service: str
    paths: tuple[str, ...]
    """The patterns that it was found by: its own, else folders of its name."""
    owners_now: tuple[str, ...]
    owners: tuple[str, ...]
    team_now: str | None
    team: str | None
    unknown: tuple[str, ...]
    """Owners in the file whom nobody here is known to be."""
    changes: bool


class Proposal(Struct, frozen=True):
    """What a file would change, service by service, and which of its lines could not be read."""

    services: tuple[Proposed, ...]
    unread: tuple[Unread, ...]
    rules: int


class _Meant(Struct, frozen=True):
    people: dict[str, User]
    teams: dict[str, Team]


def propose_owners(viewer: Viewer, text: str) -> Proposal:
    """Return what a CODEOWNERS file would change. Nothing is changed. Raises NotAllowed or Invalid."""
    return _compared(viewer, text)[0]


def apply_owners(viewer: Viewer, text: str) -> int:
    """Give services the owners that a CODEOWNERS file names; return how many services changed. Raises NotAllowed or Invalid.

    A service of which the file names nobody who is known here keeps what it has.
    """
    with transaction.atomic():
        _, changes = _compared(viewer, text)
        for service, change in changes:
            change_service(viewer, service, change)
    return len(changes)


def _compared(viewer: Viewer, text: str) -> tuple[Proposal, list[tuple[int, ServiceChange]]]:
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator changes the catalogue of services.")
    if len(text.encode("utf-8", "replace")) > LONGEST_FILE:
        raise Invalid("This file is larger than 3 MB. GitHub reads no such CODEOWNERS file either.")
    file = read_codeowners(text)
    if not file.rules:
        raise Invalid("There is no rule in this text. A line of a CODEOWNERS file is a path and its owners: /checkout/ @ana")
    meant = _meant(file)
    proposed: list[Proposed] = []
    changes: list[tuple[int, ServiceChange]] = []
    rows = Service.objects.select_related("team").prefetch_related("paths", "owners__user").order_by("name")
    for row in rows:
        patterns = tuple(path.pattern for path in row.paths.all()) or _by_name(row.name, file)
        owners = tuple(dict.fromkeys(owner for pattern in patterns for owner in owners_of(_inside(pattern), file)))
        if not owners:
            continue
        one, change = _of_service(row, patterns, owners, meant)
        proposed.append(one)
        if one.changes:
            changes.append((row.pk, change))
    return Proposal(tuple(proposed), file.unread, len(file.rules)), changes


def _of_service(
    row: Service, patterns: tuple[str, ...], owners: tuple[Owner, ...], meant: _Meant
) -> tuple[Proposed, ServiceChange]:
    people = {user.pk: user for owner in owners if (user := meant.people.get(owner.name))}
    teams = [team for owner in owners if (team := _team_of(owner, meant))]
    unknown = tuple(
        f"@{owner.name}" if owner.kind != OwnerKind.EMAIL else owner.name
        for owner in owners
        if owner.name not in meant.people and not _team_of(owner, meant)
    )
    now = {owner.user_id: owner.user for owner in row.owners.all()}
    team = teams[0] if teams else row.team
    then = people or now
    differs = set(then) != set(now) or team != row.team
    one = Proposed(
        row.pk,
        row.name,
        patterns,
        tuple(sorted(user.name for user in now.values())),
        tuple(sorted(user.name for user in then.values())),
        row.team.name if row.team else None,
        team.name if team else None,
        unknown,
        differs,
    )
    return one, ServiceChange(owners=sorted(then), team=team.slug if team else None)


def _meant(file: CodeOwners) -> _Meant:
    owners = {owner for rule in file.rules for owner in rule.owners}
    found = people_for(owner.name for owner in owners if owner.kind != OwnerKind.TEAM)
    people = {name: user for name, user in found.items() if user.is_active}
    return _Meant(people, {team.slug.lower(): team for team in Team.objects.all()})


def _team_of(owner: Owner, meant: _Meant) -> Team | None:
    if owner.kind == OwnerKind.EMAIL:
        return None
    return meant.teams.get(owner.name.rpartition("/")[2].lower())


def _by_name(name: str, file: CodeOwners) -> tuple[str, ...]:
    """Return the patterns in which a folder or file is called like the service."""
    wanted = name.lower().replace(" ", "-")
    return tuple(dict.fromkeys(rule.pattern for rule in file.rules if wanted in rule.pattern.lower().strip("/").split("/")))


def _inside(pattern: str) -> str:
    """Return a path that lies where a pattern points to."""
    path = pattern.strip("/").replace("**", "x").replace("*", "x")
    return path if pattern.endswith("*") else f"{path}/x".lstrip("/")
