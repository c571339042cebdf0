"""From JSON objects with a time in them to log entries and records: which field is what, and what a person reads of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Protocol

from juncture.evidence.change_records import change_of
from juncture.evidence.columns import best, plain_name
from juncture.evidence.log_lines import RAW_LIMIT, SYSLOG_LEVELS, level_in
from juncture.evidence.log_record import TEXT_LIMIT, LogRecord
from juncture.evidence.record_fields import FieldMap, Flat, is_time_name, json_text, level_of
from juncture.evidence.time_fields import is_time
from juncture.evidence.times import Span
from juncture.model.evidence import Details, Kind, Lane, LogDetails, RecordDetails
from juncture.model.instants import Instant

EXTRAS_LIMIT = 8
EXTRA_CHARACTERS = 300
"""Further fields, and characters of them, that the text of an entry shows behind its message."""
FIELDS_LIMIT = 60
VALUE_LIMIT = 500
"""Fields of a record that are kept, and characters of each; what is longer is in the source."""
_WRAPPERS = re.compile(r"^(?:attr|attributes|fields|extra|context|data|payload|jsonPayload|details|meta|labels|body)\.")
_LANE_WORDS = {
    Lane.CUSTOMER: ("customer", "support", "ticket", "statuspage", "kunde", "client"),
    Lane.DECISION: ("decision", "entscheidung", "decid"),
    Lane.CHANGE: ("deploy", "change", "release", "rollback", "config", "migration", "anderung", "cambio", "restart"),
    Lane.PEOPLE: ("chat", "message", "people", "response", "comment", "call", "communication", "person", "human"),
    Lane.SIGNAL: ("alert", "monitor", "signal", "metric", "alarm", "log", "error"),
}
"""Parts of words by which people sort the rows of a timeline, the more special lanes first."""
_LAST_LINE = re.compile(r"^Traceback")


class Times(Protocol):
    """Reads the times of fields."""

    def span(self, value: object) -> Span | None:
        """Return the span that a value names, None if it is no time."""
        ...


class Records:
    """Turns the objects of one file into entries."""

    def __init__(self, fields: FieldMap, times: Times) -> None:
        self._fields = fields
        self._times = times

    def record(self, flat: Flat, raw: str, place: str) -> LogRecord | None:
        """Return the entry of an object, None if it has no time."""
        fields = self._fields
        found = self._time(flat)
        if found is None:
            return None
        time_name, span = found
        message_name, message = self._message(flat)
        level = self._level(flat, message)
        service = _first_text(flat, fields.services)
        others = {name: value for name, value in flat.items() if name not in (time_name, message_name)}
        change = None if level is not None else change_of(flat, message)
        said = f"{message}{self._extras(flat, time_name, message_name, service)}" if message else ""
        text = said or self._pairs(flat, time_name)
        actor = _first_text(flat, fields.actors) if change or not fields.is_log else None
        kind, lane, details = self._kind(flat, level, others)
        if change is not None:
            kind, lane, details, text = change.kind, Lane.CHANGE, change.details, change.text or text
        return LogRecord(
            span=span,
            text=text[:TEXT_LIMIT],
            message=text[:TEXT_LIMIT],
            raw=raw[:RAW_LIMIT],
            place=place,
            lines=_lines(place),
            level=level,
            service=service or (change.service if change else None),
            actor=actor,
            kind=kind,
            lane=lane,
            details=details,
            recorded_at=self._instant(flat, fields.recorded),
            ended_at=self._instant(flat, fields.ended, after=span),
            known_at=span.occurred_at if kind is Kind.MESSAGE else None,
            known_by=(actor,) if kind is Kind.MESSAGE and actor else (),
            links=change.links if change else (),
        )

    def _time(self, flat: Flat) -> tuple[str, Span] | None:
        for name in self._fields.times:
            if name in flat and (span := self._times.span(flat[name])) is not None:
                return name, span
        for name, value in flat.items():
            if name not in self._fields.times and is_time_name(name) and is_time(value):
                span = self._times.span(value)
                if span is not None:
                    return name, span
        return None

    def _instant(self, flat: Flat, names: list[str], after: Span | None = None) -> Instant | None:
        for name in names:
            if name in flat and (span := self._times.span(flat[name])) is not None:
                return span.occurred_at if after is None or span.occurred_at > after.occurred_at else None
        return None

    def _message(self, flat: Flat) -> tuple[str | None, str]:
        for name in self._fields.messages:
            if text := _text(flat.get(name)):
                return name, text.strip()
        fallback = best(flat, "message")
        return fallback, (_text(flat[fallback]) or "").strip() if fallback else ""

    def _level(self, flat: Flat, message: str) -> str | None:
        for name in self._fields.levels:
            if level := level_of(flat.get(name)):
                return level
        if self._fields.syslog_level and (number := _text(flat.get(self._fields.syslog_level))) and number in "01234567":
            return SYSLOG_LEVELS[int(number)]
        return level_in(message) if self._fields.is_log else None

    def _kind(self, flat: Flat, level: str | None, others: Flat) -> tuple[Kind | None, Lane | None, Details | None]:
        lane = _lane(flat.get(self._fields.lane)) if self._fields.lane else None
        if self._fields.lane and (kind := next((kind for name in self._fields.kinds if (kind := _kind(flat.get(name)))), None)):
            return kind, lane, RecordDetails(_texts(others))
        if level is not None or self._fields.is_log:
            return None, lane, LogDetails(level=level)
        lane = lane or next((lane for name in self._fields.kinds if (lane := _lane_meant(flat.get(name)))), None)
        if self._fields.is_chat:
            return Kind.MESSAGE, lane or Lane.PEOPLE, RecordDetails(_texts(others))
        return Kind.RECORD, lane, RecordDetails(_texts(others))

    def _extras(self, flat: Flat, time_name: str, message_name: str | None, service: str | None) -> str:
        """Return what else an entry says, as `name=value`; labels that all entries share and ids of no use left out."""
        fields = self._fields
        if not fields.is_log and " " in (_text(flat.get(message_name or "")) or ""):
            return ""
        known = {time_name, message_name, *fields.times, *fields.levels, fields.syslog_level, fields.lane}
        known.update(fields.services, () if fields.is_log else fields.actors)
        said: list[str] = []
        size = 0
        for name, value in flat.items():
            if name in known or name in fields.constant or _is_boring(name) or isinstance(value, bool):
                continue
            text = _short(_text(value) or "")
            if not text or text == service or (is_time_name(name) and is_time(value)):
                continue
            pair = f"{_WRAPPERS.sub('', name)}={text}"
            size += len(pair)
            if len(said) == EXTRAS_LIMIT or size > EXTRA_CHARACTERS:
                break
            said.append(pair)
        return f" {' '.join(said)}" if said else ""

    def _pairs(self, flat: Flat, time_name: str) -> str:
        """Return an object without a message as `name=value, …`."""
        pairs = (f"{name}={_short(text)}" for name, value in flat.items() if name != time_name and (text := _text(value)))
        text = ", ".join(pair for pair, _ in zip(pairs, range(2 * EXTRAS_LIMIT), strict=False))
        return text[: 2 * EXTRA_CHARACTERS] or time_name


def _first_text(flat: Flat, names: list[str]) -> str | None:
    return next((text for name in names if (text := _text(flat.get(name)))), None)


def clean(text: str) -> str:
    """Return text without NULs, and with U+FFFD for halves of surrogate pairs: every later step can write it."""
    if text.isascii() and "\x00" not in text:
        return text
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")


@lru_cache(maxsize=4096)
def _is_boring(name: str) -> bool:
    return (
        name.startswith("_") or best([name], "boring") is not None or plain_name(name).endswith(("traceid", "spanid", "uuid"))
    )


def _lane(value: object) -> Lane | None:
    text = (_text(value) or "").lower()
    return Lane(text) if text in set(Lane) else None


def _kind(value: object) -> Kind | None:
    text = (_text(value) or "").lower()
    return Kind(text) if text in set(Kind) else None


def _lane_meant(value: object) -> Lane | None:
    """Return the lane that a type in people's words means: `Deployment`, `Customer report`."""
    text = plain_name(_text(value) or "")[:60]
    return next((lane for lane, words in _LANE_WORDS.items() if text.startswith(words)), None) if text else None


