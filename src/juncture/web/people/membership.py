"""Who is here and as what: invite, change the role, let go and take back."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.invitations import link_for, require_inviting
from juncture.web.access.models import ApiToken, OneTimeLink, Session
from juncture.web.access.operations import add_person
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Role, Team, TeamMember, User
from juncture.web.people.profile import person_name

_LAST = "This is the last administrator. Make somebody else one first."


def invite(viewer: Viewer, *, email: str, name: str, role: str, teams: Sequence[str] = ()) -> tuple[User, str]:
    """Add a person, and return them with the token of the link by which they join. Raises NotAllowed, Invalid or InTheWay."""
    require_inviting(viewer, role)
    with transaction.atomic():
        if name.strip():
            name = person_name(name)
        user = add_person(viewer, email=email, name=name, role=role, password=None)
        set_teams(viewer, user, teams)
        return user, link_for(viewer, user.pk)


def set_teams(viewer: Viewer, user: User, teams: Sequence[str]) -> None:
    """Put a person into the teams of these slugs and no others. Call in a transaction. Raises NotAllowed or Invalid."""
    if not viewer.may_facilitate:
        raise NotAllowed("Administrators and facilitators say who is in a team.")
    wanted = {team.slug: team for team in Team.objects.filter(slug__in=teams)}
    if missing := set(teams) - set(wanted):
        raise Invalid(f"There is no team {min(missing)[:60]!r}.")
    before = sorted(user.memberships.values_list("team__slug", flat=True))
    if before == sorted(wanted):
        return
    if not viewer.may_administer and before:
        raise NotAllowed("Only an administrator changes the teams of somebody who is here already.")
    user.memberships.exclude(team__slug__in=wanted).delete()
    TeamMember.objects.bulk_create(TeamMember(team=team, user=user) for slug, team in wanted.items() if slug not in before)
    record_change(
        viewer,
        action="change",
        object_kind="teams of a person",
        object_id=str(user.pk),
        before={"teams": before},
        after={"teams": sorted(wanted)},
    )


def change_role(viewer: Viewer, person: int, role: str) -> User:
    """Give a person another role. Raises NotAllowed, NotFound, Invalid, or InTheWay for the last administrator."""
    _require_administrator(viewer, "changes roles")
    if role not in Role.values:
        raise Invalid(f"{role[:20]!r} is no role: {', '.join(Role.values)}.")
    with transaction.atomic():
        user = _locked(person)
        if user.role == role:
            return user
        if user.role == Role.ADMINISTRATOR:
            _require_another(user)
        before, user.role = user.role, role
        user.save(update_fields=["role"])
        if role == Role.ADMINISTRATOR:
            # A facilitator may have made one, who makes none for administrators.
            OneTimeLink.objects.filter(user=user, used_at=None).delete()
        record_change(
            viewer,
            action="change",
            object_kind="role",
            object_id=str(user.pk),
            before={"role": before},
            after={"role": role},
        )
    return user


def let_go(viewer: Viewer, person: int) -> User:
    """Off-board a person: sessions, tokens and links end at once; what they wrote stays, under their name.

    Raises NotAllowed, NotFound, or InTheWay for the last administrator.
    """
    _require_administrator(viewer, "lets people go")
    with transaction.atomic():
        user = _locked(person)
        if not user.is_active:
            return user
        if user.role == Role.ADMINISTRATOR:
            _require_another(user)
        user.is_active, user.left_at = False, timezone.now()
        user.save(update_fields=["is_active", "left_at"])
        end_access(user)
        record_change(viewer, action="let go", object_kind="person", object_id=str(user.pk))
    return user


def take_back(viewer: Viewer, person: int) -> User:
    """Take a person back who had left; they sign in as before. Raises NotAllowed, NotFound, or InTheWay if they were merged."""
    _require_administrator(viewer, "takes people back")
    with transaction.atomic():
        user = _locked(person)
        if user.merged_into_id is not None:
            raise InTheWay(f"{user.name} was merged into another person and is here as them.")
        if user.is_active:
            return user
        user.is_active, user.left_at = True, None
        user.save(update_fields=["is_active", "left_at"])
        record_change(viewer, action="take back", object_kind="person", object_id=str(user.pk))
    return user


def change_teams(viewer: Viewer, person: int, teams: Sequence[str]) -> User:
    """Say which teams a person is in. Raises NotAllowed, NotFound or Invalid."""
    _require_administrator(viewer, "changes the teams of somebody who is here already")
    with transaction.atomic():
        user = _locked(person)
        set_teams(viewer, user, teams)
    return user


def end_access(user: User) -> None:
    """End all sessions, tokens and links of a person. Call in a transaction."""
    Session.objects.filter(user=user).delete()
    ApiToken.objects.filter(user=user).delete()
    OneTimeLink.objects.filter(user=user, used_at=None).delete()


def _require_administrator(viewer: Viewer, what: str) -> None:
    if not viewer.may_administer:
        raise NotAllowed(f"Only an administrator {what}.")


def _locked(person: int) -> User:
    # Administrators are locked together, in one order: two who demote each other at once cannot both succeed.
    list(User.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk").values_list("pk", flat=True))
    user = User.objects.select_for_update().filter(pk=person).first()
    if user is None:
        raise NotFound
    return user


def _require_another(user: User) -> None:
    others = User.objects.filter(role=Role.ADMINISTRATOR, is_active=True).exclude(pk=user.pk)
    if not others.exists():
        raise InTheWay(_LAST)
