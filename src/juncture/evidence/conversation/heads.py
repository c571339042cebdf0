"""Where a message may begin: every place at which some program could have written a name and a time.

Each grammar of heads is tried on each line and gives candidates; which of them are heads is decided later (`choosing`), by
how well a grammar explains the whole text. Sources of the shapes: what people paste into bug reports of chat programs and of
scripts that clean such copies, and the manuals of irssi, WeeChat, HexChat, Pidgin, WhatsApp and Zoom.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from juncture.evidence.colours import without_colours
from juncture.evidence.conversation.names import clean_name, is_account_of, is_badge, plausibility, without_mode
from juncture.evidence.conversation.stamps import Stamp, has_time, stamp_at_end, stamp_at_start, whole_stamp
from juncture.evidence.conversation.window import (
    addition_at_end,
    day_of_separator,
    is_emoji,
    is_file,
    is_membership,
    is_window_line,
)

HEAD_LIMIT = 400
"""Characters of a line that are looked at for a head; a longer line is text, or a head with its text."""


class Head(NamedTuple):
    """A place where a message may begin.

    `first` is its first line and `body` the first line after it, counted from 0. `text` is what stands on the head's own line
    behind it. A head without a name continues the one above.
    """

    first: int
    body: int
    name: str
    stamp: Stamp
    family: str
    text: str = ""
    bot: bool = False
    system: bool = False
    """A line of the program (`sam has joined`), not of a person."""
    weight: float = 0.0
    """How much the name looks like one, 0 to 1."""
    subject: str | None = None
    """Of a mail."""

    @property
    def kind(self) -> str:
        """The family without the style of its stamps."""
        return self.family.partition(" ")[0]


BLOCK = "block:"
"""Families whose text stands below the head begin with this; the others have it behind the head."""
ABOVE = "block:name-above"
BELOW = "block:name-below"
BARE = "block:bare"
STRONG = frozenset(
    {"block:dash", "block:bracket", "block:time-bracket", "block:telegram", "angle", "bar", "zoom", "name-time", "mail"}
)
"""Kinds of heads whose marks hardly ever stand in a text by accident."""

_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_ODD_BLANKS = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\u2028\u2029\x85\x0b\x0c]")
_LINKED_TIME = re.compile(r"\[([^\[\]]{4,40})\]\(https?://[^\s)]+\)")
_AFTER_STAMP = re.compile(
    r"[\s,·•]*(?:\(edited\)|\bedited|\(bearbeitet\)|bearbeitet|\(modifié\)|\(editado\)|•|\(\d+ \w+ ago\))?[\s:]*$",
    re.IGNORECASE,
)
_BEFORE_STAMP = re.compile(r"^[\s—–\-,·•|@]+")  # noqa: RUF001
_SEPARATORS = (
    ("block:dash", re.compile(r"\s*[—–]\s*$|\s+-\s+$")),  # noqa: RUF001
    ("block:telegram", re.compile(r",\s*\[$")),
    ("block:bracket", re.compile(r"\s*[\[(]$")),
    ("block:comma", re.compile(r",\s*$")),
    ("block:dot", re.compile(r"\s*[·•|]\s*$")),
    ("block:gap", re.compile(r"(?:\s{2,}|\t)$")),
    ("block:blank", re.compile(r"\s$")),
    ("block:glued", re.compile(r"$")),
)
_INLINE = (
    ("system", re.compile(r"\s*(?P<system>-->|<--|--|-!-|\*\*\*|===|←|→)\s*(?:\|\s*)?(?P<text>.+)$")),
    ("action", re.compile(r"\s+\*\s*(?:\|\s*)?(?P<name>[^\s*]{1,40})\s(?P<text>.+)$")),
    ("angle", re.compile(r"\s*<\s?(?P<name>[^<>\t]{1,60})>(?:\s|$)(?P<text>.*)$")),
    (
        "zoom",
        re.compile(
            r"\s*From\s+(?P<name>.{1,80}?)(?:\s+to\s+(?:[^:]{1,80}?)(?:\s?\((?:Direct Message|Privately)\))?\s?|\s):(?:\s|$)"
            r"(?P<text>.*)$",
            re.IGNORECASE,
        ),
    ),
    ("bar", re.compile(r"\s+(?P<name>[^\s|]\S{0,40}|[^\s|][^|]{0,40}?)\s+[|│](?:\s|$)(?P<text>.*)$")),
    ("tab", re.compile(r"\t(?P<name>[^\t]{1,60})\t(?P<text>.*)$")),
    ("dash", re.compile(r"\s[-–—]\s(?P<name>[^:\n]{1,80}?):(?:\s|$)(?P<text>.*)$")),  # noqa: RUF001
    ("colon", re.compile(r"\s*(?P<name>[^:\n\t]{1,80}?)\s?:(?:\s|$)(?P<text>.*)$")),
)
_NAME_THEN_STAMP = (
    re.compile(
        r"(?P<name>[^\s([][^([\n]{0,80}?)\s[(\[](?P<stamp>[^()\[\]\n]{4,50})[)\]]\s?:(?:\s(?P<text>.*))?$",
    ),
    re.compile(
        r"(?P<name>[^\s(\[\d][^(\[\d\n:]{0,60}?)\s(?P<stamp>\d{1,2}:\d\d(?::\d\d)?(?:\s?[AaPp][Mm])?)\s?:\s(?P<text>.+)$",
    ),
)
_DASHES = frozenset({"\u2014", "\u2013"})
_MARKS = " \t,\u2014\u2013-·•|"
"""What windows draw between a name and its time, on a line of its own where the copy broke it."""
_RECIPIENTS = re.compile(r"(?:to|cc|an|à|para)\s?:", re.IGNORECASE)
_FENCE = re.compile(r"\s*(?:```|~~~)")
_GLUED = re.compile(r"^(\d{1,2}:\d\d(?::\d\d)?\s?[AP]M)(?=\w.{0,80}: )")
"""Discord's compact view copies as `2:32 PMsam: checkout is down`."""
_ONLY_BAR = re.compile(r"\s+[|│](?:\s|$)")


