"""Change one's own password, and show again who one is."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction

from juncture.web.access.digests import digest_of
from juncture.web.access.errors import Invalid
from juncture.web.access.models import OneTimeLink, Session
from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import User
from juncture.web.people.selectors import own_row


def change_own_password(viewer: Viewer, *, current: str, new: str, session_key: str | None) -> User:
    """Change the viewer's password; all their sessions but this one end. Raises Invalid.

    Who has none yet, since a link signed them in, needs no current one; the caller has seen to it that the sign-in is recent.
    """
    with transaction.atomic():
        user = own_row(viewer)
        if user.has_usable_password() and not user.check_password(current):
            raise Invalid("The current password is not right.")
        set_password(user, new)
        Session.objects.filter(user=user).exclude(pk=digest_of(session_key or "")).delete()
        record_change(viewer, action="change", object_kind="password", object_id=str(user.pk))
    return user


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
