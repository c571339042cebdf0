"""Who sits at a socket: found by the session at connect, and looked up again for as long as it is open."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.digests import digest_of
from juncture.web.access.models import Session
from juncture.web.access.selectors import viewer_of
from juncture.web.access.sessions import SessionStore
from juncture.web.access.viewer import NOBODY, Viewer
from juncture.web.people.models import User


class Seated(Struct, frozen=True):
    """The session of a socket: the digest of its key, and the person who signed in to it."""

    session: str
    person: int


def seated(cookies: str) -> Seated | None:
    """Return whose socket it is by its cookies; None for nobody, or who has to set up a second factor first."""
    try:
        found = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return None
    if found is None:
        return None
    request = HttpRequest()
    request.session = store = SessionStore(found.value)
    user = get_user(request)
    if not isinstance(user, User) or store.row is None or store.row.must_enrol:
        return None
    return Seated(digest_of(found.value), user.pk)


def viewer_at(seat: Seated) -> Viewer:
    """Return the viewer who sits there now: nobody if the session has ended, the person has left or is another."""
    there = Session.objects.filter(pk=seat.session, user=seat.person, expire_date__gt=timezone.now(), must_enrol=False)
    user = User.objects.filter(pk=seat.person, is_active=True).first() if there.exists() else None
    return NOBODY if user is None else viewer_of(user)


def is_same_origin(origin: str, host: str) -> bool:
    """Whether a page of this server opened the socket: another site's page has our cookies, but not our origin.

    Behind a proxy that gives another `Host`, the server's own address (JUNCTURE_URL) tells.
    """
    own = {host.lower(), urlsplit(settings.PUBLIC_URL).netloc.lower()} - {""}
    return urlsplit(origin).netloc.lower() in own
