"""Registers the app with Django."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.people"
    label = "people"
