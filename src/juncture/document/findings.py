"""A finding: one thing that a check says of a text. Language, practices, claims and the record all say it in this shape."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Severity(StrEnum):
    """How much it matters: an error breaks something, a warning may mislead a reader, a note is for the author alone."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Finding(Struct, frozen=True):
    """One finding. Lines and columns count from 1; the end is the place behind the last character. `path` is what it is in."""

    path: str
    line: int
    column: int
    end_line: int
    end_column: int
    rule: str
    severity: Severity
    message: str
    suggestion: str | None = None


def finding_at(path: str, text: str, span: tuple[int, int], rule: str, severity: Severity, message: str) -> Finding:
    """Return the finding about the characters of a text that `span` bounds, its end excluded."""
    line, column = _place(text, span[0])
    end_line, end_column = _place(text, span[1])
    return Finding(path, line, column, end_line, end_column, rule, severity, message)


def _place(text: str, at: int) -> tuple[int, int]:
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)
