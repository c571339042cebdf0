"""Registers the app with Django."""

from django.apps import AppConfig


class PostmortemsConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.postmortems"
    label = "postmortems"
