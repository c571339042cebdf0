"""How each kind of object stands in the body: a headline that a person reads, fields below it, the exact rest in a comment.

    - 2026-03-02 14:32:07 UTC: HighLatency fires [^e1] <!-- {"id": "6f…", "lane": "signal", …} -->

    - [ ] Add a lock timeout to migrations
      - owner: database team
      - due: 2026-03-20

No fact stands twice: what the headline or a field says is not in the comment.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Struct

from juncture.model.evidence import Event, Note
from juncture.model.instants import parse_instant
from juncture.model.record import (
    ActionItem,
    Change,
    Decision,
    Factor,
    Figure,
    Milestone,
    Participant,
    Phase,
    WeakPoint,
)

Fields = dict[str, Any]

_ESCAPED = re.compile(r"([\\`*_{}\[\]<>#|~!&$])")
_UNESCAPED = re.compile(r"\\([\\`*_{}\[\]<>#|~!&$])")
_NO_BREAK = re.compile("[\u00a0\u202f]")
_INSTANT = re.compile(r"(?P<day>\d{4}-\d\d-\d\d) (?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,6})?) UTC")


class Form(Struct, frozen=True):
    """The form of one kind of object: its block, its struct, its headline both ways, and its visible fields in order."""

    block: str
    struct: type[Struct]
    headline: Callable[[Fields], tuple[str, frozenset[str]]]
    """From the fields to the headline and the names of the fields that it says."""
    read_headline: Callable[[str], Fields | None]
    """From the headline to the fields that it says, None if it is none."""
    visible: tuple[str, ...] = ()


def escape(text: str) -> str:
    """Return text that Markdown shows as it is: plain with its markup escaped, else as a JSON string."""
    if text and text == text.strip() and _NO_BREAK.sub("", text).isprintable() and not text.startswith('"'):
        return _ESCAPED.sub(r"\\\1", text)
    return _ESCAPED.sub(
        lambda match: f"\\u{ord(match[1]):04x}" if match[1] != "\\" else "\\", msgspec.json.encode(text).decode()
    )


def unescape(text: str) -> str:
    """Return what `escape` was given; any other text as it stands. Raises ValueError for a broken JSON string."""
    if text.startswith('"'):
        try:
            return msgspec.json.decode(text, type=str)
        except msgspec.DecodeError as error:
            raise ValueError(str(error)) from None
    return _UNESCAPED.sub(r"\1", text)


def instant_text(iso: str) -> str:
    """Return `2026-03-02 14:32:07.5 UTC` for an ISO text in UTC."""
    said = iso.replace("T", " ").replace("Z", "").replace("+00:00", "")
    return f"{said.rstrip('0') if '.' in said else said} UTC"


def read_instant(text: str) -> str | None:
    """Return the ISO text for what `instant_text` wrote, None for anything else."""
    match = _INSTANT.fullmatch(text)
    if match is None:
        return None
    try:
        parse_instant(f"{match['day']}T{match['clock']}Z")
    except ValueError:
        return None
    return f"{match['day']}T{match['clock']}Z"


def _timed(at: str, text: str) -> tuple[Callable[[Fields], tuple[str, frozenset[str]]], Callable[[str], Fields | None]]:
    """Return both ways of a headline `INSTANT: text` for the fields of those names."""

    def headline(fields: Fields) -> tuple[str, frozenset[str]]:
        return f"{instant_text(fields[at])}: {escape(fields[text])}", frozenset((at, text))

    def read_headline(line: str) -> Fields | None:
        stamp, colon, rest = line.partition(" UTC: ")
        instant = read_instant(f"{stamp} UTC") if colon else None
        return None if instant is None else {at: instant, text: unescape(rest)}

    return headline, read_headline


def _named(name: str, text: str) -> tuple[Callable[[Fields], tuple[str, frozenset[str]]], Callable[[str], Fields | None]]:
    """Return both ways of a headline `name: text`; a name that holds `: ` is written as a JSON string."""

    def headline(fields: Fields) -> tuple[str, frozenset[str]]:
        said = escape(fields[name])
        if ": " in said:
            said = msgspec.json.encode(fields[name]).decode().replace(": ", ":\\u0020").replace("<", "\\u003c")
        return f"{said}: {escape(fields[text])}", frozenset((name, text))

    def read_headline(line: str) -> Fields | None:
        said, colon, rest = line.partition(": ")
        return {name: unescape(said), text: unescape(rest)} if colon else None

    return headline, read_headline


def _single(text: str) -> tuple[Callable[[Fields], tuple[str, frozenset[str]]], Callable[[str], Fields | None]]:
    return (lambda fields: (escape(fields[text]), frozenset((text,)))), (lambda line: {text: unescape(line)})


def _milestone(fields: Fields) -> tuple[str, frozenset[str]]:
    found = fields["state"] == "found" and fields["at"] is not None
    when = instant_text(fields["at"]) if found else str(fields["state"]).replace("_", " ")
    said = {"name", "state", "reason"} | ({"at"} if found or fields["at"] is None else set())
    return f"{fields['name']}: {when}. {escape(fields['reason'])}", frozenset(said)


def _read_milestone(line: str) -> Fields | None:
    name, _, rest = line.partition(": ")
    when, _, reason = rest.partition(". ") if " UTC. " not in rest else _at_stamp(rest)
    instant = read_instant(when)
    state = "found" if instant else when.replace(" ", "_")
    return {"name": name, "at": instant, "state": state, "reason": unescape(reason)}


def _at_stamp(rest: str) -> tuple[str, str, str]:
    stamp, _, reason = rest.partition(" UTC. ")
    return f"{stamp} UTC", ". ", reason


def _phase(fields: Fields) -> tuple[str, frozenset[str]]:
    end = instant_text(fields["to"]) if fields.get("to") else "now"
    return f"{fields['name']}: {instant_text(fields['from'])} to {end}", frozenset(("name", "from", "to"))


def _read_phase(line: str) -> Fields | None:
    name, _, span = line.partition(": ")
    begin, _, end = span.partition(" to ")
    start = read_instant(begin)
    if start is None or not (end == "now" or read_instant(end)):
        return None
    return {"name": name, "from": start, "to": read_instant(end)}


def _action(fields: Fields) -> tuple[str, frozenset[str]]:
    state = fields.get("state", "open")
    said = {"title"} | ({"state"} if state in {"open", "done"} else set())
    box = "x" if state in {"done", "verified"} else " "
    return f"[{box}] {escape(fields['title'])}", frozenset(said)


def _read_action(line: str) -> Fields | None:
    match = re.fullmatch(r"\[([ xX])\] (.*)", line)
    return None if match is None else {"title": unescape(match[2]), "state": "open" if match[1] == " " else "done"}


def _factor(fields: Fields) -> tuple[str, frozenset[str]]:
    return f"{escape(fields['id'])}, {fields['role']}: {escape(fields['title'])}", frozenset(("id", "role", "title"))


def _read_factor(line: str) -> Fields | None:
    match = re.fullmatch(r"(.*?), (trigger|enabler|amplifier|mitigator|luck): (.*)", line)
    return None if match is None else {"id": unescape(match[1]), "role": match[2], "title": unescape(match[3])}


FORMS: dict[str, Form] = {
    "milestones": Form("milestones", Milestone, _milestone, _read_milestone),
    "phases": Form("phases", Phase, _phase, _read_phase),
    "participants": Form("participants", Participant, *_named("role", "took_part")),
    "timeline": Form("timeline", Event, *_timed("occurred_at", "summary")),
    "changes": Form("changes", Change, *_timed("at", "what"), ("service", "by", "reasons")),
    "decisions": Form(
        "decisions", Decision, *_timed("at", "question"), ("chosen", "options", "reason", "expected", "outcome", "by")
    ),
    "weak_points": Form("weak-points", WeakPoint, *_single("title"), ("statement", "suggestion")),
    "factors": Form("factors", Factor, _factor, _read_factor),
    "figures": Form("impact", Figure, *_single("name"), ("low", "mid", "high", "unit", "formula")),
    "actions": Form(
        "actions",
        ActionItem,
        _action,
        _read_action,
        ("state", "kind", "owner", "due", "priority", "ticket", "factor", "criterion"),
    ),
    "notes": Form("notes", Note, *_named("where", "why")),
}
"""The form of every list of objects, by the name of its field in the record (`figures` is `impact.figures`)."""

LESSONS = {"went well": "went_well", "went poorly": "went_poorly", "got lucky": "got_lucky", "learned": "learned"}
