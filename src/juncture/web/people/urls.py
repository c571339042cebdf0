"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from juncture.web.people import views

pages = [
    path("settings/", views.profile, name="settings"),
]
calls: list[URLPattern] = []
