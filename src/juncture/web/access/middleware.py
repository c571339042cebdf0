"""Puts the viewer on every request: `request.viewer`."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from juncture.web.access.selectors import viewer_of, viewer_of_token
from juncture.web.access.viewer import NOBODY, Viewer
from juncture.web.people.models import User


class ViewerRequest(HttpRequest):
    """A request that knows who asks."""

    viewer: Viewer


class ViewerMiddleware:
    """Finds the viewer: by bearer token under `/api/`, else by session. A token is never read on a page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with `request.viewer` set."""
        request.viewer = _viewer(request)  # type: ignore[attr-defined]  # ViewerRequest names it for views
        return self._get_response(request)


def _viewer(request: HttpRequest) -> Viewer:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if request.path.startswith("/api/") and scheme.lower() == "bearer" and token:
        request._dont_enforce_csrf_checks = True  # type: ignore[attr-defined]  # noqa: SLF001 - Django's own way: no cookie took part
        return viewer_of_token(token.strip())
    return viewer_of(request.user) if isinstance(request.user, User) else NOBODY
