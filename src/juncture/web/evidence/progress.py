"""How far an import is, as its row says it and its page shows it."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Stage(StrEnum):
    """What an import goes through, in this order; the last only where a draft follows."""

    LOOKING = "looking"
    READING = "reading"
    TIMELINE = "timeline"
    DRAFT = "draft"


class Progress(Struct, frozen=True):
    """Files read of all files, the one being read and how much of it (0 to 1), and how many things were found so far."""

    stage: Stage = Stage.LOOKING
    done: int = 0
    total: int = 0
    what: str = ""
    found: int = 0
    part: float = 0.0
