"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.actions import api, views

pages = [
    path("actions/", views.actions, name="actions"),
    path("actions/<slug:action>/", views.action, name="action"),
    path("actions/<slug:action>/state/", views.state, name="action-state"),
    path("postmortems/<slug:postmortem>/actions/", views.add, name="action-add"),
]
calls = [
    path("actions", api.actions),
    path("actions/<slug:action>", api.one_action),
    path("actions/<slug:action>/history", api.history),
    path("postmortems/<slug:postmortem>/actions", api.add),
]
