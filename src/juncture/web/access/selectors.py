"""Who asks: from a session or a token to a viewer."""

from __future__ import annotations

from django.utils import timezone

from juncture.web.access.models import ApiToken
from juncture.web.access.operations import digest_of
from juncture.web.access.viewer import NOBODY, Scope, Viewer
from juncture.web.people.models import User


def viewer_of(user: User, *, scope: Scope = Scope.ADMIN, through: str = "page") -> Viewer:
    """Return the viewer that a person is."""
    return Viewer(user.pk, user.role, user.name, scope, through, user.zone) if user.is_active else NOBODY


def viewer_of_token(token: str) -> Viewer:
    """Return the viewer that an API token stands for: nobody if it is unknown, too old, or its person has left."""
    row = ApiToken.objects.select_related("user").filter(digest=digest_of(token), expires_at__gt=timezone.now()).first()
    return NOBODY if row is None else viewer_of(row.user, scope=Scope[row.scope.upper()], through="api")
