"""Puts the viewer on every request: `request.viewer`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from juncture.web.access.digests import digest_of
from juncture.web.access.limits import CALLS, CALLS_A_MINUTE
from juncture.web.access.problems import is_api, problem
from juncture.web.access.refusals import forged
from juncture.web.access.selectors import viewer_of, viewer_of_token
from juncture.web.access.sessions import SessionStore, note_seen
from juncture.web.access.viewer import NOBODY
from juncture.web.bodies import SMALL
from juncture.web.people.models import User

_OPEN_BEFORE = ("/settings/second-factor/", "/settings/confirm/", "/sign-in/", "/sign-out/", "/static/")
"""What is open to who has to set up a second factor first."""
_NEEDS_ONE = "Everybody here needs a second factor. Set yours up at /settings/second-factor/."


class ViewerMiddleware:
    """Finds the viewer: by bearer token under `/api/`, else by session. A token is never read on a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with `request.viewer` set."""
        token = _token(request)
        if token is None:
            request.viewer = viewer_of(request.user) if isinstance(request.user, User) else NOBODY  # type: ignore[attr-defined]  # ViewerRequest names it for views
            return _too_much(request) or _must_enrol(request) or self._get_response(request)
        if after := CALLS.take(digest_of(token)):
            answer = problem(429, f"These are more than {CALLS_A_MINUTE} calls a minute. Wait {after} s.")
            answer["Retry-After"] = str(after)
            return answer
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own way: no cookie took part
        request.viewer = viewer_of_token(token)  # type: ignore[attr-defined]  # the same
        return _too_much(request) or self._get_response(request)


def _too_much(request: HttpRequest) -> HttpResponse | None:
    """Refuse what a stranger sends that is larger than any form of theirs, unread: it holds no thread."""
    sent = request.META.get("CONTENT_LENGTH") or "0"
    known = request.viewer.known  # type: ignore[attr-defined]  # set above
    return None if known or not sent.isdecimal() or int(sent) <= SMALL else forged(request)


def _must_enrol(request: HttpRequest) -> HttpResponse | None:
    """Note that the session is in use; lead who needs a second factor and has none to set it up, and nowhere else."""
    row = request.session.row if isinstance(request.session, SessionStore) else None
    if row is None or not request.viewer.known:  # type: ignore[attr-defined]  # set above
        return None
    note_seen(row)
    if not row.must_enrol or request.path.startswith(_OPEN_BEFORE):
        return None
    return problem(403, _NEEDS_ONE) if is_api(request) else redirect("settings-second-factor")


def _token(request: HttpRequest) -> str | None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if is_api(request) and scheme.lower() == "bearer" and token.strip() else None
