"""The addresses of pages."""

from __future__ import annotations

from django.urls import path

from juncture.web.access import views as access
from juncture.web.evidence import views as evidence
from juncture.web.incidents import views as incidents
from juncture.web.pages import views as pages
from juncture.web.postmortems import views as postmortems
from juncture.web.timeline import views as timeline

urlpatterns = [
    path("", pages.home, name="home"),
    path("first/<str:token>/", access.first, name="first"),
    path("sign-in/", access.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", access.sign_in_link, name="sign-in-link"),
    path("sign-out/", access.sign_out, name="sign-out"),
    path("incidents/", incidents.incidents, name="incidents"),
    path("incidents/new/", incidents.new, name="incident-new"),
    path("incidents/<slug:incident>/", incidents.incident, name="incident"),
    path("incidents/<slug:incident>/timeline/", timeline.timeline, name="timeline"),
    path("imports/<slug:run>/", evidence.import_page, name="import"),
    path("imports/<slug:run>/state/", evidence.import_state, name="import-state"),
    path("imports/<slug:run>/cancel/", evidence.cancel, name="import-cancel"),
    path("imports/<slug:run>/again/", evidence.again, name="import-again"),
    path("incidents/<slug:incident>/evidence/", incidents.add_evidence, name="evidence-add"),
    path("incidents/<slug:incident>/postmortem/", postmortems.start, name="postmortem-start"),
    path("postmortems/<slug:postmortem>/", postmortems.read, name="postmortem"),
    path("postmortems/<slug:postmortem>/published/", postmortems.published, name="postmortem-published"),
    path("postmortems/<slug:postmortem>/state/", postmortems.state, name="postmortem-state"),
    path("postmortems/<slug:postmortem>/sections/<int:section>/", postmortems.section, name="section"),
]
