"""Cutting a text into messages at their heads."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import NamedTuple

from juncture.evidence.conversation.bodies import Body
from juncture.evidence.conversation.heads import BLOCK, Head, continuation
from juncture.evidence.conversation.mail import MAIL, quote_depth, without_quotes
from juncture.evidence.conversation.stamps import Stamp, WrittenDay
from juncture.evidence.conversation.window import day_of_separator, is_file, is_membership, is_reaction_message, is_window_line


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
    before: tuple[int, int, int] | None
    """First and last line, counted from 1, of words before the first head, and how many lines of words they are."""
    window_lines: int
    """How many lines the chat window had added."""
    repeated: int = 0
    """How many mails stand in it once more, as a quotation."""


def cut(lines: list[str], heads: tuple[Head, ...]) -> Cut:
    """Return the messages that begin at `heads`."""
    messages: list[Message] = []
    earlier: dict[str, list[str]] = defaultdict(list)
    day, before, window_lines = _opening(lines[: heads[0].first])
    name = ""
    for head, following in zip(heads, (*heads[1:], None), strict=True):
        body = Body(lines[head.body : following.first if following else len(lines)], head.body, head, following)
        body.take_off_end(earlier)
        if not head.system:
            name = head.name or name
        for message in _messages(head, "" if head.system else name, body, day):
            if is_reaction_message(message.text):
                window_lines += 1
                continue
            messages.append(message)
            earlier[message.name].append(message.text)
        window_lines += body.taken_off
        day = body.day
    messages = _answers_joined(messages)
    once = _mails_once(messages)
    return Cut(tuple(_without_quoted_heads(once)), before, window_lines, len(messages) - len(once))


def _opening(lines: list[str]) -> tuple[WrittenDay | None, tuple[int, int, int] | None, int]:
    """Return the day that is announced above the first head, the words there, and how many lines the window added there."""
    day, words, additions = None, [], 0
    for number, line in enumerate(lines, 1):
        if separator := day_of_separator(line.strip()):
            day = separator[0]
        if separator or is_window_line(line.strip()):
            additions += 1
        elif line.strip():
            words.append(number)
    return day, ((words[0], words[-1], len(words)) if words else None), additions


def _messages(head: Head, name: str, body: Body, day: WrittenDay | None) -> Iterable[Message]:
    if head.family == MAIL:
        yield from _mail(head, body)
        return
    last = body.last_line
    body.take_off_start()
    if not head.family.startswith(BLOCK):
        body.lines = [continuation(line) for line in body.lines]
    text = body.text()
    yield Message(
        head.first + 1,
        max(last, head.body, head.first + 1),
        name,
        head.stamp,
        named=bool(head.name),
        text=text,
        day=day,
        bot=head.bot or body.bot,
        system=head.system or is_membership(text),
        reactions=tuple(body.reactions),
        files=tuple(line.strip() for line in body.lines if is_file(line.strip())),
    )
    for number, line in body.members:
        yield Message(number, number, "", head.stamp, named=False, text=line, system=True)


def _mail(head: Head, body: Body) -> Iterable[Message]:
    """Yield a mail without the marks of quotation that all its lines have, and what follows a quotation as an answer to it.

    Below `On …, Sam wrote:` the lines with `>` are Sam's, and lines without it are an answer to them by who sent the whole.
    """
    depth = next((quote_depth(line) for line in body.lines if line.strip()), 0)
    lines = body.lines
    end = next((number for number, line in enumerate(lines) if line.strip() and quote_depth(line) < depth), len(lines))
    text = "\n".join(without_quotes(line, depth) for line in lines[:end]).strip()
    last = max((number for number, line in enumerate(lines[:end], 1) if line.strip(" >")), default=0)
    yield Message(
        head.first + 1,
        max(head.body + last, head.first + 1),
        head.name,
        head.stamp,
        named=True,
        text=text or head.subject or "",
        subject=head.subject,
        mail=True,
    )
    answer = "\n".join(lines[end:]).strip()
    if answer:
        yield Message(head.body + end + 1, head.body + len(lines), "", head.stamp, named=False, text=answer, answer=True)


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
    for number, message in enumerate(messages):
        words = " ".join(message.text.split())
        # Mail programs quote in the reader's zone, which is most often whole hours away, and seldom over midnight.
        key = (message.name, f"{message.stamp.day} {message.stamp.minute} {words}") if message.mail else ("", str(number))
        once.setdefault(key, message)
    return list(once.values())


def _without_quoted_heads(messages: list[Message]) -> Iterable[Message]:
    """Join a message that is a head alone with the one that follows, if that one is a quotation with name and time in it.

    New Teams copies an answer as its head, the head and first words of what it answers, and then its own words.
    """
    seen: set[tuple[str, Stamp]] = set()
    waiting: Message | None = None
    quoted: dict[Stamp, Stamp] = {}
    for found in messages:
        message = found if found.named else found._replace(stamp=quoted.get(found.stamp, found.stamp))
        identity = (message.name, message.stamp._replace(day=None))
        if waiting:
            if message.named and (identity in seen or (message.stamp.day and not waiting.stamp.day)):
                quoted = {message.stamp: waiting.stamp}
                message = waiting._replace(text=message.text, last_line=message.last_line, reactions=message.reactions)
            else:
                quoted = {}
                yield waiting
            waiting = None
        seen.add(identity)
        if message.named and not message.text and not message.system:
            waiting = message
        else:
            yield message
    if waiting:
        yield waiting
