"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from juncture.web.actions import views

pages = [path("actions/", views.actions, name="actions")]
calls: list[URLPattern] = []
