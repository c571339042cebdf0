"""Registers the app with Django."""

from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.incidents"
    label = "incidents"
