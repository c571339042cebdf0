"""The one exception to a journal that only grows: words of evidence that was erased go from it too.

Who did what and when stays, row by row; that the words went is a change of its own. The guard of the database is lifted and
set again within one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db import connection, transaction

from juncture.web.journal.append_only import guard, unguard
from juncture.web.journal.models import Change

_PAGE = 500


def forget_words(incident: int, without: Callable[[Any], Any], *, events: Collection[str] | None = None) -> int:
    """Replace what the changes of an incident (its key) hold by `without` of it; return how many rows that changed.

    With `events` only changes of these events.
    """
    changed: list[Change] = []
    rows, last = Change.objects.filter(incident_id=incident).order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:_PAGE]):
        last = page[-1].pk
        for row in page:
            if events is not None and (row.object_kind != "event" or row.object_id not in events):
                continue
            before, after = without(row.before), without(row.after)
            if (before, after) != (row.before, row.after):
                row.before, row.after = before, after
                changed.append(row)
    if changed:
        with transaction.atomic():
            unguard(connection)
            for row in changed:
                Change.objects.filter(pk=row.pk).update(before=row.before, after=row.after)
            guard(connection)
    return len(changed)
