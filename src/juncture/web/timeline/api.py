"""The timeline over the API."""

from __future__ import annotations

from django.http import HttpResponse

from juncture.web.access.middleware import ViewerRequest
from juncture.web.access.problems import cursor_of, endpoint, instant_of, limit_of, listed
from juncture.web.timeline import selectors


def _events(request: ViewerRequest, incident: str) -> HttpResponse:
    limit, offset = limit_of(request, default=100, most=1000), cursor_of(request) or 0
    wanted = selectors.Wanted(
        instant_of(request, "from"),
        instant_of(request, "to"),
        request.GET.get("q", ""),
        request.GET.get("key", "").lower() in {"1", "true", "yes"},
    )
    events, total = selectors.events_of(request.viewer, incident, wanted, limit=limit, offset=offset)
    following = offset + len(events)
    return listed(events, following if following < total else None)


timeline = endpoint(GET=_events)
