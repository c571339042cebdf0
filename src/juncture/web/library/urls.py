"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from juncture.web.library import views

pages = [path("library/", views.library, name="library")]
calls: list[URLPattern] = []
