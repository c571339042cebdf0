"""The events of an incident: derived from its sightings, rebuildable at any time."""

from __future__ import annotations

from django.db import models

from juncture.web.incidents.models import Incident


class StoredEvent(models.Model):
    """An event: `body` is the frozen value as JSON, the other columns are for finding it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=32)
    occurred_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=12)
    key = models.BooleanField()
    summary = models.TextField()
    body = models.BinaryField()

    class Meta:
        """In the order of time."""

        ordering = ("occurred_at", "event_id")
        constraints = (models.UniqueConstraint(fields=("incident", "event_id"), name="event_once_an_incident"),)
        indexes = (
            models.Index(fields=("incident", "key", "occurred_at")),
            models.Index(fields=("incident", "occurred_at", "event_id"), name="event_in_order"),
        )


class EventAlias(models.Model):
    """An id that an event had before it was joined with another; it resolves for ever."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="aliases")
    alias = models.CharField(max_length=32)
    event_id = models.CharField(max_length=32)

    class Meta:
        """Each alias once an incident."""

        constraints = (models.UniqueConstraint(fields=("incident", "alias"), name="alias_once_an_incident"),)


class StoredTimeline(models.Model):
    """What the events say together: milestones, phases and notes, as frozen JSON."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="timeline")
    milestones = models.BinaryField()
    phases = models.BinaryField()
    notes = models.BinaryField()
    rebuilt_at = models.DateTimeField(auto_now=True)
