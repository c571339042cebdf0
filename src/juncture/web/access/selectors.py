"""Who asks: from a session or a token to a viewer."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from juncture.web.access.digests import digest_of
from juncture.web.access.models import ApiToken
from juncture.web.access.viewer import NOBODY, Scope, Viewer
from juncture.web.people.models import User

_USED_EVERY = timedelta(minutes=5)
"""How exact the last use of a token is: a write for every call would be one too many."""


def viewer_of(user: User, *, scope: Scope = Scope.ADMIN, through: str = "page") -> Viewer:
    """Return the viewer that a person is."""
    return Viewer(user.pk, user.role, user.name, scope, through, user.zone) if user.is_active else NOBODY


def viewer_of_token(token: str) -> Viewer:
    """Return the viewer that an API token stands for: nobody if it is unknown, too old, or its person has left."""
    now = timezone.now()
    row = ApiToken.objects.select_related("user").filter(digest=digest_of(token), expires_at__gt=now).first()
    if row is None:
        return NOBODY
    if row.last_used_at is None or row.last_used_at < now - _USED_EVERY:
        ApiToken.objects.filter(pk=row.pk).update(last_used_at=now)
    return viewer_of(row.user, scope=Scope[row.scope.upper()], through="api")
