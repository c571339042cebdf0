"""Registers the app with Django."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.journal"
    label = "journal"
