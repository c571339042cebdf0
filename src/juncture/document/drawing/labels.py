"""What a mark on the lanes is called, in a few words."""

from __future__ import annotations

import re
import unicodedata

from juncture.model.evidence import AlertDetails, Event, Kind, TurnDetails

LONG, SHORT = 32, 17
"""A label's lengths, in characters: the first that fits is taken."""

_CHANGES = frozenset({Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION})
_STEPS = {
    Kind.ACKNOWLEDGEMENT: "Acknowledged", Kind.ESCALATION: "Escalated", Kind.PAGE: "Paged", Kind.RESOLUTION: "Resolved",
}  # fmt: skip
_TURNS = {"up": "rises", "down": "falls", "back": "is back"}
_LOGS = frozenset({Kind.LOG, Kind.LOG_PATTERN, Kind.LOG_BURST})
_ERROR = re.compile(
    r"(?:\b(?:error|err|exception|reason|msg|message)=[\"\']?|\b(?:ERROR|FATAL|PANIC|CRITICAL|WARNING|WARN):?\s+)(\S.*)",
    re.DOTALL,
)
"""Where a log line comes to the point."""
_NARROW = frozenset("iIjl.,:;'|!()[]`ftr1 -/")
_WIDE = frozenset("mwMW@%&OQGDNHU")


def label(event: Event) -> str:
    """Return what an event is, short: the alert's name, the step taken, else the first words of its summary."""
    if isinstance(event.details, AlertDetails):
        return event.details.name
    if isinstance(event.details, TurnDetails):
        return f"{event.details.metric} {_TURNS.get(event.details.direction, event.details.direction)}"
    if event.kind in _STEPS:
        return _STEPS[event.kind]
    if event.kind in _CHANGES:
        return event.summary.partition(" (")[0]
    if event.kind in _LOGS:
        said = _ERROR.search(event.summary)
        return said[1] if said else event.summary
    return event.summary.replace("`", "")


def cut(text: str, most: int) -> str:
    """Return at most `most` characters, cut between words where that leaves enough of it."""
    text = " ".join(text.split())
    if len(text) <= most:
        return text
    words = text[:most].rpartition(" ")[0]
    kept = words if len(words) > most // 2 else text[: most - 1]
    return kept.rstrip(" ,.;:-") + "…"


def pixels(text: str, size: float = 12) -> float:
    """Return about how wide a text is, on the generous side: fonts differ, and nothing is measured in the page."""
    return sum(_share(character) for character in text) * size


def _share(character: str) -> float:
    if character in _NARROW:
        return 0.38
    if character in _WIDE:
        return 0.86
    return 1.0 if unicodedata.east_asian_width(character) in "WF" else 0.63
