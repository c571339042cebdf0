"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.library import api, views

pages = [path("library/", views.library, name="library")]
calls = [path("search", api.search, name="search")]
