"""Artefacts, imports, sightings and series of an incident."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident


class EvidenceItem(models.Model):
    """An artefact as this incident received it. The bytes lie in the store, by hash, once."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="evidence")
    sha256 = models.CharField(max_length=71)
    name = models.CharField(max_length=1000)
    size = models.BigIntegerField()
    received_at = models.DateTimeField(auto_now_add=True)
    received_from = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    archive = models.CharField(max_length=71, blank=True)
    """The hash of the archive that it came in, empty if it was given by itself."""
    recognised = models.CharField(max_length=120, blank=True)
    """The title of the reader that read it last, empty where none knew it or it is an archive."""
    events = models.PositiveIntegerField(default=0)
    """Events that cite it."""
    masked = models.PositiveIntegerField(default=0)
    left = models.PositiveIntegerField(default=0)
    """Things in it that were left out."""
    when_said = models.CharField(max_length=200, blank=True)
    """When it was, in a person's words, where nothing in it says so: of a picture."""
    what_said = models.CharField(max_length=300, blank=True)
    """What it shows, in a person's words."""
    erased_at = models.DateTimeField(null=True)
    erased_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    erased_reason = models.TextField(blank=True)

    class Meta:
        """Each artefact once an incident."""

        constraints = (models.UniqueConstraint(fields=("incident", "sha256", "name"), name="artefact_once_an_incident"),)


class ImportRun(models.Model):
    """One piece of work on an incident's evidence: reading, removing, verifying. The row is the truth.

    A worker takes it under a lease and goes on where another died. No two of one incident are worked on at once.
    """

    class Task(models.TextChoices):
        """What is to be done."""

        READ = "read"
        REMOVE = "remove"
        VERIFY = "verify"

    class State(models.TextChoices):
        """Where it stands."""

        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="imports")
    public_id = models.CharField(max_length=32, unique=True)
    task = models.CharField(max_length=10, choices=Task.choices, default=Task.READ)
    state = models.CharField(max_length=20, choices=State.choices, default=State.QUEUED, db_index=True)
    given = models.JSONField(default=list)
    """What was given, or is removed: `[{sha256, name, size}]`, in order."""
    date = models.DateField(null=True)
    zone = models.CharField(max_length=64, blank=True)
    masked = models.BooleanField(default=True)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField(auto_now_add=True)
    draft_follows = models.BooleanField(default=False)
    """Whether it ends with a draft of the incident: the box on the home page asks for one, the API for evidence alone."""
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=120, blank=True)
    """The worker that holds the lease: host, process, and a number of its own."""
    attempts = models.PositiveIntegerField(default=0)
    cancel_requested = models.BooleanField(default=False)
    progress = models.JSONField(default=dict)
    """`{stage, done, total, what, found}`: where it is, files read, files in all, the one being read, what it gave so far."""
    events = models.PositiveIntegerField(default=0)
    read_by = models.JSONField(default=dict)
    masked_counts = models.JSONField(default=dict)
    left_out = models.JSONField(default=list)
    notes = models.JSONField(default=list)
    failure = models.TextField(blank=True)
    remark = models.TextField(blank=True)
    """What is to be said of the draft that follows."""
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Oldest first: that is their order of work."""

        ordering = ("id",)


class StoredSighting(models.Model):
    """A sighting as it was read: `body` is the frozen value as JSON. Rows are in the order of ingestion."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="sightings")
    sighting_id = models.CharField(max_length=32)
    body = models.BinaryField()

    class Meta:
        """Each sighting once an incident: reading a newer export adds only what is new."""

        constraints = (models.UniqueConstraint(fields=("incident", "sighting_id"), name="sighting_once_an_incident"),)


class StoredSeries(models.Model):
    """A series as it was read: `body` is the frozen value as JSON, `identity` its metric, labels and artefact."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="series")
    identity = models.CharField(max_length=64)
    body = models.BinaryField()

    class Meta:
        """Each series once an incident."""

        constraints = (models.UniqueConstraint(fields=("incident", "identity"), name="series_once_an_incident"),)


class AccountManager(models.Manager["Account"]):
    """Gives accounts to their authors alone. What is released is an artefact, and found as one."""

    def written_by(self, viewer: Viewer) -> models.QuerySet[Account]:
        """Return the viewer's own accounts, whatever their role: nobody else's are open to anybody."""
        return self.get_queryset().filter(author=viewer.user_id) if viewer.known else self.none()

    def all(self) -> models.QuerySet[Account]:
        """Not to be used: ask `written_by(viewer)`."""
        raise NotImplementedError("accounts are their authors' until released: ask written_by(viewer)")


class Account(models.Model):
    """What a participant saw, thought and tried. On release its text becomes an artefact, and is no longer here."""

    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="accounts")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    public_id = models.CharField(max_length=32, unique=True)
    text = models.TextField(blank=True)
    speaker = models.CharField(max_length=120, blank=True)
    """How the timeline names who speaks: a role, or a name."""
    day = models.DateField(null=True)
    """The day of times that stand without one; None: the day of the incident."""
    zone = models.CharField(max_length=64, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    released_at = models.DateTimeField(null=True)
    artefact = models.CharField(max_length=71, blank=True)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        """Oldest first."""

        ordering = ("id",)
