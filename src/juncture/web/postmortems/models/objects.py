"""The objects of a postmortem as rows: decisions, factors, lessons, and what else a person may change."""

from __future__ import annotations

from typing import ClassVar, Self

from django.db import models

from juncture.model.record import ActionKind, FactorRole
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.postmortems.models.document import Postmortem


def _absent() -> models.TextField[str | None, str | None]:
    """Return a column of text that may be absent, which is not the same as empty."""
    return models.TextField(null=True)


class Standing(models.TextChoices):
    """Whether a person has taken up what the program proposed, or put it aside."""

    PROPOSED = "proposed", "Proposed"
    ACCEPTED = "accepted", "Accepted"
    DISMISSED = "dismissed", "Dismissed"


class PieceManager(models.Manager["Piece"]):
    """Gives the objects of a postmortem only to a viewer."""

    def visible_to(self, viewer: Viewer) -> models.QuerySet[Piece]:
        """Return those of postmortems whose working text `viewer` may see."""
        if not viewer.may_write:
            return self.get_queryset().none()
        return self.get_queryset().filter(incident__in=Incident.objects.visible_to(viewer).values("id"))

    def all(self) -> models.QuerySet[Piece]:
        """Not to be used: ask `visible_to(viewer)`."""
        raise NotImplementedError("a postmortem's objects are confidential: ask visible_to(viewer)")


class Piece(models.Model):
    """One object of a postmortem, in the order of its kind. Columns are named as the fields of the record's structs."""

    postmortem = models.ForeignKey(Postmortem, on_delete=models.CASCADE, related_name="%(class)ss")
    incident = models.ForeignKey(Incident, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    standing = models.CharField(max_length=10, choices=Standing.choices, default=Standing.ACCEPTED)
    touched = models.BooleanField(default=False)
    """Whether a person made, changed, accepted or dismissed it: new evidence leaves it alone from then on."""

    objects: ClassVar[PieceManager] = PieceManager()

    class Meta:
        """In the order of the document."""

        abstract = True
        ordering = ("position", "id")

    @classmethod
    def of(cls, postmortem: Postmortem) -> models.QuerySet[Self]:
        """Return all rows of this kind that hang on a postmortem. For mapping and operations, which know who asks."""
        return cls._default_manager.get_queryset().filter(postmortem=postmortem)  # type: ignore[return-value]  # of this class


class Participant(Piece):
    """Somebody who took part."""

    role = models.TextField()
    took_part = models.TextField()
    name = _absent()
    citations = models.BinaryField(default=b"[]")


class Decision(Piece):
    """A choice made at a juncture. `options` and `citations` are frozen values, as JSON."""

    at = models.DateTimeField()
    question = models.TextField()
    chosen = models.TextField()
    options = models.BinaryField(default=b"[]")
    reason = _absent()
    expected = _absent()
    outcome = _absent()
    by = _absent()
    kind = _absent()
    event = _absent()
    citations = models.BinaryField(default=b"[]")


class WeakPoint(Piece):
    """Where the system was weak, by the rule that found it."""

    rule = models.TextField()
    title = models.TextField()
    statement = models.TextField()
    suggestion = _absent()
    action_kind = models.CharField(max_length=12, null=True, choices=[(kind.value, kind.value) for kind in ActionKind])  # noqa: DJ001 - absent is not empty
    citations = models.BinaryField(default=b"[]")


class Factor(Piece):
    """One of several conditions that had to hold. `code` is its short name in the document: F1."""

    code = models.TextField()
    title = models.TextField()
    role = models.CharField(max_length=10, choices=[(role.value, role.value) for role in FactorRole])
    citations = models.BinaryField(default=b"[]")


class Figure(Piece):
    """One figure of the impact, with its formula; `inputs` and `citations` are frozen values, as JSON."""

    name = models.TextField()
    unit = models.TextField()
    low = models.FloatField()
    mid = models.FloatField()
    high = models.FloatField()
    formula = models.TextField()
    inputs = models.BinaryField(default=b"{}")
    citations = models.BinaryField(default=b"[]")


class Statement(Piece):
    """A sentence of its own: a lesson, an open question, or what is not known of the impact."""

    class Kind(models.TextChoices):
        """What the sentence is; the first four are lessons."""

        WENT_WELL = "went_well", "Went well"
        WENT_POORLY = "went_poorly", "Went poorly"
        GOT_LUCKY = "got_lucky", "Got lucky"
        LEARNED = "learned", "Learned"
        NOT_KNOWN = "not_known", "Not known"
        QUESTION = "question", "Question"

    kind = models.CharField(max_length=12, choices=Kind.choices)
    text = models.TextField()
