"""A postmortem's text as several people type it at once: a Yjs document, kept as the updates that made it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils import timezone

from juncture.web.postmortems.models.document import Postmortem


class LiveText(models.Model):
    """The Yjs document of a postmortem, made when its editor is first opened. Sections' Markdown is derived from it."""

    postmortem = models.OneToOneField(Postmortem, on_delete=models.CASCADE, related_name="live_text", primary_key=True)
    epoch = models.CharField(max_length=32)
    """Random. Documents of different epochs share no history and must not be merged."""
    number = models.PositiveBigIntegerField(default=0)
    """The number of the last update, given under this row's lock."""
    typed_at = models.DateTimeField(default=timezone.now)
    """When the last update came."""
    settled_number = models.PositiveBigIntegerField(default=0)
    """The number up to which the sections' Markdown is derived."""
    snapshot = models.BinaryField(default=b"")
    """The document as one update."""
    snapshot_number = models.PositiveBigIntegerField(default=0)
    """The number up to which updates are in the snapshot; later ones have rows."""


class LiveUpdate(models.Model):
    """One update of a live text, as it was taken in: durable before anybody else sees it."""

    text = models.ForeignKey(LiveText, on_delete=models.CASCADE, related_name="updates")
    number = models.PositiveBigIntegerField()
    update = models.BinaryField()
    sections = models.JSONField()
    """The keys of the sections whose text it changes. A frozen value."""
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order in which they were taken in."""

        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("text", "number"), name="live_update_number_once"),)
