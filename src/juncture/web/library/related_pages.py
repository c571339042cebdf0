"""The page of related postmortems, and the piece of it that stands on the page of a postmortem or an incident."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from juncture.web.access.requests import ViewerRequest
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.library.related import Related, related_to
from juncture.web.pages.answers import page
from juncture.web.postmortems.selectors import line


@require_GET
@page
def of_postmortem(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show the postmortems that are near to one."""
    published = request.GET.get("publication") == "latest"
    seen = line(request.viewer, postmortem, published=published)
    return _shown(request, related_to(request.viewer, seen, published=published), seen.title, seen.url)


@require_GET
@page
def of_incident(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show the postmortems that are near to an incident."""
    seen = incident_of(request.viewer, incident)
    return _shown(request, related_to(request.viewer, seen), seen.title, seen.url)


def _shown(request: ViewerRequest, found: list[Related], title: str, url: str) -> HttpResponse:
    """Return the page; the piece alone, folded where it is asked for so, where htmx asks."""
    told = {"here": "library", "related": found, "title": title, "url": url, "folded": request.GET.get("folded") == "1"}
    piece = request.headers.get("HX-Request") == "true"
    answer = render(request, "library/related_piece.html" if piece else "library/related.html", told)
    answer["Vary"] = "HX-Request"
    return answer