def _lines(place: str) -> tuple[int, int] | None:
    if not place.startswith("line:"):
        return None
    first, _, last = place.removeprefix("line:").partition("-")
    return int(first), int(last or first)


def _texts(flat: Flat) -> dict[str, str]:
    """Return fields as text, within limits."""
    pairs = ((name, _text(value)) for name, value in flat.items())
    kept = ((clean(name), text[:VALUE_LIMIT]) for name, text in pairs if text)
    return {name: text for (name, text), _ in zip(kept, range(FIELDS_LIMIT), strict=False)}


def _text(value: object) -> str | None:
    """Return a plain value as text, None where there is none."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        return clean(value)
    return json_text(value) if isinstance(value, dict | list | bool) else str(value)


def _short(text: str) -> str:
    """Return the telling line of a text of several: the last of a Python traceback, else the first."""
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) < 2:
        return text.strip()
    return lines[-1].strip() if _LAST_LINE.match(lines[0]) else lines[0].strip()


def streams(value: dict[str, object]) -> Iterator[tuple[int, dict[str, object]]]:
    """Yield the lines of a Loki stream with their numbers (`query_range` with `resultType` streams)."""
    labels, lines = value.get("stream"), value.get("values")
    if isinstance(labels, dict) and isinstance(lines, list):
        for number, line in enumerate(lines):
            if isinstance(line, list) and len(line) >= 2:
                yield number, {**labels, "ts": line[0], "message": line[1]}
