"""What a chat window adds to the words of people: reply counts, reactions, marks of what is new, avatars, its own lines."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

import msgspec
from msgspec import Struct

from juncture.evidence.conversation.stamps import WrittenDay, written_day

_LINE_LIMIT = 1100
_PREVIEW = re.compile(r".{1,120}\sby\s(?P<name>.{2,80}?)(?:,? has (?:an attachment|\d+ attachments?|an image).?)?$")
_EMOJI = re.compile(r"[\u203c-\u3299\ufe0f\u200d\u20e3\U0001f000-\U0001faff\U000e0020-\U000e007f]+")
_EMOJI_COUNT = re.compile(rf"{_EMOJI.pattern}\s?\d{{1,4}}(?:\s*{_EMOJI.pattern}\s?\d{{1,4}})*")
_SHORTCODE = re.compile(r":[a-z0-9_+'-]{1,60}:(?::skin-tone-\d:)?", re.IGNORECASE)
_COUNT = re.compile(r"\d{1,4}")
_DAY_DECORATION = re.compile(r"^[\s\-—–=*_#~•·]+|[\s\-—–=*_#~•·]+$")  # noqa: RUF001
_DECORATIONS = frozenset("-—\u2013=*_#~•· ")
_DAY_WORDS = re.compile(
    r"^(?:day changed|day changed to|log opened|log closed|begin logging at|ending logging at|session start:?)\s+",
    re.IGNORECASE,
)
_DAY_TIME = re.compile(r"\s\d\d:\d\d(?::\d\d)?(?=\s\d{4}$)")
_EDITED_AT_END = re.compile(r"\s*\((?:edited|bearbeitet|modifié|editado|modificato|bewerkt|redigerad)\)\s*$", re.IGNORECASE)
_REACTED = re.compile(
    r"(?:reacted (?:\S+ )?to|removed an? .{1,30} reaction from|liked|loved|laughed at|emphasi[sz]ed|disliked)"
    r" [\"“].{0,400}[\"”](?: with .{1,30})?",
    re.IGNORECASE | re.DOTALL,
)
_FILE = re.compile(
    r"[^\s/\\:*?\"<>|][^/\\:*?\"<>|]{0,100}"
    r"\.(?:png|jpe?g|gif|webp|svg|heic|mp4|mov|pdf|txt|log|csv|zip|gz|json|ya?ml|xlsx?|docx?|pptx?|har|sql|html?)",
    re.IGNORECASE,
)


class Addition(NamedTuple):
    """A kind of line that a chat window adds. `anywhere` says that it is never somebody's own line, wherever it stands."""

    what: str
    pattern: re.Pattern[str]
    anywhere: bool
    good: tuple[str, ...]
    bad: tuple[str, ...]


@cache
def additions() -> tuple[Addition, ...]:
    """Return the kinds of lines of `window.toml`."""
    return tuple(_addition(entry) for entry in _table().addition)


@cache
def _anywhere() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{one.pattern.pattern})" for one in additions() if one.anywhere), re.IGNORECASE)


@cache
def membership() -> Addition:
    """Return how programs say that somebody came, went or changed the channel."""
    return _addition(_table().membership[0])


def _addition(entry: _Entry) -> Addition:
    return Addition(entry.what, re.compile(entry.pattern, re.IGNORECASE), entry.anywhere, entry.good, entry.bad)


@lru_cache(maxsize=8192)
def is_window_line(line: str) -> bool:
    """Return whether a line (without blanks around it) is never somebody's own words: `View thread`, `sam profile image`."""
    return len(line) <= _LINE_LIMIT and _anywhere().fullmatch(line) is not None


@lru_cache(maxsize=8192)
def addition_at_end(line: str) -> str | None:
    """Return what kind of addition a line is if it stands below a message; None for words."""
    if len(line) > _LINE_LIMIT:
        return None
    if _EMOJI_COUNT.fullmatch(line):
        return "reaction"
    return next((one.what for one in additions() if one.pattern.fullmatch(line)), None)


def is_emoji(line: str) -> bool:
    """Return whether a line is one emoji or its shortcode, as reactions are shown above their counts."""
    return len(line) <= 64 and (_EMOJI.fullmatch(line) or _SHORTCODE.fullmatch(line)) is not None


def is_count(line: str) -> bool:
    """Return whether a line is a small number, as reactions are counted."""
    return _COUNT.fullmatch(line) is not None


def is_file(line: str) -> bool:
    """Return whether a line is only the name of a file, as attachments are shown."""
    return len(line) <= 120 and _FILE.fullmatch(line) is not None


def is_membership(text: str) -> bool:
    """Return whether a message is the program's own: somebody came or went, the topic was set."""
    return len(text) <= _LINE_LIMIT and membership().pattern.fullmatch(text.strip()) is not None


def is_reaction_message(text: str) -> bool:
    """Return whether a message is only somebody's reaction to another one, which Zoom and phones write as a message."""
    return len(text) <= _LINE_LIMIT and _REACTED.fullmatch(text) is not None


def preview_of(line: str) -> str | None:
    """Return whose message a line announces: Teams puts `the first words... by Sam Sample` above each, for screen readers."""
    match = _PREVIEW.fullmatch(line) if " by " in line and len(line) <= 250 else None
    return match["name"].strip() if match else None


def without_edited(line: str) -> tuple[str, bool]:
    """Return a line without `(edited)` at its end, and whether that stood there."""
    shorter = _EDITED_AT_END.sub("", line)
    return shorter, shorter != line


@lru_cache(maxsize=8192)
def day_of_separator(line: str) -> tuple[WrittenDay, bool] | None:
    """Return the day that a line between messages announces, and whether its decoration says that it is nothing else.

    `Monday, March 2nd`, `----- Today March 2nd, 2026 -----`, `--- Day changed Mon Mar 02 2026`.
    """
    if len(line) > 100 or not (line[-1:].isalnum() or line[:1] in _DECORATIONS):
        return None
    core = _DAY_DECORATION.sub("", line)
    without = _DAY_TIME.sub("", _DAY_WORDS.sub("", core))
    day = written_day(without) if without and (without[-1].isalnum() or without[-1] in ".日일)") else None
    return None if day is None else (day, core != line)


class _Entry(Struct):
    pattern: str
    good: tuple[str, ...]
    bad: tuple[str, ...]
    what: str = "membership"
    anywhere: bool = False


class _Table(Struct):
    addition: tuple[_Entry, ...]
    membership: tuple[_Entry]


@cache
def _table() -> _Table:
    return msgspec.toml.decode((files(__package__) / "window.toml").read_bytes(), type=_Table)
