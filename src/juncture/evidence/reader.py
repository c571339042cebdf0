"""What a source has to say for itself: a reader answers "is this mine?" and "what does it say?".

A reader is one file in `juncture/evidence/readers/` with a module-level `READER`: an instance of a class that has the
attributes and methods of `Reader`. Packages of others offer theirs through the entry point group `juncture.readers`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from enum import IntEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from msgspec import Struct

from juncture.evidence.artefact import Artefact, Head
from juncture.model.evidence import LeftOut, Note, Series, Sighting

Found = Sighting | Series | LeftOut | Note
"""What reading yields, in any order. A `Note` says what was assumed."""


class Confidence(IntEnum):
    """How sure a reader is that an artefact is its own. The most confident one reads it; ties go by reader name."""

    NO = 0
    FALLBACK = 10
    """Any text with times in it (plain logs)."""
    PLAUSIBLE = 40
    """The general shape: a CSV with a time column, JSON lines with a time field, a pasted conversation."""
    LIKELY = 70
    CERTAIN = 100
    """The vendor's own marks: fields that only this source has."""


class Settings(Struct, frozen=True):
    """What the caller knows about all evidence of a run.

    `date` is the day on which a text without dates was (or, for "yesterday", was copied); `zone` is where wall-clock times
    without a zone are meant; None where the caller did not say: the reader then takes it from the text, else assumes
    (`today`, UTC) and yields a `Note` that says so. `today` is the day of the run, in the caller's zone.
    """

    today: dt.date
    date: dt.date | None = None
    zone: ZoneInfo | None = None


class Reader(Protocol):
    """A source of evidence."""

    name: str
    """Short, stable, lower case: stands in `source` of every event (`slack`, `alertmanager`)."""
    title: str
    """For people: `Slack export`."""
    reads: str
    """One sentence for `juncture sources`: which files, and how to get them."""

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is, from the content of the head. Never raises, whatever the bytes."""
        ...

    def session(self, settings: Settings) -> Session:
        """Return a new reading session: it may remember, from file to file, what the source says in several (users)."""
        ...


class Session(Protocol):
    """One run of a reader over all artefacts that it recognised."""

    def order(self, head: Head) -> int:
        """Return when to read this artefact among the session's: lower first; 0 for directories of users and the like."""
        ...

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield what the artefact says, streaming: memory must not grow with its size.

        What cannot be read becomes a `LeftOut` with file and place, and reading goes on. Raises BadEvidence only where
        nothing further of this artefact can be read.
        """
        ...
