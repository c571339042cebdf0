"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.timeline import api, views

pages = [
    path("incidents/<slug:incident>/timeline/", views.timeline, name="timeline"),
    path("incidents/<slug:incident>/timeline/corrections/", views.corrections, name="timeline-correct"),
]
calls = [
    path("incidents/<slug:incident>/timeline", api.timeline),
    path("incidents/<slug:incident>/corrections", api.corrections),
]
