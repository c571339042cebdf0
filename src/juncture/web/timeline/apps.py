"""Registers the app with Django."""

from django.apps import AppConfig


class TimelineConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.timeline"
    label = "timeline"
