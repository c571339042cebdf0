"""Where a mark leads: the ids of entries in a document."""

from __future__ import annotations

import re

from juncture.model.identity import EventId

_UNFIT = re.compile(r"[^0-9A-Za-z_-]")


def event_anchor(event: EventId) -> str:
    """Return the id of an event's entry. What an id or an address could not hold is written as its number."""
    return "event-" + _UNFIT.sub(lambda found: f"_{ord(found.group()):x}", event)


def decision_anchor(number: int) -> str:
    """Return the id of the decision with this number, counted from 1 in order of the record."""
    return f"decision-{number}"
