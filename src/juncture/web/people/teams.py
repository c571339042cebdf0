"""Teams: made, renamed, filled and dissolved by administrators."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Team, TeamMember
from juncture.web.people.operations import people_here, team_named


def add_team(viewer: Viewer, name: str) -> Team:
    """Make a team, with nobody in it yet. Raises NotAllowed, Invalid, or InTheWay where there is one of this name."""
    _require_administrator(viewer)
    with transaction.atomic():
        if Team.objects.filter(name__iexact=" ".join(name.split())).exists():
            raise InTheWay(f"There is a team {name.strip()[:60]} already.")
        team = team_named(viewer, name)
        TeamMember.objects.filter(team=team).delete()
    return team


def change_team(viewer: Viewer, slug: str, *, name: str | None = None, members: Sequence[int] | None = None) -> Team:
    """Rename a team, or say who is in it (by their ids). Raises NotAllowed, NotFound, Invalid or InTheWay."""
    _require_administrator(viewer)
    try:
        with transaction.atomic():
            team = Team.objects.select_for_update().filter(slug=slug).first()
            if team is None:
                raise NotFound
            if name is not None:
                _rename(viewer, team, name)
            if members is not None:
                _set_members(viewer, team, members)
    except IntegrityError:
        raise InTheWay(f"There is a team {(name or '').strip()[:60]} already.") from None
    return team


def dissolve_team(viewer: Viewer, slug: str) -> None:
    """Take a team away that no incident names. Raises NotAllowed, NotFound or InTheWay."""
    _require_administrator(viewer)
    try:
        with transaction.atomic():
            team = Team.objects.filter(slug=slug).first()
            if team is None:
                raise NotFound
            record_change(viewer, action="remove", object_kind="team", object_id=slug, before={"name": team.name})
            team.delete()
    except ProtectedError:
        raise InTheWay("Incidents are this team's to see, so it stays. Take its members out instead.") from None


def _rename(viewer: Viewer, team: Team, name: str) -> None:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 100:
        raise Invalid("A team's name has 1 to 100 characters.")
    if name == team.name:
        return
    if Team.objects.filter(name__iexact=name).exclude(pk=team.pk).exists():
        raise InTheWay(f"There is a team {name[:60]} already.")
    before, team.name = team.name, name
    team.save(update_fields=["name"])
    record_change(
        viewer, action="rename", object_kind="team", object_id=team.slug, before={"name": before}, after={"name": name}
    )


def _set_members(viewer: Viewer, team: Team, members: Sequence[int]) -> None:
    wanted = people_here(members)
    there = set(team.members.values_list("user_id", flat=True))
    # Those who have left stay members: their history says so, and they see nothing.
    gone = set(team.members.filter(user__is_active=False).values_list("user_id", flat=True))
    if wanted | gone == there:
        return
    team.members.exclude(user__in=wanted | gone).delete()
    TeamMember.objects.bulk_create(TeamMember(team=team, user_id=user) for user in sorted(wanted - there))
    record_change(
        viewer,
        action="change",
        object_kind="members of a team",
        object_id=team.slug,
        before={"members": sorted(there)},
        after={"members": sorted(wanted | gone)},
    )


def _require_administrator(viewer: Viewer) -> None:
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator changes teams.")
