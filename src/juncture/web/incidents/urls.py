"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.evidence import evidence_views
from juncture.web.incidents import api, deciding_views, settings_api, settings_views, views

pages = [
    path("incidents/", views.incidents, name="incidents"),
    path("incidents/new/", views.new, name="incident-new"),
    path("incidents/<slug:incident>/", views.incident, name="incident"),
    path("incidents/<slug:incident>/evidence/", evidence_views.evidence, name="evidence-add"),
    path("incidents/<slug:incident>/edit/", deciding_views.edit, name="incident-edit"),
    path("incidents/<slug:incident>/people/", deciding_views.add_person, name="incident-person-add"),
    path("incidents/<slug:incident>/people/<int:person>/remove/", deciding_views.remove_person, name="incident-person-remove"),
    path("incidents/<slug:incident>/waive/", deciding_views.waive, name="incident-waive"),
    path("incidents/<slug:incident>/waive/undo/", deciding_views.take_up_again, name="incident-waive-undo"),
    path("incidents/<slug:incident>/request/", deciding_views.ask, name="incident-request"),
    path("incidents/<slug:incident>/request/withdraw/", deciding_views.withdraw, name="incident-request-withdraw"),
    path("settings/severities/", settings_views.severities, name="severities"),
    path("settings/severities/<int:severity>/", settings_views.severity, name="severity"),
    path("settings/severities/<int:severity>/move/", settings_views.move, name="severity-move"),
    path("settings/severities/<int:severity>/remove/", settings_views.remove, name="severity-remove"),
    path("settings/criteria/", settings_views.criteria, name="criteria"),
    path("settings/criteria/objectives/", settings_views.add_objective, name="objective-add"),
    path("settings/criteria/objectives/<int:objective>/remove/", settings_views.remove_objective, name="objective-remove"),
]
calls = [
    path("incidents", api.incidents),
    path("incidents/<slug:incident>", api.one_incident),
    path("incidents/<slug:incident>/waive", api.waiver),
    path("incidents/<slug:incident>/request", api.request),
    path("incidents/<slug:incident>/people", api.people),
    path("severities", settings_api.all_severities),
    path("severities/<int:severity>", settings_api.one_severity),
    path("severities/<int:severity>/move", settings_api.move),
    path("criteria", settings_api.all_criteria),
    path("criteria/<slug:criterion>", settings_api.one_criterion),
    path("objectives", settings_api.all_objectives),
    path("objectives/<int:objective>", settings_api.one_objective),
]
