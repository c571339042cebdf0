"""Pages of the whole: home."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from juncture.web.access.requests import ViewerRequest
from juncture.web.demonstration import load_for
from juncture.web.incidents.box import box
from juncture.web.incidents.selectors import incidents, openings
from juncture.web.pages.answers import page

SHOWN_INCIDENTS = 10


@page
def home(request: ViewerRequest) -> HttpResponse:
    """Show what there is; to who has nothing yet, first of all the box that takes evidence."""
    found, following = incidents(request.viewer, limit=SHOWN_INCIDENTS)
    if not found and request.viewer.may_write:
        return render(request, "pages/start.html", {"here": "home", "only_the_box": True} | box(request.viewer))
    told = {"here": "home", "incidents": found, "more": following is not None, "openings": openings(request.viewer, found)}
    return render(request, "pages/home.html", box(request.viewer) | told)


@require_POST
@page
def demo(request: ViewerRequest) -> HttpResponse:
    """Load the demo into an empty server, and show the import of its recorded incident."""
    return redirect("import", load_for(request.viewer).public_id)
