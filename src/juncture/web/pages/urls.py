"""The addresses of pages of the whole."""

from __future__ import annotations

from django.urls import path

from juncture.web.pages import views

pages = [path("", views.home, name="home"), path("demo/", views.demo, name="demo")]
