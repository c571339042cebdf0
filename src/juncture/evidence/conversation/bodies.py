"""What stands between two heads: the words of a person, and what the chat window added below, above and between them."""

from __future__ import annotations

import re
import textwrap

from juncture.evidence.conversation.heads import Head
from juncture.evidence.conversation.mail import MAIL, is_rule
from juncture.evidence.conversation.names import is_badge
from juncture.evidence.conversation.stamps import WrittenDay
from juncture.evidence.conversation.window import (
    addition_at_end,
    additions,
    day_of_separator,
    is_count,
    is_emoji,
    is_membership,
    is_window_line,
    preview_of,
    without_edited,
)

_ADDRESSED = re.compile(r"(?:to|cc|bcc|an|à|para)(?:\s?:|\s(?:me|mich|moi|mí)\b|\s[A-ZÀ-Þ]).{0,200}", re.IGNORECASE)
"""`to me, Robin` and `To: Robin`, below the time of a mail in a web client."""
_QUOTED_START = 40
"""Characters by which the first words of an earlier message are known again where an answer shows them."""


class Body:
    """The lines below a head, from which additions are taken off line by line.

    `start` is the number of the first line, from 0; `following` the next head, None at the end of the text.
    """

    def __init__(self, lines: list[str], start: int, head: Head | None, following: Head | None) -> None:
        self.start = start
        self.lines = lines
        self.first_text = head.text if head else ""
        self.following = following
        self.bot = False
        self.day: WrittenDay | None = None
        """The day that a separator at the end announces, for the messages below it."""
        self.reactions: list[str] = []
        self.members: list[tuple[int, str]] = []
        """Line number (from 1) and text of what the program itself says below the message."""
        self.taken_off = 0
        self._is_opening = head is None
        self._words = bool(self.first_text) + sum(_is_word(line.strip()) for line in lines)
        """How many lines are not the window's."""
        self._is_dated = head is not None and (head.stamp.day is not None or "@" in head.name)
        self._is_mail = head is not None and head.family == MAIL

    @property
    def last_line(self) -> int:
        """The number of the last line that has something on it, from 1; `start` if none has."""
        return self.start + max((number for number, line in enumerate(self.lines, 1) if line.strip()), default=0)

    def take_off_end(self, earlier: dict[str, list[str]]) -> None:
        """Take off what the window added below the message and above the next head; `earlier` are messages by name."""
        while self.lines:
            line = self.lines[-1].strip()
            if line and not (self._is_addition(line) or self._is_shown_again(line, earlier)):
                return
            self.taken_off += bool(line)
            self._pop()

    def take_off_start(self) -> None:
        """Take off badges, `Edited` and quoted heads above the first word, and lines that are never words anywhere."""
        start = 0
        while start < len(self.lines):
            line = self.lines[start].strip()
            more = self._words > 1
            if is_badge(line):
                self.bot = True
            elif line and more and (addition_at_end(line) == "edited" or (is_window_line(line) and " " in line)):
                if line.lower().startswith("replied to a thread"):
                    start += 1
            elif line and not (more and self._is_dated and _ADDRESSED.fullmatch(line)):
                break
            self.taken_off += bool(line)
            start += 1
        kept = [line for line in self.lines[start:] if not _never_words(line.strip())]
        self.taken_off += len(self.lines) - start - len(kept)
        self.lines = kept

    def text(self) -> str:
        """Return the words, without `(edited)` at their end and without an indentation that all lines share."""
        text = textwrap.dedent("\n".join(self.lines)).strip("\n").rstrip()
        if self.first_text.strip():
            text = f"{self.first_text.strip()}\n{text}".strip("\n")
        last_start = text.rfind("\n") + 1
        last, _ = without_edited(text[last_start:])
        return (text[:last_start] + last).rstrip()

    def _is_addition(self, line: str) -> bool:
        following = self.following
        if following and following.name and preview_of(line) == following.name:
            return True
        if self._is_mail or (following and following.family == MAIL and is_rule(line)):
            return is_rule(line)
        separator = day_of_separator(line)
        if separator and (separator[1] or (following and self._words > 1) or self._is_opening):
            self.day = self.day or separator[0]
            return True
        if is_window_line(line) and (self._words or self._is_opening or " " in line):
            return True
        return self._words > 1 and (self._is_reaction(line) or self._is_membership(line))

    def _is_reaction(self, line: str) -> bool:
        kind = addition_at_end(line)
        if kind:
            if kind == "reaction":
                self.reactions.insert(0, line)
            return True
        above = self._line_above()
        if not is_count(line):
            return False
        if is_emoji(above) and self._words > 2:
            while self.lines[-1].strip() != above:
                self._pop()
            self.reactions.insert(0, f"{above} {line}")
            self.taken_off += 1
            return True
        return addition_at_end(above) == "reaction"

    def _is_membership(self, line: str) -> bool:
        """Return whether a line is a paragraph of the program's own (`Sam Sample added Robin Example to the chat.`)."""
        above = self.lines[-2].strip() if len(self.lines) > 1 else ""
        if not is_membership(line) or (above and not is_count(above) and addition_at_end(above) is None):
            return False
        self.members.insert(0, (self.start + len(self.lines), line))
        self.taken_off -= 1
        return True

    def _is_shown_again(self, line: str, earlier: dict[str, list[str]]) -> bool:
        """Return whether a line is the start of an earlier message, shown with its author above the answer to it (Discord)."""
        name = self._line_above().lstrip("@")
        if self._words < 3 or not self.following or name not in earlier:
            return False
        if not any(text.startswith(line[:_QUOTED_START]) for text in earlier[name]):
            return False
        while self.lines[-1].strip().lstrip("@") != name:
            self._pop()
        self.taken_off += 1
        return True

    def _pop(self) -> None:
        self._words -= _is_word(self.lines.pop().strip())

    def _line_above(self) -> str:
        return next((line.strip() for line in reversed(self.lines[:-1]) if line.strip()), "")


def _is_word(line: str) -> bool:
    return bool(line) and not is_window_line(line)


def _never_words(line: str) -> bool:
    return " " in line and any(
        one.pattern.fullmatch(line) for one in additions() if one.anywhere and one.what in ("quotation", "picture", "replies")
    )
