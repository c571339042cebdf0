"""Public ids of actions: the next numbers, or random ones where the incident is restricted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import Max

from juncture.web.actions.models import ActionItem
from juncture.web.incidents.models import Incident, Visibility

_RANDOM_BYTES = 12
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
    last = 0 if restricted else ActionItem.objects.get_queryset().aggregate(last=Max("number"))["last"] or 0
    for number, row in enumerate(rows, last + 1):
        row.number = None if restricted else number
        row.public_id = secrets.token_hex(_RANDOM_BYTES) if restricted else str(number)
