"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.evidence import api, views

pages = [
    path("imports/<slug:run>/", views.import_page, name="import"),
    path("imports/<slug:run>/state/", views.import_state, name="import-state"),
    path("imports/<slug:run>/cancel/", views.cancel, name="import-cancel"),
    path("imports/<slug:run>/again/", views.again, name="import-again"),
]
calls = [
    path("incidents/<slug:incident>/evidence", api.evidence),
    path("imports/<slug:run>", api.one_import),
]
