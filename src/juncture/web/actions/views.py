"""Pages of this app."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from juncture.web.access.requests import ViewerRequest
from juncture.web.pages.answers import page


@require_GET
@page
def actions(request: ViewerRequest) -> HttpResponse:
    """Show the actions."""
    return render(request, "actions/actions.html", {"here": "actions"})
