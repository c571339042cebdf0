"""The one error that a person sees: where, what, and what to do."""

from __future__ import annotations


class BadEvidence(Exception):  # noqa: N818 - it names what was met, as in DESIGN, and reads better without the suffix
    """Evidence (or a file given as such) that cannot be used.

    `where` names file and place, `what` says what is wrong in plain words, `hint` what to do about it. Shown as one line.
    """

    def __init__(self, where: str, what: str, hint: str = "") -> None:
        super().__init__(where, what, hint)
        self.where = where
        self.what = what
        self.hint = hint

    def __str__(self) -> str:
        """Return the one line: `where: what. Hint.`"""
        line = f"{self.where}: {self.what}"
        return f"{line}. {self.hint}" if self.hint else line
