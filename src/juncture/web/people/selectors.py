"""Read people, teams and services."""

from __future__ import annotations

from juncture.web.access.errors import SignInNeeded
from juncture.web.access.viewer import Viewer
from juncture.web.people.models import User


def own_row(viewer: Viewer) -> User:
    """Return the viewer's own row. Raises SignInNeeded."""
    row = User.objects.filter(pk=viewer.person, is_active=True).first() if viewer.known else None
    if row is None:
        raise SignInNeeded
    return row
