"""Postmortems: sections as rows, what was drafted as a frozen value, publications."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident


class State(models.TextChoices):
    """Where a postmortem stands."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    REVIEWED = "reviewed", "Reviewed"
    PUBLISHED = "published", "Published"
    CLOSED = "closed", "Closed"


class PostmortemManager(models.Manager["Postmortem"]):
    """Gives postmortems only to a viewer."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet[Postmortem]:
        """Return those of incidents that `viewer` may see, and of them only published ones to who may not write."""
        incidents = Incident.objects.visible_to(viewer).values("id")
        found = self.get_queryset().filter(incident__in=incidents)
        return found if viewer.may_write else found.filter(~Q(published_number=0))

    def all(self) -> models.QuerySet[Postmortem]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("postmortems are confidential: ask visible_to(viewer)")


class Postmortem(models.Model):
    """The document of learning about an incident. `drafted` holds the record's objects as they were proposed."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="postmortems")
    public_id = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=300)
    renamed = models.BooleanField(default=False)
    """Whether a person gave it its title."""
    practice = models.CharField(max_length=40, default="google")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    drafted = models.BinaryField()
    """The record without title and sections, as frozen JSON."""
    published_number = models.PositiveIntegerField(default=0)
    """The number of its latest publication, 0 before there is one."""
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PostmortemManager] = PostmortemManager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)


class Section(models.Model):
    """Prose under a heading. `version` counts its changes."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    heading = models.CharField(max_length=300)
    markdown = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order of the document."""

        ordering = ("position", "id")


class Publication(models.Model):
    """A frozen version that readers see: the record, the ledger's head, and when. Never changed."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="publications")
    number = models.PositiveIntegerField()
    record = models.BinaryField()
    ledger_head = models.CharField(max_length=71)
    published_at = models.DateTimeField(auto_now_add=True)
    published_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """Numbered from 1 in each postmortem."""

        ordering = ("number",)
        constraints = (models.UniqueConstraint(fields=("postmortem", "number"), name="publication_number_once"),)
