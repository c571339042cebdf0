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
    severity_key = models.CharField(max_length=40, blank=True, default="")
    """The severity as names are compared: "SEV-1" and "Sev 1" are one."""
    near_miss = models.BooleanField(default=False)
    data_lost = models.BooleanField(null=True)
    """Whether data was lost; None while nobody has said."""
    is_needed = models.BooleanField(default=False)
    """Whether a criterion is met and nobody has waived it. Derived: `judging` writes it."""
    visibility = models.CharField(max_length=20, choices=Visibility.choices, default=Visibility.ORGANISATION)
    team = models.ForeignKey(Team, null=True, on_delete=models.PROTECT, related_name="incidents")
    started_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects: ClassVar[IncidentManager] = IncidentManager()

    class Meta:
        """Newest first."""

        ordering = ("-id",)
        indexes = (
            models.Index(fields=("is_needed", "-id"), name="incident_needed"),
            models.Index(fields=("severity_key", "-id"), name="incident_of_severity"),
        )


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


class FormerAddress(models.Model):
    """An id that an incident, or a postmortem or an action of it, had before it was restricted: it leads on who may see it."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="former_addresses")
    kind = models.CharField(max_length=20)
    """`incident`, `postmortem` or `action`."""
    former_id = models.CharField(max_length=32)
    public_id = models.CharField(max_length=32)

    class Meta:
        """One thing a former id."""

        constraints = (models.UniqueConstraint(fields=("kind", "former_id"), name="former_id_once"),)


class Severity(models.Model):
    """How bad it was, in the words of the organisation; the gravest first."""

    class Tone(models.TextChoices):
        """The colour of its chip, by what the colour means everywhere."""

        BAD = "bad", "Red"
        WARN = "warn", "Amber"
        PLAIN = "", "Grey"

    name = models.CharField(max_length=40, unique=True)
    key = models.CharField(max_length=40, unique=True)
    """The name as names are compared."""
    description = models.CharField(max_length=300, blank=True)
    tone = models.CharField(max_length=10, choices=Tone.choices, blank=True, default=Tone.PLAIN)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """The gravest first."""

        ordering = ("position", "id")


class Criterion(models.Model):
    """A criterion as it was set at some time. Never changed: an incident is judged by the last one set before it."""

    kind = models.CharField(max_length=20)
    is_on = models.BooleanField(default=True)
    threshold = models.PositiveIntegerField(null=True)
    severity = models.ForeignKey(Severity, null=True, on_delete=models.SET_NULL, related_name="+")
    set_at = models.DateTimeField(db_index=True)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        """As they were set."""

        ordering = ("id",)


class ServiceObjective(models.Model):
    """What a service promises: this percentage of the time, over a window of days. For the share of an error budget."""

    service = models.CharField(max_length=200, unique=True)
    percent = models.DecimalField(max_digits=7, decimal_places=4)
    days = models.PositiveSmallIntegerField(default=28)

    class Meta:
        """By name."""

        ordering = ("service",)


class EvidenceSigns(models.Model):
    """What the evidence of an incident shows, as criteria are judged by it. Derived when the timeline is rebuilt."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="signs")
    started_at = models.DateTimeField(null=True)
    detected_at = models.DateTimeField(null=True)
    mitigated_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    found_by = models.CharField(max_length=10, blank=True)
    intervention = models.CharField(max_length=200, blank=True)


class StoredVerdict(models.Model):
    """What judging an incident by one criterion found. Derived: `judging` writes it; `since` is when it was first found so."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="verdicts")
    kind = models.CharField(max_length=20)
    label = models.CharField(max_length=100)
    outcome = models.CharField(max_length=10)
    why = models.CharField(max_length=400)
    since = models.DateTimeField()

    class Meta:
        """Each criterion once an incident."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("incident", "kind"), name="verdict_once_a_criterion"),)


class PostmortemRequest(models.Model):
    """Somebody asked for a postmortem of an incident, with a reason."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="requests")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500)

    class Meta:
        """In the order of asking, once a person."""

        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("incident", "by"), name="request_once_a_person"),)


class Waiver(models.Model):
    """Somebody decided, with a reason, that an incident which meets a criterion gets no postmortem. Undone by deleting it."""

    incident = models.OneToOneField(Incident, on_delete=models.CASCADE, related_name="waiver")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500)
