"""What people typed: shell histories with times.

- bash with `HISTTIMEFORMAT` set: `#1779176407` before each command (bash manual, "Bash History Facilities")
- zsh with `EXTENDED_HISTORY`: `: 1779176407:0;command` (zshoptions(1))
- fish: `- cmd: command` and `  when: 1779176407` (fish_history)
- what `history` prints: a number, a time, the command
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.links import links_in
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.evidence.times import Span
from juncture.model.evidence import CommandDetails, Kind, Lane, LeftOut, Sighting
from juncture.model.identity import Occurrences
from juncture.model.instants import from_epoch

if TYPE_CHECKING:
    from juncture.evidence.stamps import Stamps

WHOEVER_RAN_IT = "whoever ran it"
"""Stands in `known_by` where nothing says whose history it is: somebody saw what the command printed."""
COMMAND_LIMIT = 4000
"""Characters of one command that are kept."""

_BASH = re.compile(r"#(\d{9,11})\s*$")
_ZSH = re.compile(r": {0,3}(\d{9,11}):(\d{1,9});")
_FISH = re.compile(r"- cmd: (.*)")
_FISH_WHEN = re.compile(r"  when: (\d{9,11})\s*$")
_NUMBERED = re.compile(r"\s{0,8}\d{1,7}\*?\s{1,4}(?=\S)")
_OWNER_IN_PATH = re.compile(r"(?:^|/)(?:home|Users)/([A-Za-z_][\w.-]*)/|(?:^|/)(root)/")
_OWNER_IN_NAME = re.compile(
    r"(?:^|/)\.?(?:(?P<before>[A-Za-z][\w.]*?)[._-]+)?(?:bash|zsh|fish|sh|ksh|shell)?[._-]?hist(?:ory|file)?(?:[._-](?P<after>[A-Za-z][\w]*))?(?:\.(?:txt|log|hist))?$",
    re.IGNORECASE,
)
_NO_OWNERS = frozenset(
    {"bash", "zsh", "fish", "sh", "ksh", "shell", "txt", "log", "command", "commands", "my", "the", "terminal", "ops", "prod"}
)


class _Command(NamedTuple):
    """One command as the history holds it; `raw` is its stamp as written. `span` is None where it has no time."""

    text: str
    span: Span | None
    first: int
    last: int
    seconds: int = 0
    raw: str = ""


class ShellHistory:
    """Histories of bash, zsh and fish, and what `history` prints."""

    name = "shell"
    title = "Shell history"
    reads = (
        "`.bash_history` with HISTTIMEFORMAT set, `.zsh_history` with EXTENDED_HISTORY, fish_history, what `history` prints."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return CERTAIN for the files that shells write, LIKELY for what `history` prints."""
        form = _form_of(head.lines)
        if form is None:
            return Confidence.NO
        return Confidence.LIKELY if form is _printed else Confidence.CERTAIN

    def session(self, settings: Settings) -> _Session:
        """Return a reading session; files do not depend on each other."""
        return _Session(settings)


