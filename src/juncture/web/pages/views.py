"""Pages of the whole: health, home, errors."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import available_timezones

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from juncture.evidence.registry import installed_readers
from juncture.web.access.middleware import ViewerRequest
from juncture.web.incidents.selectors import IncidentView, incidents
from juncture.web.pages.answers import page

SHOWN_INCIDENTS = 50


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@page
def home(request: ViewerRequest) -> HttpResponse:
    """Show the box that takes evidence, and what there is."""
    found, _ = incidents(request.viewer, limit=SHOWN_INCIDENTS)
    if not request.viewer.may_write:
        found = [incident for incident in found if incident.postmortems]
    told = {
        "here": "home",
        "incidents": found,
        "sentence": _sentence(found),
        "sources": installed_readers(),
        "zones": sorted(available_timezones()),
        "upload_limit": f"{settings.UPLOAD_LIMIT // 1024 // 1024:,} MB",
    }
    return render(request, "pages/home.html", told)


def _sentence(found: Sequence[IncidentView]) -> str:
    without = sum(not incident.postmortems for incident in found)
    if not without:
        return "Every incident here has a postmortem."
    return f"{'One incident has' if without == 1 else f'{without} incidents have'} no postmortem yet."


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing, in the same words as for what is not open to the viewer."""
    del exception
    sentence = "There is nothing here, or it is not open to you."
    return render(request, "pages/refused.html", {"sentence": sentence, "status": 404}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke, without asking the database for anything."""
    sentence = "Something broke on our side. What you had saved is safe. Go back and try again; the log says what happened."
    return render(request, "pages/refused.html", {"sentence": sentence, "status": 500}, status=500)
