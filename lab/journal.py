"""The lab's own log: what it did and saw, and when. Truth is computed from it; the evidence never holds it."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """What an entry says."""

    TRIGGER = "trigger"
    PAGE = "page"
    ALERTS_RESOLVED = "alerts_resolved"
    POST = "post"
    DECISION = "decision"
    COMMAND = "command"
    STEP = "step"


class Mark(StrEnum):
    """What a chat message means for the milestones."""

    SIGNAL = "signal"
    ACKNOWLEDGED = "acknowledged"
    DECLARED = "declared"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class Entry:
    """One line of the log; `at` is in epoch seconds."""

    at: float
    kind: Kind
    text: str
    details: dict[str, str] = field(default_factory=dict)
    mark: Mark | None = None


class Journal:
    """Appends entries; safe from several threads."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()

    def add(
        self,
        kind: Kind,
        text: str,
        *,
        at: float | None = None,
        mark: Mark | None = None,
        **details: str,
    ) -> Entry:
        """Append an entry, of now unless `at` says otherwise."""
        entry = Entry(time.time() if at is None else at, kind, text, details, mark)
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self, kind: Kind | None = None) -> list[Entry]:
        """Give the entries so far, of one kind or all, oldest first."""
        with self._lock:
            found = [entry for entry in self._entries if kind is None or entry.kind is kind]
        return sorted(found, key=lambda entry: entry.at)
