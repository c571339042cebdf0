"""Read action items."""

from __future__ import annotations

from juncture.model import record
from juncture.web.actions.mapping import to_record
from juncture.web.actions.models import ActionItem
from juncture.web.postmortems.models import Postmortem


def record_actions(postmortem: Postmortem) -> tuple[record.ActionItem, ...]:
    """Return the actions of a postmortem as its record holds them. For its mapping, which was given a seen row."""
    rows = ActionItem.objects.get_queryset().filter(postmortem=postmortem).order_by("position", "id")
    return tuple(to_record(row) for row in rows)


def are_touched(postmortem: Postmortem) -> bool:
    """Whether a person has added or changed an action of a postmortem, so that a new draft would overwrite it."""
    return ActionItem.objects.get_queryset().filter(postmortem=postmortem, touched=True).exists()
