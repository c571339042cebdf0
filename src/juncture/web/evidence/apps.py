"""Registers the app with Django."""

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The app, under a label of its own."""

    name = "juncture.web.evidence"
    label = "evidence"