class _Session:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:
        """Return 1: any order will do."""
        del head
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield a sighting a command. Commands without a time are counted as left out."""
        head = artefact.head()
        form = _form_of(head.lines) or _bash
        from juncture.evidence.stamps import Stamps  # noqa: PLC0415 - its patterns are slow to compile

        stamps = Stamps(self._settings, artefact.label, [_NUMBERED.sub("", line, count=1) for line in head.lines])
        owner = owner_of(artefact.label)
        ids = Occurrences(f"{ShellHistory.name}\x1f{owner or ''}")
        untimed, first_untimed = 0, 0
        for command in form(artefact, stamps):
            text = command.text.replace("\x00", "").strip()
            if not text:
                continue
            if command.span is None:
                untimed, first_untimed = untimed + 1, first_untimed or command.first
                continue
            yield _sighting(command._replace(text=text), artefact, owner, ids)
        yield from stamps.notes
        if untimed:
            yield LeftOut(artefact.at(f"line:{first_untimed}"), "commands without a time", count=untimed)


def owner_of(path: str) -> str | None:
    """Return whose history a path says it is (`/home/kim/.bash_history`, `kim.zsh_history`), None if it does not."""
    if match := _OWNER_IN_PATH.search(path):
        return match[1] or match[2]
    match = _OWNER_IN_NAME.search(path.replace("!/", "/"))
    if match:
        for name in (match["before"], match["after"]):
            if name and name.lower() not in _NO_OWNERS:
                return name
    return None


def _sighting(command: _Command, artefact: Artefact, owner: str | None, ids: Occurrences) -> Sighting:
    from juncture.evidence.commands import changes_by  # noqa: PLC0415 - read from data when there is a command
    from juncture.evidence.log_record import place_of  # noqa: PLC0415

    span = command.span
    if span is None:
        raise ValueError("a command without a time")
    done = changes_by(command.text)
    at = span.occurred_at
    return Sighting(
        id=ids.id_of(f"{command.raw}\x1f{command.text}"),
        source=ShellHistory.name,
        kind=Kind.COMMAND,
        lane=Lane.CHANGE if done else Lane.PEOPLE,
        occurred_at=at,
        earliest=span.earliest,
        latest=span.latest,
        recorded_at=at,
        known_at=at,
        known_by=(owner or WHOEVER_RAN_IT,),
        ended_at=from_epoch(int(at.timestamp()) + command.seconds) if command.seconds else None,
        summary=command.text[:COMMAND_LIMIT],
        citation=artefact.cite(place_of(command.first, command.last)),
        actor=owner,
        service=done.service if done else None,
        links=links_in(command.text[:COMMAND_LIMIT]),
        details=CommandDetails(command.text[:COMMAND_LIMIT]),
    )


def _bash(artefact: Artefact, stamps: Stamps) -> Iterator[_Command]:
    """Yield bash's commands: what follows a `#epoch` line up to the next is one command of several lines."""
    del stamps
    stamp: tuple[str, Span | None, int] | None = None
    lines: list[str] = []
    last = 0
    for line in artefact.lines():
        if match := _BASH.match(line.text):
            if stamp is not None:
                yield _Command("\n".join(lines), stamp[1], stamp[2], max(last, stamp[2]), raw=stamp[0])
            stamp, lines, last = (match[1], _second(match[1]), line.number), [], line.number
        elif stamp is None:
            yield _Command(line.text, None, line.number, line.number)
        else:
            if sum(map(len, lines)) < COMMAND_LIMIT:
                lines.append(line.text[:COMMAND_LIMIT])
            if line.text.strip():
                last = line.number
    if stamp is not None:
        yield _Command("\n".join(lines), stamp[1], stamp[2], max(last, stamp[2]), raw=stamp[0])


def _zsh(artefact: Artefact, stamps: Stamps) -> Iterator[_Command]:
    """Yield zsh's commands: a backslash at the end of a line continues it."""
    del stamps
    command: _Command | None = None
    going_on = False
    for line in artefact.lines():
        text = line.text[: 2 * COMMAND_LIMIT]
        match = None if going_on else _ZSH.match(text)
        if match or not going_on or command is None:
            if command is not None:
                yield command
            start = match.end() if match else 0
            span = _second(match[1]) if match else None
            seconds = min(int(match[2]), 10**7) if match else 0
            command = _Command(text[start:].removesuffix("\\"), span, line.number, line.number, seconds, text[:start])
        elif len(command.text) < COMMAND_LIMIT:
            command = command._replace(text=f"{command.text}\n{text.removesuffix(chr(92))}", last=line.number)
        else:
            command = command._replace(last=line.number)
        going_on = text.endswith("\\")
    if command is not None:
        yield command


