"""Cues of WebVTT and SubRip: who said what from when to when, counted from the start of the recording.

Formats: <https://www.w3.org/TR/webvtt1/> sections 4 and 6; transcripts of Teams (voice tags, or JSON with instants), Zoom and
Meet (`Name: text`).
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from juncture.evidence.artefact import Line
from juncture.model.instants import Instant, parse_iso, to_utc

TIMING = re.compile(
    r"\s*(?:(?P<hours>\d{1,4}):)?(?P<minutes>\d{1,2}):(?P<seconds>\d{2})[.,](?P<fraction>\d{1,3})\s*-->"
    r"\s*(?:(?P<end_hours>\d{1,4}):)?(?P<end_minutes>\d{1,2}):(?P<end_seconds>\d{2})[.,](?P<end_fraction>\d{1,3})(?:\s.*)?$"
)
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z]*)(?P<classes>(?:\.[^\s<>.]+)*)(?:[ \t]+(?P<annotation>[^<>]*))?>|<[\d:.]+>")
_SPEAKER = re.compile(r"^-?\s*(?P<name>[^:<>\n]{1,60}?)\s?:\s+(?=\S)")
_IDENTIFIER = re.compile(r"\s*(?:\d+|[\w-]+/\d+-\d+|cue-?\d+)\s*")
_BLOCKS = ("NOTE", "STYLE", "REGION")


class Cue(NamedTuple):
    """One thing said. Offsets are milliseconds from the start of the recording, lines count from 1, both included."""

    first_line: int
    last_line: int
    start: int
    end: int
    speaker: str | None
    text: str
    said_at: Instant | None = None
    """When, if the transcript gives instants."""
    ended_at: Instant | None = None


class Remark(NamedTuple):
    """A header line or a `NOTE`: no speech, but it may tell when the recording was made."""

    line: int
    text: str


class Misshapen(NamedTuple):
    """A line with an arrow whose times cannot be read."""

    line: int


class _TeamsPayload(msgspec.Struct):
    """What Microsoft Graph's `metadataContent` of a transcript holds in each cue."""

    startDateTime: str  # noqa: N815 - the vendor's spelling
    endDateTime: str | None = None  # noqa: N815
    speakerName: str | None = None  # noqa: N815
    spokenText: str | None = None  # noqa: N815


def cues_in(lines: Iterable[Line]) -> Iterator[Cue | Remark | Misshapen]:
    """Yield what the lines of a file hold, in order. Cues that lack the blank line between them are told apart too."""
    header, block = True, ""
    timing: tuple[int, re.Match[str]] | None = None
    payload: list[tuple[int, str]] = []
    for line in lines:
        text = line.text.replace("\x00", "\ufffd")
        found = TIMING.match(text) if "-->" in text else None
        if found:
            if timing and payload and _IDENTIFIER.fullmatch(payload[-1][1]):
                payload.pop()
            yield from _cue(timing, payload)
            timing, payload, header, block = (line.number, found), [], False, ""
        elif "-->" in text and not timing and not block:
            yield Misshapen(line.number)
        elif not text.strip():
            yield from _cue(timing, payload)
            timing, payload, header, block = None, [], False, ""
        elif timing:
            payload.append((line.number, text))
        elif header or block == "NOTE" or text.startswith("NOTE"):
            block = "" if header else "NOTE"
            yield Remark(line.number, text)
        elif text.split()[0].rstrip(":") in _BLOCKS:
            block = text.split()[0]
    yield from _cue(timing, payload)


def _cue(timing: tuple[int, re.Match[str]] | None, payload: list[tuple[int, str]]) -> Iterator[Cue]:
    if not timing or not payload:
        return
    number, match = timing
    start, end = _offset(match, ""), _offset(match, "end_")
    whole = "\n".join(text for _, text in payload)
    if whole.lstrip().startswith("{") and (cue := _teams(number, payload[-1][0], start, end, whole)):
        yield cue
        return
    for speaker, text in _voices(whole):
        if text:
            yield Cue(number, payload[-1][0], start, max(start, end), speaker, text)


def _teams(first: int, last: int, start: int, end: int, payload: str) -> Cue | None:
    try:
        said = msgspec.json.decode(payload, type=_TeamsPayload)
        said_at = to_utc(parse_iso(said.startDateTime))
        ended_at = to_utc(parse_iso(said.endDateTime)) if said.endDateTime else None
    except (msgspec.DecodeError, ValueError, OverflowError):
        return None
    return (
        Cue(first, last, start, end, said.speakerName, (said.spokenText or "").strip(), said_at, ended_at)
        if said.spokenText
        else None
    )


def _voices(payload: str) -> Iterator[tuple[str | None, str]]:
    """Yield the parts of a cue by voice, as words without markup."""
    speaker: str | None = None
    parts: list[str] = []
    position = 0
    for tag in _TAG.finditer(payload):
        parts.append(payload[position : tag.start()])
        position = tag.end()
        if tag["name"] == "v" and not tag["close"] and tag["annotation"]:
            yield speaker, _words(parts)
            speaker, parts = _words([tag["annotation"]]), []
    parts.append(payload[position:])
    yield speaker, _words(parts)


def _words(parts: list[str]) -> str:
    text = html.unescape("".join(parts)).replace("\u200e", "").replace("\u200f", "")
    return "\n".join(line.strip() for line in text.split("\n") if line.strip()).replace("\n", " ")


def named_at_start(text: str) -> tuple[str, str] | None:
    """Return the name and the words of `Sam Sample: we are done here`, as Zoom and Meet write."""
    match = _SPEAKER.match(text)
    return (match["name"].strip(), text[match.end() :].strip()) if match else None


def _offset(match: re.Match[str], prefix: str) -> int:
    hours, minutes, seconds = (int(match[prefix + name] or 0) for name in ("hours", "minutes", "seconds"))
    return ((hours * 60 + minutes) * 60 + seconds) * 1000 + int((match[prefix + "fraction"] + "00")[:3])
