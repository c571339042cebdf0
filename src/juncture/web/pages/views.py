"""Pages of the whole: health, home, errors."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from juncture.web.access.middleware import ViewerRequest
from juncture.web.incidents.selectors import incidents
from juncture.web.pages.answers import page
from juncture.web.postmortems.selectors import postmortems


def healthz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers."""
    del request
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok\n", content_type="text/plain")


@page
def home(request: ViewerRequest) -> HttpResponse:
    """Show the box that takes evidence, and what there is."""
    found, _ = incidents(request.viewer, limit=20)
    lines, _ = postmortems(request.viewer, limit=20)
    return render(request, "pages/home.html", {"incidents": found, "postmortems": lines})


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Say that there is nothing, in the same words as for what is not open to the viewer."""
    del exception
    sentence = "There is nothing here, or it is not open to you."
    return render(request, "pages/refused.html", {"sentence": sentence, "status": 404}, status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke, without asking the database for anything."""
    sentence = "Something broke on our side. What you had saved is safe. Go back and try again; the log says what happened."
    return render(request, "pages/refused.html", {"sentence": sentence, "status": 500}, status=500)
