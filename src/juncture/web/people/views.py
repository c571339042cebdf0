"""Pages of oneself: the profile."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from juncture.web.access.errors import Invalid
from juncture.web.access.requests import ViewerRequest
from juncture.web.pages.answers import page
from juncture.web.pages.layout import THEME_COOKIE, THEMES
from juncture.web.people import selectors
from juncture.web.people.profile import change_profile

_THEME_WORDS = (("", "System"), ("light", "Light"), ("dark", "Dark"))
_YEAR = 365 * 24 * 3600


@require_http_methods(["GET", "POST"])
@page
def profile(request: ViewerRequest) -> HttpResponse:
    """Show and change one's own name, zone and colours."""
    person = selectors.own_row(request.viewer)
    told = {"person": person, "given": person, "zones": sorted(available_timezones()), "themes": _THEME_WORDS}
    if request.method == "GET":
        return render(request, "people/profile.html", told)
    given = {name: request.POST.get(name, "") for name in ("name", "zone")}
    try:
        change_profile(request.viewer, **given)
    except Invalid as error:
        return render(request, "people/profile.html", told | {"given": given, "complaint": error.sentence}, status=error.status)
    messages.success(request, "Saved.")
    answer = redirect("settings")
    theme = request.POST.get("theme", "")
    if theme in THEMES:
        answer.set_cookie(THEME_COOKIE, theme, max_age=_YEAR, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE)
    else:
        answer.delete_cookie(THEME_COOKIE, samesite="Lax")
    return answer
