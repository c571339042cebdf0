"""A timeline as a list: for a terminal, a spreadsheet, a document."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

import msgspec

from juncture.model.evidence import Citation, Event
from juncture.model.instants import to_iso

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_TABLE_SUMMARY = 110
COLUMNS = (
    *("id", "occurred_at", "earliest", "latest", "recorded_at", "known_at", "known_by", "ended_at"),
    *("lane", "kind", "source", "actor", "service", "key", "summary", "citations"),
)


def to_table(events: Iterable[Event]) -> str:
    """Return one line an event for a terminal: time in UTC, lane, actor and summary, with the day where it changes."""
    lines, day = [], None
    for event in events:
        if event.occurred_at.date() != day:
            day = event.occurred_at.date()
            lines.append(f"{day:%A %d %B %Y}, UTC")
        known = "" if event.known_at is not None else "  (nobody is shown to have seen it)"
        who = f"{event.actor}: " if event.actor else ""
        text = _printable(f"{who}{event.summary}")
        cut = f"{text[: _TABLE_SUMMARY - 1]}…" if len(text) > _TABLE_SUMMARY else text
        lines.append(f"  {event.occurred_at:%H:%M:%S}  {event.lane:8}  {cut}{known}")
    return "".join(f"{line}\n" for line in lines)


def to_jsonl(events: Iterable[Event]) -> str:
    """Return one line of JSON an event."""
    encode = msgspec.json.Encoder().encode
    return b"".join(encode(event) + b"\n" for event in events).decode()


def to_csv(events: Iterable[Event]) -> str:
    """Return CSV with a header. A cell that a spreadsheet would run as a formula is led by an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(value) for value in _row(event)] for event in events)
    return out.getvalue()


def to_markdown(events: Iterable[Event]) -> str:
    """Return a Markdown list, `- 2026-03-02 14:05:07 UTC: text (citation)`: what `convert` reads back as a timeline."""
    return "".join(
        f"- {event.occurred_at:%Y-%m-%d %H:%M:%S} UTC: {markdown_text(_said(event))} ({cited(event.citations[0])})\n"
        for event in events
    )


def cited(citation: Citation) -> str:
    """Return a citation in one word: path and place, or the hash's first digits where there is no path."""
    return f"{citation.path or citation.artefact[:19]}#{citation.place}"


def markdown_text(text: str) -> str:
    """Return text with everything escaped that Markdown would read as markup."""
    return "".join(f"\\{character}" if character in "\\`*_{}[]<>#|~!&$" else character for character in text)


def _row(event: Event) -> tuple[str, ...]:
    instants = (event.occurred_at, event.earliest, event.latest, event.recorded_at, event.known_at)
    return (
        event.id,
        *(to_iso(instant) if instant else "" for instant in instants),
        "; ".join(event.known_by),
        to_iso(event.ended_at) if event.ended_at else "",
        *(event.lane, event.kind, event.source, event.actor or "", event.service or ""),
        "yes" if event.key else "no",
        event.summary,
        "; ".join(cited(citation) for citation in event.citations),
    )


def _said(event: Event) -> str:
    return f"{event.actor}: {event.summary}" if event.actor else event.summary


def _cell(value: str) -> str:
    return f"'{value}" if value.startswith(_FORMULA_STARTS) else value


def _printable(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
