"""Registers the app with Django."""

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.access"
    label = "access"
