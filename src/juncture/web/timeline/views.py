"""The page of all events of an incident."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from juncture.web.access.problems import cursor_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.incidents import selectors as incidents
from juncture.web.pages.answers import page
from juncture.web.timeline.selectors import Wanted, count_of, events_of
from juncture.web.timeline.showing import shown

SHOWN_EVENTS = 200


@require_GET
@page
def timeline(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show the events of an incident in the order of time: all of them, or those with some words, or the key ones."""
    seen = incidents.incident(request.viewer, incident)
    words, key_only = storable(request.GET.get("q", "")).strip(), request.GET.get("key") == "true"
    offset = cursor_of(request) or 0
    wanted = Wanted(text=words, key_only=key_only)
    events, more = events_of(request.viewer, incident, wanted, limit=SHOWN_EVENTS, offset=offset)
    following = offset + len(events)
    asked = {"q": words} if words else {}
    asked |= {"key": "true"} if key_only else {}
    told = {
        "here": "incidents",
        "incident": seen,
        "days": shown(events),
        "first": offset + 1,
        "last": following,
        "total": count_of(request.viewer, incident, wanted),
        "q": words,
        "key_only": key_only,
        "following": urlencode(asked | {"cursor": sealed(following)}) if more else "",
        "before": urlencode(asked | {"cursor": sealed(max(0, offset - SHOWN_EVENTS))}) if offset else "",
    }
    return render(request, "timeline/timeline.html", told)
