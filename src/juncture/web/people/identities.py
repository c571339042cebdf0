"""One person's several names: giving and taking names, and two persons who are one."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import ActionItem
from juncture.web.journal.operations import record_change
from juncture.web.people.membership import end_access
from juncture.web.people.models import Identity, Role, ServiceOwner, TeamMember, User


def add_identity(viewer: Viewer, person: int, *, kind: str, value: str) -> Identity:
    """Say that a person is called so elsewhere. Raises NotAllowed, NotFound, Invalid, or InTheWay where somebody else is."""
    _require_administrator(viewer)
    value = identity_value(kind, value)
    user = User.objects.filter(pk=person).first()
    if user is None:
        raise NotFound
    try:
        with transaction.atomic():
            row = Identity.objects.create(user=user, kind=kind, value=value)
            after = {"person": user.pk, "kind": kind, "value": value}
            record_change(viewer, action="add", object_kind="identity", object_id=str(row.pk), after=after)
    except IntegrityError:
        theirs = Identity.objects.select_related("user").filter(kind=kind, value__iexact=value).first()
        of = theirs.user.name if theirs else "somebody else"
        raise InTheWay(f"{value} is {of} already. Take the name from them first, or merge the two.") from None
    return row


def remove_identity(viewer: Viewer, person: int, identity: int) -> None:
    """Take a name from a person. Raises NotAllowed or NotFound."""
    _require_administrator(viewer)
    with transaction.atomic():
        row = Identity.objects.filter(pk=identity, user=person).first()
        if row is None:
            raise NotFound
        before = {"person": person, "kind": row.kind, "value": row.value}
        record_change(viewer, action="remove", object_kind="identity", object_id=str(row.pk), before=before)
        row.delete()


def merge(viewer: Viewer, person: int, into: int) -> User:
    """Let two persons be one: names, teams, services and actions go to `into`; the other signs in no more, its history stays.

    What the other may see does not go along: no administrator names who sees a restricted incident.
    Raises NotAllowed, NotFound or InTheWay.
    """
    _require_administrator(viewer)
    with transaction.atomic():
        rows = {row.pk: row for row in User.objects.select_for_update().filter(pk__in=(person, into)).order_by("pk")}
        gone, kept = rows.get(person), rows.get(into)
        if gone is None or kept is None or gone.pk == kept.pk:
            raise NotFound
        if gone.merged_into_id or kept.merged_into_id or not kept.is_active:
            raise InTheWay("One of the two was merged before, or has left. Choose the person who is here.")
        if gone.role == Role.ADMINISTRATOR:
            raise InTheWay("Give the administrator who is to be merged another role first.")
        gone.identities.update(user=kept)
        if not Identity.objects.filter(kind=Identity.Kind.EMAIL, value__iexact=gone.email).exists():
            Identity.objects.create(user=kept, kind=Identity.Kind.EMAIL, value=gone.email)
        _move_memberships(gone, kept)
        ActionItem.objects.get_queryset().filter(owner=gone).update(owner=kept)
        User.objects.filter(merged_into=gone).update(merged_into=kept)
        gone.is_active, gone.merged_into = False, kept
        gone.save(update_fields=["is_active", "merged_into"])
        end_access(gone)
        record_change(viewer, action="merge", object_kind="person", object_id=str(gone.pk), after={"into": kept.pk})
    return kept


def identity_value(kind: str, value: str) -> str:
    """Return a name elsewhere as it is kept, without its `@`. Raises Invalid."""
    value = value.strip().removeprefix("@").strip()
    if kind not in Identity.Kind.values:
        raise Invalid(f"{kind[:20]!r} is no kind of name: {', '.join(Identity.Kind.values)}.")
    if not value or len(value) > 254 or not is_storable(value):
        raise Invalid("A name has 1 to 254 characters.")
    if kind == Identity.Kind.EMAIL:
        try:
            validate_email(value)
        except ValidationError:
            raise Invalid(f"{value[:60]!r} is no e-mail address.") from None
    return value


def _move_memberships(gone: User, kept: User) -> None:
    # Only administrators name members of teams, so what a team sees is theirs to give; the rows that are there twice go.
    teams = set(TeamMember.objects.filter(user=gone).values_list("team_id", flat=True))
    teams -= set(TeamMember.objects.filter(user=kept).values_list("team_id", flat=True))
    TeamMember.objects.bulk_create(TeamMember(team_id=team, user=kept) for team in teams)
    TeamMember.objects.filter(user=gone).delete()
    services = set(ServiceOwner.objects.filter(user=gone).values_list("service_id", flat=True))
    services -= set(ServiceOwner.objects.filter(user=kept).values_list("service_id", flat=True))
    ServiceOwner.objects.bulk_create(ServiceOwner(service_id=service, user=kept) for service in services)
    ServiceOwner.objects.filter(user=gone).delete()


def _require_administrator(viewer: Viewer) -> None:
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator says who is who.")