def clean_lines(text: str) -> list[str]:
    """Return the lines of a text without what cannot be seen, and with plain blanks for the odd ones."""
    text = _INVISIBLE.sub("", without_colours(text))
    lines = [line.rstrip("\r") for line in _ODD_BLANKS.sub(" ", text).split("\n")]
    if all(line.startswith(">") for line in lines if line.strip()):
        return [line[1:].removeprefix(" ") for line in lines]
    return lines


def candidates(lines: list[str]) -> Iterator[Head]:
    """Yield every place in `lines` at which a message may begin, in order of lines; several grammars may claim one place."""
    quoted = _fenced(lines)
    for number, line in enumerate(lines):
        if has_time(line[:HEAD_LIMIT]) and number not in quoted:
            yield from _on_line(number, line[:HEAD_LIMIT], line, lines)


def _fenced(lines: list[str]) -> set[int]:
    """Return the numbers of lines inside of code fences, unless most of the text stands in them or one is left open."""
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    if not fences or len(fences) % 2:
        return set()
    inside = {line for first, last in zip(fences[::2], fences[1::2], strict=True) for line in range(first, last)}
    return inside if len(inside) * 2 < len(lines) else set()


def continuation(line: str) -> str:
    """Return the text of a line that continues a message of a terminal (`      | 1. broker`), without its bar."""
    match = _ONLY_BAR.match(line)
    return line[match.end() :] if match else line


def _on_line(number: int, start: str, line: str, lines: list[str]) -> Iterator[Head]:
    stripped = _LINKED_TIME.sub(r"\1", start.strip()) if "](" in start else start.strip()
    if (stamp := _alone(stripped)) is not None:
        yield from _beside(number, stamp, lines)
        return
    inline = list(_inline(number, stripped, line.strip()))
    yield from inline
    if len(stripped) <= 160 and not inline:
        yield from _name_first(number, stripped, lines)


def _alone(text: str) -> Stamp | None:
    """Return the stamp that a line consists of, apart from brackets, dashes and `Edited`."""
    core = _AFTER_STAMP.sub("", _BEFORE_STAMP.sub("", text))
    if core[:1] in "[(" and core[-1:] in "])":
        core = core[1:-1].strip()
    return whole_stamp(core) if core else None