def _fish(artefact: Artefact, stamps: Stamps) -> Iterator[_Command]:
    """Yield fish's commands; line breaks and backslashes in them are escaped."""
    del stamps
    command: _Command | None = None
    for line in artefact.lines():
        if match := _FISH.match(line.text):
            if command is not None:
                yield command
            text = re.sub(r"\\(n|\\)", lambda escape: "\n" if escape[1] == "n" else "\\", match[1][: 2 * COMMAND_LIMIT])
            command = _Command(text, None, line.number, line.number)
        elif command is not None and (when := _FISH_WHEN.match(line.text)):
            command = command._replace(span=_second(when[1]), last=line.number, raw=when[1])
    if command is not None:
        yield command


def _printed(artefact: Artefact, stamps: Stamps) -> Iterator[_Command]:
    """Yield what `history` printed: numbered lines with a time; lines without a number continue the command before."""
    command: _Command | None = None
    for line in artefact.lines():
        text = line.text[: 2 * COMMAND_LIMIT]
        number = _NUMBERED.match(text)
        rest = text[number.end() :] if number else text
        stamp = stamps.find(rest) if number else None
        if number:
            if command is not None:
                yield command
            start = stamp.end if stamp else 0
            said = rest[start:].lstrip(" \t])>\"':;-") if stamp else rest
            span = stamp.span if stamp else None
            command = _Command(said, span, line.number, line.number, raw=rest[:start])
        elif command is not None and len(command.text) < COMMAND_LIMIT:
            command = command._replace(text=f"{command.text}\n{text}", last=line.number)
    if command is not None:
        yield command


def _second(epoch: str) -> Span | None:
    try:
        instant, last = from_epoch(int(epoch)), from_epoch(int(epoch), 999_999)
    except OverflowError:
        return None
    return Span(instant, instant, last)


_Form = Callable[[Artefact, "Stamps"], Iterator[_Command]]


def _form_of(lines: tuple[str, ...]) -> _Form | None:
    """Return how a history is written, None if it is none."""
    filled = [line for line in lines if line.strip()]
    if not filled:
        return None
    bash = sum(bool(_BASH.match(line)) for line in filled)
    if bash and bash * 50 >= len(filled) and _is_bash(filled):
        return _bash
    zsh = sum(bool(_ZSH.match(line)) for line in filled)
    if zsh and zsh * 20 >= len(filled):
        return _zsh
    fish = [number for number, line in enumerate(filled) if _FISH.match(line)]
    if fish and any(_FISH_WHEN.match(line) for line in filled[1:]) and fish[0] == 0:
        return _fish
    numbered = [line for line in filled[:200] if _NUMBERED.match(line)]
    if len(numbered) * 4 > len(filled[:200]) and sum(map(_has_time, numbered)) * 2 > len(numbered) and _are_counted(numbered):
        return _printed
    return None


def _is_bash(lines: list[str]) -> bool:
    """Whether stamps stand before commands: two of them do not follow each other all the time."""
    stamps = [number for number, line in enumerate(lines) if _BASH.match(line)]
    followed = sum(number + 1 < len(lines) and not _BASH.match(lines[number + 1]) for number in stamps)
    return followed * 2 >= len(stamps)


def _has_time(line: str) -> bool:
    match = _NUMBERED.match(line)
    return bool(
        match and re.match(r"[\[<(\"']?\S*\d{1,4}[-/.: ]\S*[\sT_].*?\d{1,2}:\d\d|[\[<(\"']?\d{10}\b", line[match.end() :])
    )


def _are_counted(lines: list[str]) -> bool:
    """Whether the numbers at the start count up by one, as those of `history` do; a log's process numbers do not."""
    numbers = [int(re.sub(r"\D", "", line.split(None, 1)[0])[:12] or 0) for line in lines]
    steps = sum(then - first == 1 for first, then in pairwise(numbers))
    return steps * 5 >= (len(numbers) - 1) * 4


READER = ShellHistory()
