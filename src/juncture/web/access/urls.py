"""The addresses of this app: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import URLPattern, path

from juncture.web.access import views

pages = [
    path("first/<str:token>/", views.first, name="first"),
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-in/<str:token>/", views.sign_in_link, name="sign-in-link"),
    path("sign-out/", views.sign_out, name="sign-out"),
]
calls: list[URLPattern] = []