def _beside(number: int, stamp: Stamp, lines: list[str], *, bot: bool = False) -> Iterator[Head]:
    """Yield a time on a line of its own: with the name above, with the name below, without a name."""
    above = number - 1
    while above >= 0 and number - above <= 4 and (not lines[above].strip(_MARKS) or _is_between(lines[above].strip())):
        bot = bot or is_badge(lines[above].strip())
        above -= 1
    if above >= 0 and number - above <= 4 and not _is_addition(lines[above].strip()):
        name, badge = clean_name(lines[above])
        if above and is_account_of(name, full := clean_name(lines[above - 1])[0]):
            above, name = above - 1, full
        elif above and lines[above - 1].strip() == lines[above].strip():
            above -= 1
        parted = any(lines[between].strip() in _DASHES for between in range(above + 1, number))
        family = "block:dash" if parted else ABOVE
        yield Head(above, number + 1, name, stamp, family, bot=bot or badge, weight=plausibility(name))
    below = number + 1
    while below < len(lines) and below - number <= 2 and not lines[below].strip():
        below += 1
    if below < len(lines) and below - number <= 2:
        name, badge = clean_name(lines[below].rstrip(":"))
        yield Head(number, below + 1, name, stamp, BELOW, bot=badge, weight=plausibility(name))
    yield Head(number, number + 1, "", stamp, BARE, weight=0.5)


def _is_between(line: str) -> bool:
    """Return whether a line may stand between a name and its time: the badge of a program, the recipients of a mail."""
    added = addition_at_end(line) in ("edited", "picture")
    return added or is_badge(line) or is_emoji(line) or _RECIPIENTS.match(line) is not None


def _is_addition(line: str) -> bool:
    added = is_window_line(line) or is_file(line) or is_membership(line)
    return added or addition_at_end(line) is not None or day_of_separator(line) is not None


def _name_first(number: int, text: str, lines: list[str]) -> Iterator[Head]:
    match = _NAME_THEN_STAMP[0].match(text) or _NAME_THEN_STAMP[1].match(text)
    if match and (inner := whole_stamp(match["stamp"].strip())):
        name, bot = clean_name(match["name"])
        yield Head(number, number + 1, name, inner, "name-time", match["text"] or "", bot, weight=plausibility(name))
    core = _AFTER_STAMP.sub("", text)
    closed = core[-1:] in ("]", ")")
    if not (found := stamp_at_end(core[:-1] if closed else core)):
        return
    before, stamp = found
    for family, separator in _SEPARATORS:
        match_of_separator = separator.search(before)
        if match_of_separator and closed == (family in ("block:bracket", "block:telegram")):
            written = before[: match_of_separator.start()].strip()
            name, bot = clean_name(written)
            if is_badge(written) or is_emoji(written):
                yield from _beside(number, stamp, lines, bot=is_badge(written))
            elif name:
                yield Head(number, number + 1, name, stamp, family, bot=bot, weight=plausibility(name))
            return


def _inline(number: int, start: str, whole: str) -> Iterator[Head]:
    bracket = {"[": "]", "(": ")"}.get(start[:1])
    found = stamp_at_start(start[1:].lstrip() if bracket else _GLUED.sub(r"\1 ", start))
    if not found:
        return
    stamp, rest = found
    if bracket:
        rest = rest.lstrip()
        if not rest.startswith(bracket):
            return
        rest = rest[1:]
    elif not rest or not (rest[0].isspace() or rest[0] in "|<"):
        return
    rest += whole[len(start) :]
    style = f"{bracket or ''}{stamp.style}{'d' if stamp.day else ''}"
    named = next((head for head in _inline_names(number, stamp, rest, style)), None)
    if named:
        yield named
    if bracket and (not named or named.kind in ("colon", "bar")):
        name, bot = clean_name(rest)
        if name and (not named or named.kind == "bar"):
            yield Head(number, number + 1, name, stamp, "block:time-bracket", bot=bot, weight=plausibility(name))
        yield Head(number, number + 1, "", stamp, f"bare {style}", rest.strip(), weight=0.3)
    elif not named and rest.strip():
        yield Head(number, number + 1, "", stamp, f"system {style}", rest.strip(" -"), system=True, weight=0.3)


def _inline_names(number: int, stamp: Stamp, rest: str, style: str) -> Iterator[Head]:
    for family, pattern in _INLINE:
        match = pattern.match(rest)
        if not match:
            continue
        if match.groupdict().get("system"):
            yield Head(number, number + 1, "", stamp, f"system {style}", match["text"].strip(), system=True, weight=0.9)
            return
        name, bot = clean_name(without_mode(match["name"].strip(" :")) if family in ("angle", "bar", "tab") else match["name"])
        weight = plausibility(name)
        if family in STRONG and weight > 0 and len(name) <= 40:
            weight = max(weight, 0.5)
        yield Head(number, number + 1, name, stamp, f"{family} {style}", match["text"], bot, weight=weight)
        return
