"""Cutting a text into messages at their heads, and the words of people from what the chat window adds."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from typing import NamedTuple

from juncture.evidence.conversation.heads import BLOCK, Head, continuation
from juncture.evidence.conversation.mail import MAIL, is_rule, quote_depth, without_quotes
from juncture.evidence.conversation.names import is_badge
from juncture.evidence.conversation.stamps import Stamp, WrittenDay
from juncture.evidence.conversation.window import (
    addition_at_end,
    additions,
    day_of_separator,
    is_count,
    is_emoji,
    is_file,
    is_membership,
    is_window_line,
    preview_of,
    without_edited,
)


class Message(NamedTuple):
    """One message as it stands in the text. Lines count from 1, both included."""

    first_line: int
    last_line: int
    name: str
    """Empty where nobody is named: a line of the program."""
    stamp: Stamp
    named: bool
    """Whether the name stands at this very message, and not above."""
    text: str
    day: WrittenDay | None = None
    """The day that a separator before it announced."""
    bot: bool = False
    system: bool = False
    reactions: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    subject: str | None = None
    mail: bool = False
    answer: bool = False
    """An answer below a quotation in the same mail: its author and time stand above the quotation."""


class Cut(NamedTuple):
    """A text cut into messages, and what is in none of them."""

    messages: tuple[Message, ...]
    before: tuple[int, int] | None
    """First and last line, counted from 1, of words before the first head."""
    window_lines: int
    """How many lines the chat window had added."""
    repeated: int = 0
    """How many mails stand in it once more, as a quotation."""


class _Body:
    """The lines between two heads while additions are taken off them."""

    def __init__(self, lines: list[str], start: int, *, first_text: str, last: bool, mail: bool = False) -> None:
        self.start = start
        self.lines = lines
        self.first_text = first_text
        self.mail = mail
        self.last = last
        """Whether no head follows."""
        self.day: WrittenDay | None = None
        self.reactions: list[str] = []
        self.taken_off: list[str] = []

    @property
    def is_only(self) -> bool:
        """Whether the last line is the only one that has something on it."""
        return not self.first_text and sum(bool(line.strip()) and not is_window_line(line.strip()) for line in self.lines) <= 1


def cut(lines: list[str], heads: tuple[Head, ...]) -> Cut:
    """Return the messages that begin at `heads`."""
    messages: list[Message] = []
    window_lines, before = 0, None
    opening = _Body(lines[: heads[0].first], 0, first_text="", last=False)
    _take_additions_off(opening, heads[0])
    rest = [number for number, line in enumerate(opening.lines, 1) if line.strip() and not is_window_line(line.strip())]
    if rest:
        before = (rest[0], rest[-1])
    window_lines += sum(bool(line.strip()) for line in lines[: heads[0].first]) - len(rest)
    day, name = opening.day, ""
    for head, following in zip(heads, (*heads[1:], None), strict=True):
        end = following.first if following else len(lines)
        body = _Body(lines[head.body : end], head.body, first_text=head.text, last=not following, mail=head.family == MAIL)
        _take_additions_off(body, following)
        name = head.name or ("" if head.system else name)
        messages += _messages(head, name, body, day)
        window_lines += len(body.taken_off)
        day = body.day
    messages = _answers_joined(messages)
    once = _mails_once(messages)
    return Cut(tuple(_without_quoted_heads(once)), before, window_lines, len(messages) - len(once))


def _messages(head: Head, name: str, body: _Body, day: WrittenDay | None) -> Iterable[Message]:
    if head.family == MAIL:
        yield from _mail(head, body)
        return
    block = head.family.startswith(BLOCK)
    lines = _from_first_word(body, bot_mark := [])
    bot = head.bot or bool(bot_mark)
    if not block:
        lines = [continuation(line) for line in lines]
    own, members = _members_apart(lines) if block else (lines, "")
    text = _joined(head.text, own)
    last = head.body + max((number for number, line in enumerate(body.lines, 1) if line.strip()), default=0)
    message = Message(
        head.first + 1,
        max(last, head.body, head.first + 1),
        name,
        head.stamp,
        bool(head.name),
        text,
        day,
        bot,
        head.system or is_membership(text),
        tuple(reversed(body.reactions)),
        tuple(line.strip() for line in own if is_file(line.strip())),
    )
    yield message
    if members:
        yield Message(last, last, "", head.stamp, named=False, text=members, system=True)


def _mail(head: Head, body: _Body) -> Iterable[Message]:
    """Yield a mail without the marks of quotation that all its lines have; and what follows a quotation as words of nobody.

    Below `On …, Sam wrote:` the lines with `>` are Sam's, and lines without it are an answer to them by who sent the whole.
    """
    depths = [quote_depth(line) for line in body.lines if line.strip()]
    own_depth = depths[0] if depths else 0
    lines = list(body.lines)
    end = next((number for number, line in enumerate(lines) if line.strip() and quote_depth(line) < own_depth), len(lines))
    answer = "\n".join(lines[end:]).strip()
    text = "\n".join(without_quotes(line, own_depth) for line in lines[:end])
    last = max((number for number, line in enumerate(lines[:end], 1) if line.strip(" >")), default=0)
    first_line = head.first + 1
    yield Message(
        first_line,
        max(head.body + last, first_line),
        head.name,
        head.stamp,
        named=True,
        text=text.strip() or head.subject or "",
        subject=head.subject,
        mail=True,
    )
    if answer:
        yield Message(head.body + end + 1, head.body + len(lines), "", head.stamp, named=False, text=answer, answer=True)


def _take_additions_off(body: _Body, following: Head | None) -> None:
    """Take off the end of a body, line by line, what the chat window added below the message and above the next one."""
    while body.lines:
        line = body.lines[-1].strip()
        if line and not _is_addition(line, body, following):
            return
        if line:
            body.taken_off.append(line)
        body.lines.pop()


def _is_addition(line: str, body: _Body, following: Head | None) -> bool:
    if following and following.name and preview_of(line) == following.name:
        return True
    if body.mail or (following and following.family == MAIL and is_rule(line)):
        return is_rule(line)
    if (separator := day_of_separator(line)) and (separator[1] or (not body.last and not body.is_only) or body.start == 0):
        body.day = body.day or separator[0]
        return True
    if is_window_line(line) and (not body.is_only or " " in line or body.start == 0):
        return True
    if body.is_only:
        return False
    return _is_reaction(line, body)


def _is_reaction(line: str, body: _Body) -> bool:
    kind = addition_at_end(line)
    if kind:
        if kind == "reaction":
            body.reactions.append(line)
        return True
    above = next((other.strip() for other in reversed(body.lines[:-1]) if other.strip()), "")
    if is_count(line) and is_emoji(above) and sum(bool(other.strip()) for other in body.lines) + bool(body.first_text) > 2:
        body.lines.pop()
        while not body.lines[-1].strip():
            body.lines.pop()
        body.reactions.append(f"{above} {line}")
        body.taken_off.append(above)
        return True
    return is_count(line) and (addition_at_end(above) == "reaction")


def _from_first_word(body: _Body, bot_mark: list[str]) -> list[str]:
    """Return the lines of a body from its first word on: a badge, `Edited` and quoted heads stand before that."""
    lines = list(body.lines)
    while lines:
        line = lines[0].strip()
        more = any(other.strip() for other in lines[1:]) or bool(body.first_text)
        if line and is_badge(line):
            bot_mark.append(line)
        elif line and more and (addition_at_end(line) == "edited" or is_window_line(line) and " " in line):
            body.taken_off.append(line)
            if line.lower().startswith("replied to a thread"):
                body.taken_off.append(lines.pop(1) if sum(bool(other.strip()) for other in lines[1:]) > 1 else "")
        elif line:
            break
        lines.pop(0)
    kept = [line for line in lines if not _never_words(line.strip())]
    body.taken_off += [line for line in lines if _never_words(line.strip())]
    return kept


def _never_words(line: str) -> bool:
    return (
        bool(line)
        and " " in line
        and any(
            one.pattern.fullmatch(line)
            for one in additions()
            if one.what in ("quotation", "picture", "replies") and one.anywhere
        )
    )


def _members_apart(lines: list[str]) -> tuple[list[str], str]:
    """Return a body without a last paragraph that is the program's own (`Sam added Robin to the chat.`), and that paragraph."""
    if len(lines) >= 3 and not lines[-2].strip() and is_membership(lines[-1]):
        return lines[:-2], lines[-1].strip()
    return lines, ""


