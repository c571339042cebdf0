"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from juncture.web.people import people_views, views

pages = [
    path("settings/", views.profile, name="settings"),
    path("settings/people/", people_views.people, name="people"),
    path("settings/people/add/", people_views.add, name="person-add"),
    path("settings/people/<int:who>/", people_views.person, name="person"),
    path("settings/people/<int:who>/link/", people_views.link, name="person-link"),
    path("settings/people/<int:who>/change/", people_views.change, name="person-change"),
]
calls: list[URLPattern] = []
