"""Which pages were open where the evidence ends, and what closed the last one."""

from __future__ import annotations

import re
from typing import NamedTuple

from juncture.model.evidence import Event, Kind, PageDetails
from juncture.timeline.scene import Scene

_REMINDER = re.compile(r"Notified\b")
"""A page that somebody is told of once more is not opened again by it."""


class Pages(NamedTuple):
    """The pages of an incident, by their steps."""

    opened: tuple[Event, ...]
    """Of each page that nothing closed, the step that opened it last, in order."""
    reopened: tuple[Event, ...]
    """Every step that opened a page which had been resolved."""
    closed: Event | None
    """The last resolution, by a person or by the system that had paged; None if there is none."""


def pages_of(scene: Scene) -> Pages:
    """Return the pages of a scene."""
    opened: dict[str, Event] = {}
    resolved: set[str] = set()
    reopened: list[Event] = []
    closed: Event | None = None
    for event in scene.events:
        details = event.details
        if not isinstance(details, PageDetails) or not scene.holds(event.occurred_at):
            continue
        page = details.incident
        if event.kind is Kind.RESOLUTION:
            opened.pop(page, None)
            resolved.add(page)
            closed = event
        elif event.kind is Kind.PAGE and page not in opened and not _REMINDER.match(event.summary):
            opened[page] = event
            if page in resolved:
                reopened.append(event)
    return Pages(tuple(opened.values()), tuple(reopened), closed)
