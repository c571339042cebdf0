"""A person's own tokens for the API."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.errors import Invalid, NotAllowed, NotFound, SignInNeeded
from juncture.web.access.models import ApiToken
from juncture.web.access.operations import new_token
from juncture.web.access.passwords import revoke
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Scope, Viewer
from juncture.web.people.selectors import own_row

_MOST_OF_ROLE = {"viewer": Scope.READ, "author": Scope.WRITE, "facilitator": Scope.WRITE, "administrator": Scope.ADMIN}
MOST_DAYS = 366


class TokenView(Struct, frozen=True):
    """A token as its person sees it in the list; what it says itself was shown once."""

    id: int
    name: str
    scope: str
    created_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


def scopes_of(viewer: Viewer) -> list[str]:
    """Return the scopes that the viewer's role gives meaning to."""
    most = min(_MOST_OF_ROLE.get(viewer.role, Scope.READ), viewer.scope)
    return [scope.name.lower() for scope in Scope if scope <= most]


def own_tokens(viewer: Viewer) -> list[TokenView]:
    """Return the viewer's own tokens that have not run out, newest first."""
    if not viewer.known:
        raise SignInNeeded
    rows = ApiToken.objects.filter(user=viewer.person, expires_at__gt=timezone.now()).order_by("-id")
    return [
        TokenView(row.pk, row.name or "Without a name", row.scope, row.created_at, row.expires_at, row.last_used_at)
        for row in rows
    ]


def add_own_token(viewer: Viewer, *, name: str, scope: str, days: int) -> str:
    """Return a new token of the viewer, shown this once. Raises Invalid or NotAllowed; a token makes no other token."""
    if viewer.through != "page":
        raise NotAllowed("A token makes no other token. Make it in the settings, signed in.")
    name = " ".join(name.split())
    if not name or len(name) > 100 or not is_storable(name):
        raise Invalid("A token needs a name of 1 to 100 characters: what it is for.")
    if scope not in scopes_of(viewer):
        raise Invalid(f"{scope[:20]!r} is not in your role. You may choose: {', '.join(scopes_of(viewer))}.")
    if not 1 <= days <= MOST_DAYS:
        raise Invalid(f"A token lives between 1 and {MOST_DAYS} days.")
    return new_token(own_row(viewer), scope=scope, days=days, name=name, viewer=viewer)


def revoke_own_token(viewer: Viewer, token: int) -> None:
    """End one of the viewer's own tokens. Raises NotFound."""
    if not viewer.known:
        raise SignInNeeded
    with transaction.atomic():
        row = ApiToken.objects.filter(user=viewer.person, pk=token).first()
        if row is None:
            raise NotFound
        revoke(viewer, row)