def _joined(first: str, lines: list[str]) -> str:
    text = textwrap.dedent("\n".join(lines)).strip("\n").rstrip()
    text = f"{first.strip()}\n{text}".strip("\n") if first.strip() else text
    last_line_start = text.rfind("\n") + 1
    last, _ = without_edited(text[last_line_start:])
    return (text[:last_line_start] + last).rstrip()


def _answers_joined(messages: list[Message]) -> list[Message]:
    """Return messages with what stands below a quotation joined to the mail that the quotation stands in."""
    kept: list[Message] = []
    for message in messages:
        outer = (
            next((number for number in range(len(kept) - 2, -1, -1) if kept[number].named), None) if message.answer else None
        )
        if outer is not None:
            kept[outer] = kept[outer]._replace(text=f"{kept[outer].text}\n{message.text}".strip())
        elif not message.answer:
            kept.append(message)
    return kept


def _mails_once(messages: list[Message]) -> list[Message]:
    """Return messages without the mails that an answer quotes and that stand in the thread already."""
    once: dict[tuple[str, str], Message] = {}
    for message in messages:
        key = (message.name, " ".join(message.text.split()))
        if message.mail and key in once and once[key].mail:
            continue
        once[key if message.mail else (str(message.first_line), "")] = message
    return list(once.values())


def _without_quoted_heads(messages: list[Message]) -> Iterable[Message]:
    """Join a message that is a head alone with the one that follows, if that one is a quotation with name and time in it.

    New Teams copies an answer as its head, the head and first words of what it answers, and then its own words.
    """
    seen: set[tuple[str, Stamp]] = set()
    waiting: Message | None = None
    for message in messages:
        if waiting:
            earlier = (message.name, message.stamp._replace(day=None)) in seen
            if message.named and (earlier or (message.stamp.day and not waiting.stamp.day)):
                message = waiting._replace(text=message.text, last_line=message.last_line, reactions=message.reactions)
            else:
                yield waiting
            waiting = None
        seen.add((message.name, message.stamp._replace(day=None)))
        if message.named and not message.text and not message.system:
            waiting = message
        else:
            yield message
    if waiting:
        yield waiting
