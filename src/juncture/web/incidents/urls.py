"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.incidents import api, views

pages = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.new, name="incident-new"),
    path("incidents/<slug:incident>/", views.incident, name="incident"),
    path("incidents/<slug:incident>/evidence/", views.add_evidence, name="evidence-add"),
]
calls = [
    path("incidents", api.incidents),
    path("incidents/<slug:incident>", api.one_incident),
]
