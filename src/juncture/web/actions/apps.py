"""Registers the app with Django."""

from django.apps import AppConfig


class ActionsConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.actions"
    label = "actions"
