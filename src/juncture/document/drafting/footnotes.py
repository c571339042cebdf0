"""Footnotes of a draft: a short label, unique in the document, bound to whole ids.

`[^e1]: 14:32:07 UTC, alertmanager: HighLatency fired (event 6f…, sha256:ab…, /alerts/0)`
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from juncture.inquiry.speech import shortened
from juncture.model.evidence import Citation, Event
from juncture.model.identity import EventId
from juncture.model.instants import Instant

WORDS_LIMIT = 140
"""A footnote says in so many characters what is cited; its place opens the rest."""

_MARKUP = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_AWKWARD = re.compile(r"[\s)]")


def plain(text: str) -> str:
    """Return text on one line that Markdown shows as it is."""
    return _MARKUP.sub(r"\\\1", " ".join(text.replace("`", "").split()))


class Footnotes:
    """Gives labels in the order of first use, and keeps what they are bound to.

    `anonymise` replaces names of people; `stamp` says an instant with its zone. Citations that belong to no event of the
    timeline (a series) have labels of their own: `[^s1]`.
    """

    def __init__(self, events: Iterable[Event], anonymise: Callable[[str], str], stamp: Callable[[Instant], str]) -> None:
        self._anonymise = anonymise
        self._stamp = stamp
        self._events: dict[EventId, Event] = {}
        self._by_citation: dict[tuple[str, str], Event] = {}
        for event in events:
            for event_id in (event.id, *event.aliases):
                self._events[event_id] = event
            for citation in event.citations:
                self._by_citation.setdefault((citation.artefact, citation.place), event)
        self._labels: dict[str, str] = {}
        self._definitions: list[str] = []
        self.cited: dict[EventId, Event] = {}
        """The events cited so far."""

    def event(self, event_id: EventId | None) -> Event | None:
        """Return an event of the timeline by any of its ids."""
        return self._events.get(event_id) if event_id else None

    def of_event(self, *event_ids: EventId | None) -> str:
        """Return the marks that cite these events; nothing for those that are not in the timeline."""
        events = (self.event(event_id) for event_id in event_ids)
        return "".join(dict.fromkeys(self._mark(event) for event in events if event is not None and event.citations))

    def of(self, citations: Iterable[Citation], most: int = 3) -> str:
        """Return the marks that cite these places, `most` at the most."""
        marks: dict[str, None] = {}
        for citation in citations:
            event = self._by_citation.get((citation.artefact, citation.place))
            marks.setdefault(self._mark(event) if event else self._place(citation))
            if len(marks) >= most:
                break
        return "".join(marks)

    def definitions(self) -> str:
        """Return the definitions of all labels used, one a line."""
        return "\n".join(self._definitions)

    def _mark(self, event: Event) -> str:
        label = self._labels.get(event.id)
        if label is None:
            label = f"e{sum(name.startswith('e') for name in self._labels.values()) + 1}"
            self._labels[event.id] = label
            self.cited[event.id] = event
            words = plain(shortened(self._anonymise(event.summary), WORDS_LIMIT))
            self._definitions.append(f"[^{label}]: {self._stamp(event.occurred_at)}, {event.source}: {words} ({_bound(event)})")
        return f"[^{label}]"

    def _place(self, citation: Citation) -> str:
        key = f"{citation.artefact} {citation.place}"
        label = self._labels.get(key)
        if label is None:
            label = f"s{sum(name.startswith('s') for name in self._labels.values()) + 1}"
            self._labels[key] = label
            where = plain(citation.path.rsplit("/", 1)[-1]) if citation.path else "stored artefact"
            self._definitions.append(f"[^{label}]: {where} ({citation.artefact}, {citation.place})")
        return f"[^{label}]"


def _bound(event: Event) -> str:
    citation = event.citations[0]
    if _AWKWARD.search(citation.place) or not citation.place:
        return f"event {event.id}"
    return f"event {event.id}, {citation.artefact}, {citation.place}"
