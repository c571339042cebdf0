"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.evidence import account_api, account_views, api, artefact_api, artefact_views, evidence_views, views

pages = [
    path("incidents/<slug:incident>/evidence/", evidence_views.evidence, name="evidence"),
    path("incidents/<slug:incident>/evidence/live/", evidence_views.live, name="evidence-live"),
    path("incidents/<slug:incident>/evidence/verify/", evidence_views.verify, name="evidence-verify"),
    path("incidents/<slug:incident>/artefacts/<slug:sha256>/", artefact_views.artefact, name="evidence-artefact"),
    path("incidents/<slug:incident>/artefacts/<slug:sha256>/image/", artefact_views.image, name="evidence-image"),
    path("incidents/<slug:incident>/artefacts/<slug:sha256>/remove/", evidence_views.remove, name="evidence-remove"),
    path("incidents/<slug:incident>/artefacts/<slug:sha256>/when/", evidence_views.when, name="evidence-when"),
    path("incidents/<slug:incident>/accounts/", account_views.accounts, name="accounts"),
    path("accounts/<slug:account>/", account_views.account, name="account"),
    path("accounts/<slug:account>/save/", account_views.save, name="account-save"),
    path("accounts/<slug:account>/release/", account_views.release, name="account-release"),
    path("accounts/<slug:account>/withdraw/", account_views.withdraw, name="account-withdraw"),
    path("imports/<slug:run>/", views.import_page, name="import"),
    path("imports/<slug:run>/state/", views.import_state, name="import-state"),
    path("imports/<slug:run>/cancel/", views.cancel, name="import-cancel"),
    path("imports/<slug:run>/again/", views.again, name="import-again"),
]
calls = [
    path("incidents/<slug:incident>/evidence", api.evidence),
    path("incidents/<slug:incident>/evidence/verification", artefact_api.verification),
    path("incidents/<slug:incident>/evidence/<str:sha256>", artefact_api.one_artefact),
    path("incidents/<slug:incident>/evidence/<str:sha256>/original", artefact_api.original),
    path("incidents/<slug:incident>/evidence/<str:sha256>/when", artefact_api.when),
    path("incidents/<slug:incident>/accounts", account_api.accounts),
    path("accounts/<slug:account>", account_api.one_account),
    path("accounts/<slug:account>/release", account_api.release),
    path("imports/<slug:run>", api.one_import),
    path("imports/<slug:run>/again", api.again),
]
