"""Action items as rows: what was agreed, who does it, by when, whether it is done, and what shows that it worked."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Value, When
from django.db.models.functions import Coalesce

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.postmortems.models import Postmortem


class Kind(models.TextChoices):
    """What an action does about a factor."""

    PREVENT = "prevent", "prevent"
    DETECT = "detect", "detect"
    MITIGATE = "mitigate", "mitigate"
    REPAIR = "repair", "repair"
    INVESTIGATE = "investigate", "investigate"
    PROCESS = "process", "process"


class State(models.TextChoices):
    """Where an action stands. Done is not verified."""

    OPEN = "open", "Open"
    IN_PROGRESS = "in_progress", "In progress"
    DONE = "done", "Done, proof due"
    VERIFIED = "verified", "Verified"
    WONT_DO = "wont_do", "Won\N{RIGHT SINGLE QUOTATION MARK}t do"


UNFINISHED = (State.OPEN, State.IN_PROGRESS)
"""States in which there is still something to do; these can be late."""
NEVER = dt.date(9999, 12, 31)
"""Where what has no due date stands among those that have one."""


class ActionManager(models.Manager["ActionItem"]):
    """Gives action items only to a viewer."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet[ActionItem]:
        """Return those of incidents that `viewer` may see, and of them only published ones to who may not write."""
        # An EXISTS by key, not an IN over all incidents: a page of fifty then asks fifty times, however many there are.
        seen = Exists(Incident.objects.visible_to(viewer).filter(pk=OuterRef("incident_id")))
        found = self.get_queryset().filter(seen)
        return found if viewer.may_write else found.filter(published=True)

    def all(self) -> models.QuerySet[ActionItem]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("actions are confidential: ask visible_to(viewer)")


class ActionItem(models.Model):
    """A concrete step. Texts are as the record has them, None where it has none."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="actions")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="actions")
    public_id = models.CharField(max_length=32, unique=True)
    """Its number, or random where the incident is restricted, since numbers count."""
    number = models.PositiveIntegerField(null=True, unique=True)
    position = models.PositiveIntegerField(default=0)
    title = models.TextField()
    kind = models.CharField(max_length=20, choices=Kind.choices, null=True)  # noqa: DJ001 - absent is not empty
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    owner_text = models.TextField(null=True)  # noqa: DJ001 - absent is not empty
    """The owner in words, as a person wrote it; `owner` is who that is, where somebody here is called so."""
    due = models.DateField(null=True)
    proof_due = models.DateField(null=True)
    """By when it should be shown that it worked."""
    priority = models.TextField(null=True)  # noqa: DJ001 - absent is not empty
    ticket = models.TextField(null=True)  # noqa: DJ001 - absent is not empty
    factor = models.TextField(null=True)  # noqa: DJ001 - absent is not empty
    criterion = models.TextField(null=True)  # noqa: DJ001 - absent is not empty
    state = models.CharField(max_length=20, choices=State.choices, default=State.OPEN)
    proof = models.TextField(blank=True)
    """What shows that it worked, in words; events are cited beside it."""
    reason = models.TextField(blank=True)
    """Why it will not be done."""
    published = models.BooleanField(default=False)
    """Whether it stands in the latest publication: then readers see it too, as it is now."""
    touched = models.BooleanField(default=False)
    """Whether a person added or changed it; a new draft then leaves the postmortem as it is."""
    created_at = models.DateTimeField(auto_now_add=True)
    state_at = models.DateTimeField()
    """When it came to its state."""

    unfinished = models.GeneratedField(
        expression=Case(When(state__in=[State.OPEN.value, State.IN_PROGRESS.value], then=Value(1)), default=Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    """1 as long as there is something to do. A number, since SQLite uses no index for a bare truth."""
    due_order = models.GeneratedField(
        expression=Coalesce(F("due"), Value(NEVER, output_field=models.DateField())),
        output_field=models.DateField(),
        db_persist=True,
    )

    objects: ClassVar[ActionManager] = ActionManager()

    class Meta:
        """In the order of the document; the indexes are those of the lists: what is late, mine, in a state, newest."""

        ordering = ("postmortem", "position", "id")
        indexes = (
            models.Index(fields=("unfinished", "due_order", "id"), name="action_by_due"),
            models.Index(fields=("state", "due_order", "id"), name="action_by_state_and_due"),
            models.Index(fields=("owner", "due_order", "id"), name="action_by_owner"),
            models.Index(fields=("state", "state_at", "id"), name="action_by_state_and_when"),
            models.Index(fields=("postmortem", "position", "id"), name="action_in_order"),
        )


class ProofEvent(models.Model):
    """An event of the incident that is cited as showing that an action worked."""

    action = models.ForeignKey(ActionItem, on_delete=models.CASCADE, related_name="proof_events")
    event_id = models.CharField(max_length=32)
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        """Once each, in the order in which they were cited."""

        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("action", "event_id"), name="proof_event_once"),)
