"""Every address of the application."""

from __future__ import annotations

from django.urls import include, path

from juncture.web.api.openapi import openapi
from juncture.web.evidence import api as evidence_api
from juncture.web.incidents import api as incidents_api
from juncture.web.postmortems import api as postmortems_api
from juncture.web.timeline import api as timeline_api

api = [
    path("openapi.json", openapi, name="openapi"),
    path("incidents", incidents_api.incidents),
    path("incidents/<slug:incident>", incidents_api.one_incident),
    path("incidents/<slug:incident>/evidence", evidence_api.evidence),
    path("incidents/<slug:incident>/timeline", timeline_api.timeline),
    path("incidents/<slug:incident>/postmortem", postmortems_api.start),
    path("imports/<slug:run>", evidence_api.one_import),
    path("postmortems", postmortems_api.postmortems),
    path("postmortems/<slug:postmortem>", postmortems_api.one_postmortem),
    path("postmortems/<slug:postmortem>.md", postmortems_api.as_markdown, name="postmortem-md"),
    path("postmortems/<slug:postmortem>.json", postmortems_api.as_json, name="postmortem-json"),
    path("postmortems/<slug:postmortem>.html", postmortems_api.as_html, name="postmortem-html"),
    path("postmortems/<slug:postmortem>/sections/<int:section>", postmortems_api.section),
    path("postmortems/<slug:postmortem>/state", postmortems_api.state),
]

urlpatterns = [
    path("api/v1/", include(api)),
    path("", include("juncture.web.pages.urls")),
]

handler400 = "juncture.web.access.refusals.unreadable"
handler403 = "juncture.web.access.refusals.forged"
handler404 = "juncture.web.access.refusals.not_found"
handler500 = "juncture.web.access.refusals.broken"
