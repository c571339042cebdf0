"""Every address of the application, each in its app's `urls`: `pages` and `calls`."""

from __future__ import annotations

from django.urls import include, path

from juncture.web.access import urls as access
from juncture.web.actions import urls as actions
from juncture.web.api.openapi import openapi
from juncture.web.evidence import urls as evidence
from juncture.web.incidents import urls as incidents
from juncture.web.journal import urls as journal
from juncture.web.library import urls as library
from juncture.web.pages import urls as pages
from juncture.web.people import urls as people
from juncture.web.postmortems import urls as postmortems
from juncture.web.timeline import urls as timeline

api = [
    path("openapi.json", openapi, name="openapi"),
    *incidents.calls,
    *evidence.calls,
    *timeline.calls,
    *postmortems.calls,
    *actions.calls,
    *library.calls,
    *people.calls,
    *access.calls,
    *journal.calls,
    *pages.calls,
]

urlpatterns = [
    path("api/v1/", include(api)),
    *pages.pages,
    *access.pages,
    *people.pages,
    *journal.pages,
    *incidents.pages,
    *evidence.pages,
    *timeline.pages,
    *postmortems.pages,
    *actions.pages,
    *library.pages,
]

handler400 = "juncture.web.access.refusals.unreadable"
handler403 = "juncture.web.access.refusals.forged"
handler404 = "juncture.web.access.refusals.not_found"
handler500 = "juncture.web.access.refusals.broken"
