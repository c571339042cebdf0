"""One-time links, tokens, and the first administrator."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils import timezone

from juncture.web.access.alone import alone
from juncture.web.access.digests import digest_of
from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.models import ApiToken, OneTimeLink
from juncture.web.access.viewer import COMMAND_LINE, SYSTEM, Scope, Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import Role, User
from juncture.web.people.profile import zone_said

FIRST_LINK_LIFE = timedelta(days=7)
SIGN_IN_LINK_LIFE = timedelta(hours=12)
_FIRST = "make the first administrator"


def first_administrator_link() -> str | None:
    """Return a new token for becoming the first administrator, or None once there is anybody. Older ones end."""
    with alone(_FIRST):
        if User.objects.exists():
            return None
        OneTimeLink.objects.filter(purpose=OneTimeLink.Purpose.FIRST_ADMINISTRATOR).delete()
        return new_link(OneTimeLink.Purpose.FIRST_ADMINISTRATOR, None, FIRST_LINK_LIFE)


def sign_in_link(user: User) -> str:
    """Return a new token that signs one person in, once."""
    return new_link(OneTimeLink.Purpose.SIGN_IN, user, SIGN_IN_LINK_LIFE)


def sign_in_link_of(email: str) -> str:
    """Return a new token that signs the person with this address in, once. Raises NotFound."""
    return sign_in_link(_person_of(email))


def open_link(token: str) -> OneTimeLink:
    """Return the link that a token opens, not yet used up. Raises NotFound when it is unknown, used or too old."""
    link = OneTimeLink.objects.select_related("user").filter(digest=digest_of(token)).first()
    if link is None or link.used_at or link.expires_at < timezone.now():
        raise NotFound("This link has been used or is too old. Ask for a new one; a new start of `juncture serve` prints one.")
    return link


def become_first_administrator(token: str, *, email: str, name: str, password: str, zone: str = "UTC") -> User:
    """Make the first person, an administrator in their browser's `zone`, and use the link up. Raises Invalid or NotFound."""
    with alone(_FIRST):
        link = open_link(token)
        if link.purpose != OneTimeLink.Purpose.FIRST_ADMINISTRATOR or User.objects.exists():
            raise NotFound("There is an administrator already.")
        user = add_person(SYSTEM, email=email, name=name, role=Role.ADMINISTRATOR, password=password)
        user.zone = zone_said(zone)
        user.save(update_fields=["zone"])
        use_up(link)
    return user


def sign_in_by_link(token: str) -> User:
    """Return the person whom a link signs in, and use it up. Raises NotFound."""
    with transaction.atomic():
        link = open_link(token)
        if link.purpose != OneTimeLink.Purpose.SIGN_IN or link.user is None or not link.user.is_active:
            raise NotFound
        use_up(link)
        return link.user


def add_person(viewer: Viewer, *, email: str, name: str, role: str, password: str | None) -> User:
    """Add a person; without a password they sign in by a link only. Raises Invalid or InTheWay."""
    email = email.strip()
    user = User(email=email, name=name.strip() or email.partition("@")[0], role=role)
    try:
        validate_email(email)
        if password is not None:
            validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from None
    if role not in Role.values:
        raise Invalid(f"{role!r} is no role: {', '.join(Role.values)}")
    if User.objects.filter(email__iexact=email).exists():
        raise InTheWay(f"{email} is a person already.")
    if password is None:
        user.set_unusable_password()
    else:
        user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
            record_change(
                viewer, action="add", object_kind="person", object_id=str(user.pk), after={"email": email, "role": role}
            )
    except IntegrityError:
        raise InTheWay(f"{email} is a person already.") from None
    return user


def new_token(user: User, *, scope: str, days: int, name: str = "", viewer: Viewer = COMMAND_LINE) -> str:
    """Return a new API token for a person, shown this once. Raises Invalid."""
    if scope.upper() not in Scope.__members__:
        raise Invalid(f"{scope!r} is no scope: read, write, admin")
    if not 1 <= days <= 3650:
        raise Invalid(f"{days} days: a token lives between 1 day and 3650 days")
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        row = ApiToken.objects.create(
            digest=digest_of(token),
            user=user,
            name=name,
            scope=scope.lower(),
            expires_at=timezone.now() + timedelta(days=days),
        )
        after = {"person": user.pk, "name": name, "scope": row.scope, "days": days}
        record_change(viewer, action="add", object_kind="token", object_id=str(row.pk), after=after)
    return token


def new_token_of(email: str, *, scope: str, days: int) -> str:
    """Return a new API token for the person with this address. Raises NotFound or Invalid."""
    return new_token(_person_of(email), scope=scope, days=days, name="from the command line")


def _person_of(email: str) -> User:
    user = User.objects.filter(email__iexact=email.strip(), is_active=True).first()
    if user is None:
        raise NotFound(f"Nobody here has the address {email}. `juncture user add` adds a person.")
    return user


def new_link(purpose: str, user: User | None, life: timedelta) -> str:
    """Return the token of a new link."""
    token = secrets.token_urlsafe(32)
    OneTimeLink.objects.create(purpose=purpose, digest=digest_of(token), user=user, expires_at=timezone.now() + life)
    return token


def use_up(link: OneTimeLink) -> None:
    """Use a link up, once. Raises NotFound where somebody was quicker."""
    # The condition makes two uses at once impossible: one of them changes no row.
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise NotFound("This link has just been used.")
