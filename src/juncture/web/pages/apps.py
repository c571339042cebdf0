"""Registers the app with Django."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.pages"
    label = "pages"
