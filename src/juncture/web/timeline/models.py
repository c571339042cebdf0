"""The events of an incident, derived from its sightings and rebuildable at any time, and what persons corrected in them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident


class StoredEvent(models.Model):
    """An event: `body` is the frozen value as JSON, the other columns are for finding, counting and folding it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="events")
    event_id = models.CharField(max_length=32)
    occurred_at = models.DateTimeField()
    known_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=12)
    key = models.BooleanField()
    summary = models.TextField()
    body = models.BinaryField()
    moment = models.BigIntegerField(default=0)
    """`occurred_at` in milliseconds since 1970: for counting in even stretches, in whole numbers that every database has."""
    source = models.CharField(max_length=200, default="")
    likeness = models.CharField(max_length=16, default="")
    """What events of one template, metric or alert have in common; empty where an event is like no other."""
    hidden = models.BooleanField(default=False)
    """Whether a person hid it."""

    class Meta:
        """In the order of time."""

        ordering = ("occurred_at", "event_id")
        constraints = (models.UniqueConstraint(fields=("incident", "event_id"), name="event_once_an_incident"),)
        indexes = (
            models.Index(fields=("incident", "key", "occurred_at")),
            models.Index(fields=("incident", "occurred_at", "event_id"), name="event_in_order"),
            models.Index(
                fields=("incident", "hidden", "moment", "lane", "key", "source", "likeness", "event_id"), name="event_to_fold"
            ),
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
    due = models.BooleanField(default=False, db_index=True)
    """Whether a correction was made that it does not hold yet: the worker rebuilds it."""
    due_from = models.DateTimeField(null=True)
    """From when on the worker rebuilds it: until then the process does that took the correction. None: at once."""


class CorrectionManager(models.Manager["Correction"]):
    """Gives corrections only to a viewer, or of an incident to the program's own work."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet[Correction]:
        """Return those of incidents that `viewer` may see."""
        return self.get_queryset().filter(incident__in=Incident.objects.visible_to(viewer).values("id"))

    def of_incident(self, incident: Incident) -> models.QuerySet[Correction]:
        """Return those of an incident, in order: for who has been let in to it, and for rebuilding."""
        return self.get_queryset().filter(incident=incident)

    def all(self) -> models.QuerySet[Correction]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("corrections are confidential: ask visible_to(viewer)")


class Correction(models.Model):
    """A person's change to an event, append-only: undoing is another. `before` and `after` are frozen values of its kind."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="corrections")
    event_id = models.CharField(max_length=32)
    kind = models.CharField(max_length=12)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    why = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[CorrectionManager] = CorrectionManager()

    class Meta:
        """In the order in which they were made."""

        ordering = ("id",)
        indexes = (models.Index(fields=("incident", "event_id"), name="correction_of_event"),)
