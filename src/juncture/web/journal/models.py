"""The journal: one row a change, append-only. Versions, audit and feed are readings of it."""

from __future__ import annotations

from django.conf import settings
from django.db import models


class Change(models.Model):
    """Who changed what, when, through what, from what to what. `before` and `after` are frozen values (None: not there)."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    through = models.CharField(max_length=20)
    action = models.CharField(max_length=40)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    incident_id = models.BigIntegerField(null=True, db_index=True)
    postmortem_id = models.BigIntegerField(null=True)
    """The key of the postmortem that it changed, or of which it changed a part. Absent where it is of none."""
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        """Ordered as it happened."""

        ordering = ("id",)
        indexes = (
            models.Index(fields=("object_kind", "object_id")),
            models.Index(fields=("by", "at"), name="change_by_person"),
            models.Index(fields=("action", "at"), name="change_by_action"),
            models.Index(fields=("object_kind", "at"), name="change_by_kind"),
            models.Index(fields=("incident_id", "at"), name="change_by_incident"),
            models.Index(fields=("postmortem_id", "id"), name="change_by_postmortem"),
        )


class Opening(models.Model):
    """Who opened what that is watched: an artefact, a restricted page, an export. Append-only."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    through = models.CharField(max_length=20)
    object_kind = models.CharField(max_length=40)
    object_id = models.CharField(max_length=100)
    incident_id = models.BigIntegerField(null=True, db_index=True)

    class Meta:
        """Ordered as it happened."""

        ordering = ("id",)
        indexes = (
            models.Index(fields=("by", "at"), name="opening_by_person"),
            models.Index(fields=("object_kind", "at"), name="opening_by_kind"),
            models.Index(fields=("incident_id", "at"), name="opening_by_incident"),
        )
