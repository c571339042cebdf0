"""Registers the app with Django."""

from django.apps import AppConfig


class LibraryConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.library"
    label = "library"
