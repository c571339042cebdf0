"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.library import api, arriving_views, related_pages, views

pages = [
    path("library/", views.library, name="library"),
    path("library/import/", arriving_views.arriving, name="library-import"),
    path("postmortems/<slug:postmortem>/related/", related_pages.of_postmortem, name="postmortem-related"),
    path("incidents/<slug:incident>/related/", related_pages.of_incident, name="incident-related"),
]
calls = [
    path("search", api.search, name="search"),
    path("postmortems/<slug:postmortem>/related", api.related_to_postmortem),
    path("incidents/<slug:incident>/related", api.related_to_incident),
    path("learned", api.learned),
    path("costs", api.costs),
]
