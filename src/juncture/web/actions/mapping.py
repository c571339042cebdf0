"""Between action items as rows and as values of the record; nothing else converts."""

from __future__ import annotations

from django.utils import timezone

from juncture.model import record
from juncture.web.actions.models import ActionItem

TEXTS = ("title", "priority", "ticket", "factor", "criterion")
FIELDS = (*TEXTS, "kind", "owner_text", "due", "state")
"""The columns that say what the record says."""


def to_record(row: ActionItem) -> record.ActionItem:
    """Return the value that a row holds."""
    return record.ActionItem(
        title=row.title,
        kind=record.ActionKind(row.kind) if row.kind else None,
        owner=row.owner_text,
        due=row.due,
        priority=row.priority,
        ticket=row.ticket,
        state=record.ActionState(row.state),
        factor=row.factor,
        criterion=row.criterion,
    )


def set_from_record(row: ActionItem, value: record.ActionItem) -> bool:
    """Set a row's columns from a value; return whether any changed. Who the owner is has to be looked up besides."""
    wanted = {
        "title": value.title,
        "kind": value.kind and str(value.kind),
        "owner_text": value.owner,
        "due": value.due,
        "priority": value.priority,
        "ticket": value.ticket,
        "factor": value.factor,
        "criterion": value.criterion,
    }
    changed = any(getattr(row, name) != each for name, each in wanted.items())
    for name, each in wanted.items():
        setattr(row, name, each)
    if row.state != value.state or row.pk is None:
        row.state, row.state_at, changed = str(value.state), timezone.now(), True
    return changed
