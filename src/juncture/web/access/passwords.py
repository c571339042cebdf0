"""Change one's own password, and show again who one is."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from juncture.web.access.digests import digest_of
from juncture.web.access.errors import Invalid
from juncture.web.access.models import ApiToken, OneTimeLink, Session
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import User
from juncture.web.people.selectors import own_row


def change_own_password(
    viewer: Viewer, *, current: str, new: str, session_key: str | None, end_tokens: bool = False
) -> tuple[User, int]:
    """Change the viewer's password; all their sessions but this one end, and their API tokens where that is asked for.

    Return the person and how many tokens ended. Raises Invalid.

    Who has none yet, since a link signed them in, needs no current one; the caller has seen to it that the sign-in is recent.
    """
    with transaction.atomic():
        user = own_row(viewer)
        if user.has_usable_password() and not user.check_password(current):
            raise Invalid("The current password is not right.")
        set_password(user, new)
        Session.objects.filter(user=user).exclude(pk=digest_of(session_key or "")).delete()
        record_change(viewer, action="change", object_kind="password", object_id=str(user.pk))
        return user, revoke_tokens_of(viewer, user) if end_tokens else 0


def revoke_tokens_of(viewer: Viewer, user: User) -> int:
    """End all API tokens of a person, each in the audit; return how many those were. In a transaction, for who may do so."""
    rows = list(ApiToken.objects.filter(user=user))
    for row in rows:
        revoke(viewer, row)
    return sum(row.expires_at > timezone.now() for row in rows)


def revoke(viewer: Viewer, row: ApiToken) -> None:
    """End a token, and write so. In a transaction, for who may do so."""
    before = {"person": row.user_id, "name": row.name}
    record_change(viewer, action="revoke", object_kind="token", object_id=str(row.pk), before=before)
    row.delete()


def set_password(user: User, password: str) -> None:
    """Give a person a password; links that sign them in, or give another, end. Raises Invalid, saying what it lacks."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages)) from None
    user.set_password(password)
    user.save(update_fields=["password"])
    OneTimeLink.objects.filter(user=user, used_at=None).delete()


def is_own_password(viewer: Viewer, password: str) -> bool:
    """Whether this is the viewer's password. Nothing is, for who has none."""
    return own_row(viewer).check_password(password)
