"""What is searched, and what publications say in figures and lessons: derived rows, rebuildable at any time."""

from __future__ import annotations

from typing import ClassVar, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.postmortems.models import Postmortem

Row = TypeVar("Row", bound=models.Model)


class Kind(models.TextChoices):
    """What an entry stands for."""

    POSTMORTEM = "postmortem", "Postmortems"
    INCIDENT = "incident", "Incidents"
    ACTION = "action", "Actions"
    EVENT = "event", "Events"


class Audience(models.TextChoices):
    """Who an entry is for: working text is for who may write, the latest publication for everybody else."""

    EVERYBODY = "everybody", "Everybody"
    WRITERS = "writers", "Who may write"
    READERS = "readers", "Who may not"

    @classmethod
    def of(cls, viewer: Viewer) -> tuple[str, str]:
        """Return the audiences that a viewer belongs to."""
        return cls.EVERYBODY, cls.WRITERS if viewer.may_write else cls.READERS


class OfIncidents(models.Manager[Row]):
    """Gives derived rows only to a viewer."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet[Row]:
        """Return the rows of incidents that `viewer` may see."""
        return self.get_queryset().filter(Exists(Incident.objects.visible_to(viewer).filter(pk=OuterRef("incident_id"))))

    def all(self) -> models.QuerySet[Row]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("what is derived from incidents is as confidential as they are: ask visible_to(viewer)")


class SearchEntry(models.Model):
    """One thing that a search can find, its secrets masked.

    A full-text index hangs on this table by triggers (SQLite) or a generated column (PostgreSQL), see the first migration: a
    later migration that makes Django build the table anew has to make them anew too.
    """

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    object_id = models.CharField(max_length=64)
    audience = models.CharField(max_length=12, choices=Audience.choices)
    title = models.TextField()
    body = models.TextField()
    """Plain text, a line a paragraph. A line that starts with `## ` is the heading of those that follow."""
    services = models.TextField()
    """Names of services, each between line feeds."""
    severity = models.CharField(max_length=40)
    state = models.CharField(max_length=20)
    at = models.DateTimeField()
    weight = models.FloatField()

    objects: ClassVar[OfIncidents[Self]] = OfIncidents()

    class Meta:
        """Once an audience."""

        constraints = (
            models.UniqueConstraint(fields=("incident", "kind", "object_id", "audience"), name="entry_once_an_audience"),
        )


class PublishedFigure(models.Model):
    """One figure of the impact in the latest publication of a postmortem."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    title = models.TextField(default="")
    """The title of the publication."""
    name = models.TextField()
    unit = models.CharField(max_length=60)
    low = models.FloatField()
    mid = models.FloatField()
    high = models.FloatField()

    objects: ClassVar[OfIncidents[Self]] = OfIncidents()

    class Meta:
        """In the order of the document."""

        ordering = ("postmortem", "position")


class PublishedLesson(models.Model):
    """One lesson in the latest publication of a postmortem."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=20)
    """The field of the record's lessons: `learned`, `got_lucky`, …"""
    text = models.TextField()
    published_at = models.DateTimeField(db_index=True)

    objects: ClassVar[OfIncidents[Self]] = OfIncidents()

    class Meta:
        """In the order of the document."""

        ordering = ("postmortem", "position")


class PostmortemTrait(models.Model):
    """One trait by which a postmortem is recognised, or what mitigated it then; an audience has its own."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="+")
    audience = models.CharField(max_length=12, choices=Audience.choices)
    kind = models.CharField(max_length=12)
    """A kind of `juncture.memory.traits`, or `mitigation`."""
    term = models.TextField()

    objects: ClassVar[OfIncidents[Self]] = OfIncidents()

    class Meta:
        """Found by what they say, the newest first."""

        indexes = (models.Index(fields=("kind", "term", "-id"), name="trait_by_term"),)


class Derivation(models.Model):
    """One row: of which version everything is that is derived, and up to which incident (its key) the next one has got."""

    version = models.PositiveIntegerField(default=0)
    place = models.BigIntegerField(default=0)
