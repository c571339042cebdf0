"""Public ids of actions: the next numbers, or random ones where the incident is restricted. No number is given twice."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max

from juncture.web.actions.changing import KIND
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.models import FormerAddress, Incident, Visibility
from juncture.web.incidents.operations import last_number, random_id

_TRIES = 8


def insert(incident: Incident, rows: Sequence[ActionItem]) -> None:
    """Insert new rows of an incident, each with a public id. Call in a transaction."""
    for attempt in range(_TRIES):
        _number(incident, rows)
        try:
            with transaction.atomic():
                ActionItem.objects.bulk_create(rows, batch_size=100)
        except IntegrityError:
            # Somebody else took the same numbers and has committed them by now.
            if attempt == _TRIES - 1:
                raise
        else:
            return


def _number(incident: Incident, rows: Sequence[ActionItem]) -> None:
    restricted = incident.visibility == Visibility.RESTRICTED
    last = 0 if restricted else max(_last_given(), last_number(FormerAddress.objects.filter(kind=KIND), "former_id"))
    for number, row in enumerate(rows, last + 1):
        row.number = None if restricted else number
        row.public_id = random_id() if restricted else str(number)


def _last_given() -> int:
    return ActionItem.objects.get_queryset().aggregate(last=Max("number"))["last"] or 0
