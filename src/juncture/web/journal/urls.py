"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.journal import api, views

pages = [
    path("settings/audit/", views.audit, name="audit"),
    path("settings/audit/export.<slug:form>", views.export, name="audit-export"),
]
calls = [path("audit", api.audit)]
