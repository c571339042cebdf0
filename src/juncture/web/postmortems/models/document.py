"""Postmortems: sections and objects as rows, what is derived from evidence as a frozen value, publications."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident


class State(models.TextChoices):
    """Where a postmortem stands."""

    DRAFT = "draft", "Draft"
    IN_REVIEW = "in_review", "In review"
    REVIEWED = "reviewed", "Reviewed"
    PUBLISHED = "published", "Published"
    CLOSED = "closed", "Closed"


RECORDS = ("derived", "drafted", "newest")
"""The columns that hold whole records."""


class PostmortemManager(models.Manager["Postmortem"]):
    """Gives postmortems only to a viewer, and without their records, which are large: these are read where they are used."""

    def get_queryset(self) -> models.QuerySet[Postmortem]:
        """Return all rows, their records left out. For operations that know who asks."""
        return super().get_queryset().defer(*RECORDS)

    def whole(self) -> models.QuerySet[Postmortem]:
        """Return all rows with their records. For operations that know who asks."""
        return super().get_queryset()

    def visible_to(self, viewer: Viewer) -> models.QuerySet[Postmortem]:
        """Return those of incidents that `viewer` may see, and of them only published ones to who may not write."""
        seen = Incident.objects.visible_to(viewer).filter(pk=OuterRef("incident_id"))
        found = self.get_queryset().filter(Exists(seen))
        return found if viewer.may_write else found.filter(~Q(published_number=0))

    def all(self) -> models.QuerySet[Postmortem]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("postmortems are confidential: ask visible_to(viewer)")


class Postmortem(models.Model):
    """The document of learning about an incident. Its sections and objects are rows of their own."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="postmortems")
    public_id = models.CharField(max_length=32, unique=True)
    title = models.TextField()
    renamed = models.BooleanField(default=False)
    """Whether a person gave it its title."""
    practice = models.TextField(default="google")
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)
    derived = models.BinaryField()
    """What nobody writes by hand, as frozen JSON: incident, milestones, phases, timeline, changes, notes, metadata."""
    drafted = models.BinaryField(default=b"")
    """The record that the evidence gave and somebody has considered, as frozen JSON. Empty for an import."""
    newest = models.BinaryField(default=b"")
    """The record that newer evidence gives, as frozen JSON: what it has beyond `drafted` is proposed. Empty: nothing newer."""
    proposals = models.PositiveIntegerField(default=0)
    """How many changes newer evidence proposes."""
    dismissed = models.JSONField(default=list)
    """The ids of proposals that were dismissed: the same is not proposed again."""
    published_number = models.PositiveIntegerField(default=0)
    """The number of its latest publication, 0 before there is one."""
    published_title = models.TextField(default="")
    """The title of its latest publication: what lists show to who may not write."""
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[PostmortemManager] = PostmortemManager()

    class Meta:
        """Newest first. Whether an incident has one that is published is told by the index alone: rows are large."""

        ordering = ("-id",)
        indexes = (models.Index(fields=("incident", "published_number"), name="postmortem_of_incident"),)

    def title_for(self, viewer: Viewer) -> str:
        """Return the title that a viewer may know it by: of the working text, or of what was published."""
        return self.title if viewer.may_write else self.published_title


class Section(models.Model):
    """Prose under a heading. `version` counts its changes."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="sections")
    position = models.PositiveIntegerField()
    heading = models.TextField(blank=True)
    drafted_as = models.TextField(default="", blank=True)
    """The heading that it was drafted under, where a person gave it another one: by it, newer evidence finds it."""
    markdown = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """In the order of the document."""

        ordering = ("position", "id")

    @property
    def of_draft(self) -> str:
        """The heading by which a draft knows it."""
        return self.drafted_as or self.heading


class SentText(models.Model):
    """The file that somebody sent, byte for byte. It is the text of the record as long as the record is what it gave."""

    postmortem = models.OneToOneField(Postmortem, on_delete=models.CASCADE, related_name="sent")
    text = models.BinaryField()
    record = models.CharField(max_length=64)
    """The SHA-256 of the record that the text gave, as it stood in rows."""


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
