"""A participant's account as an artefact: who speaks, on which day and in which zone, and what they saw, thought and tried.

    Account
    Speaker: On-call engineer
    Day: 2026-03-02
    Zone: Europe/Berlin
    Deployment: 2026-03-02T13:31:05+00:00

    Around 14:30 I saw the error rate rise. I took it for the cache.

A sentence that says a time begins an entry; the sentences behind it, up to the next time or the end of the paragraph, belong to
it. What stands without a time stays in the artefact, and is no event.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from juncture.evidence.memory_times import ANCHORS, Remembered, remembered
from juncture.model.instants import Instant, to_iso

KINDS = tuple(dict.fromkeys(ANCHORS.values()))
_HEAD = re.compile(r"\ufeff?Account\r?\nSpeaker: [^\r\n]*\r?\nDay: \d{4}-\d\d-\d\d\r?\nZone: [^\r\n]*\r?\n")
_FIELD = re.compile(r"([A-Z][a-z]+): ?(.*)")
_SENTENCE = re.compile(r".+?(?:[.!?…](?=\s|$)[\"')\]]*|$)\s*", re.DOTALL)


class Terms(NamedTuple):
    """What an account's times are read by."""

    speaker: str
    day: date
    zone: ZoneInfo
    anchors: Mapping[str, Instant]


class Entry(NamedTuple):
    """What was remembered of one time: the time, the words, and the lines that they stand on, counted from 1."""

    time: Remembered
    text: str
    first: int
    last: int


def is_account(start: str) -> bool:
    """Whether a text begins as an account does."""
    return _HEAD.match(start) is not None


def written(text: str, terms: Terms) -> str:
    """Return an account as it is kept."""
    head = ["Account", f"Speaker: {_line(terms.speaker)}", f"Day: {terms.day.isoformat()}", f"Zone: {terms.zone.key}"]
    head += [f"{kind.capitalize()}: {to_iso(at)}" for kind, at in sorted(terms.anchors.items())]
    return "\n".join((*head, "", text.strip(), ""))


def read(text: str) -> tuple[Terms, list[Entry]]:
    """Return the terms of an account and its entries. Raises ValueError where the day, the zone or an instant is none."""
    lines = text.removeprefix("\ufeff").splitlines()
    fields: dict[str, str] = {}
    at = 1
    while at < len(lines) and (match := _FIELD.fullmatch(lines[at].strip())):
        fields[match[1].lower()] = match[2].strip()
        at += 1
    anchors = {kind: datetime.fromisoformat(fields[kind]) for kind in KINDS if kind in fields}
    terms = Terms(fields.get("speaker", ""), date.fromisoformat(fields["day"]), ZoneInfo(fields["zone"]), anchors)
    return terms, list(entries(lines[at:], terms, first=at + 1))


def entries(lines: list[str], terms: Terms, first: int = 1) -> Iterator[Entry]:
    """Yield what is remembered in lines of which the first has the number `first`."""
    held: list[Entry] = []
    for number, line in enumerate(lines, first):
        if not line.strip():
            yield from held
            held = []
            continue
        for sentence in _SENTENCE.findall(line):
            time = remembered(sentence, day=terms.day, zone=terms.zone, anchors=terms.anchors)
            if time:
                yield from held
                held = [Entry(time, sentence.strip(), number, number)]
            elif held:
                held = [held[0]._replace(text=f"{held[0].text} {sentence.strip()}", last=number)]
    yield from held


def _line(text: str) -> str:
    return " ".join(text.split())
