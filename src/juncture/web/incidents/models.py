"""Incidents, and who is on them."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from juncture.web.access.viewer import Viewer
from juncture.web.people.models import Team, TeamMember


class Visibility(models.TextChoices):
    """Who sees an incident and all that hangs on it."""

    ORGANISATION = "organisation", "Everybody in the organisation"
    TEAM = "team", "One team"
    RESTRICTED = "restricted", "Its creator and those that they add"


class IncidentQuerySet(models.QuerySet["Incident"]):
    """Incidents seen by somebody."""

    def visible_to(self, viewer: Viewer) -> IncidentQuerySet:
        """Return those that `viewer` may see. Administrators see no restricted incident by being administrators."""
        if not viewer.known:
            return self.none()
        added = IncidentPerson.objects.filter(user=viewer.user_id).values("incident")
        teams = TeamMember.objects.filter(user=viewer.user_id).values("team")
        return self.filter(
            Q(visibility=Visibility.ORGANISATION)
            | Q(visibility=Visibility.TEAM, team__in=teams)
            | Q(created_by=viewer.user_id)
            | Q(pk__in=added)
        )


class IncidentManager(models.Manager["Incident"]):
    """Gives incidents only to a viewer, or by key to the program's own work."""

    def get_queryset(self) -> IncidentQuerySet:
        """Return the queryset that `visible_to` narrows."""
        return IncidentQuerySet(self.model, using=self._db)

    def visible_to(self, viewer: Viewer) -> IncidentQuerySet:
        """Return those that `viewer` may see."""
        return self.get_queryset().visible_to(viewer)

    def all(self) -> IncidentQuerySet:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("incidents are confidential: ask visible_to(viewer)")


class Incident(models.Model):
    """What happened. `public_id` is a number, or random for a restricted one, since numbers count."""

    public_id = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=300)
    severity = models.CharField(max_length=40, blank=True)
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.ORGANISATION)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="incidents")
    started_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[IncidentManager] = IncidentManager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)


class IncidentPerson(models.Model):
    """Somebody who was added to an incident."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        """Once each."""

        constraints = (models.UniqueConstraint(fields=("incident", "user"), name="person_once_an_incident"),)


class IncidentService(models.Model):
    """A service that an incident touched, by its name, in the order that was given."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="services")
    name = models.CharField(max_length=200, db_index=True)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Once each."""

        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("incident", "name"), name="service_once_an_incident"),)
