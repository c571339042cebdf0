"""The addresses of the whole: its pages, and its calls of the API."""

from __future__ import annotations

from django.urls import path

from juncture.web.pages import api, views

pages = [path("", views.home, name="home"), path("demo/", views.demo, name="demo")]
calls = [path("me/waiting", api.waiting)]
