"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.people import api, catalogue_views, people_api, people_views, views

pages = [
    path("settings/", views.profile, name="settings"),
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/add/", people_views.add, name="person-add"),
    path("settings/people/<int:who>/", people_views.person, name="person"),
    path("settings/people/<int:who>/link/", people_views.link, name="person-link"),
    path("settings/people/<int:who>/change/", people_views.change, name="person-change"),
    path("settings/teams/", catalogue_views.all_teams, name="teams"),
    path("settings/teams/<str:team>/", catalogue_views.one_team, name="team"),
    path("settings/services/", catalogue_views.all_services, name="services"),
    path("settings/services/owners/", catalogue_views.owners, name="service-owners"),
    path("settings/services/<int:service>/", catalogue_views.one_service, name="service"),
]
calls = [
    path("me", people_api.me),
    path("people", people_api.people),
    path("people/<int:person>", people_api.one_person),
    path("people/<int:person>/identities", people_api.all_identities),
    path("people/<int:person>/identities/<int:identity>", people_api.one_identity),
    path("teams", api.all_teams),
    path("teams/<str:team>", api.one_team),
    path("services", api.all_services),
    path("services/owners", api.owners),
    path("services/<int:service>", api.one_service),
]
