"""What JSON objects and rows of tables consist of, and which of their fields is what: learnt from the first of a file."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from juncture.evidence.columns import best, fitting, plain_name
from juncture.evidence.log_lines import LEVEL_OF, level_in
from juncture.evidence.log_record import TEXT_LIMIT
from juncture.evidence.time_fields import is_seconds_and_nanos, is_time

Flat = dict[str, object]
"""An object's plain values by dotted name."""

_DEPTH = 4
_CONSTANT_FROM = 5
"""Sample objects from which on a field that never changes is taken for a label of the file."""
_NUMBER_LEVELS = {10: "debug", 20: "debug", 30: "info", 40: "warning", 50: "error", 60: "fatal"}
"""pino and bunyan."""
_NAMES = {"name", "login", "displayname", "fullname", "realname", "summary", "nickname", "handle"}
_CHAT = {"channel", "channelname", "channelid", "room", "roomid", "thread", "threadid", "threadts", "conversation"}


def flatten(value: dict[str, object]) -> Flat:
    """Return an object's plain values by dotted name; arrays are written as JSON. An Elasticsearch hit is its document."""
    source = value.get("_source")
    flat: Flat = {}
    _flatten(source if isinstance(source, dict) else value, "", flat, _DEPTH)
    return flat


def _flatten(value: dict[str, object], prefix: str, flat: Flat, depth: int) -> None:
    for name, inner in value.items():
        key = f"{prefix}{name}"
        if isinstance(inner, dict):
            if "$date" in inner or "$numberLong" in inner or is_seconds_and_nanos(inner):
                flat[key] = inner
            elif depth > 1:
                _flatten(inner, f"{key}.", flat, depth - 1)
            else:
                flat[key] = json_text(inner)
        elif isinstance(inner, list):
            flat[key] = _bytes_text(inner) or json_text(inner)
        elif inner is not None:
            flat[key] = inner


class FieldMap:
    """Which field of a file's objects is what, learnt from the first of them."""

    def __init__(self, samples: list[Flat], time: str | None = None) -> None:
        """`time` names the field of the time where the caller knows it."""
        names = list(dict.fromkeys(name for sample in samples for name in sample))
        self.times = [time] if time else _time_names(names, samples)
        self.ended = [name for name in fitting(names, "ended") if name not in self.times[:1]]
        self.recorded = [name for name in fitting(names, "recorded") if name not in self.times[:1]]
        taken = set(self.times)
        self.levels = [name for name in fitting(names, "level") if any(level_of(sample.get(name)) for sample in samples)]
        self.syslog_level = best(names, "syslog_level")
        messages = [name for name in fitting(names, "message") if name not in taken and name not in self.levels]
        self.messages = [name for name in messages if any(isinstance(sample.get(name), str) for sample in samples)]
        self.services = [name for name in fitting(names, "service") if name not in taken]
        self.actors = [name for name in (*fitting(names, "actor"), *_names_of_actors(names)) if name not in self.messages[:1]]
        self.lane = best(names, "lane")
        self.kinds = fitting(names, "kind")
        plain = {plain_name(name) for name in names}
        leveled = sum(level_in(str(sample.get(name, ""))) is not None for sample in samples for name in self.messages[:1])
        self.is_log = bool(self.levels or self.syslog_level or {"stream", "logger"} & plain) or leveled * 2 >= len(samples)
        self.is_chat = not self.is_log and bool(plain & _CHAT) and bool(self.actors and self.messages)
        counts = Counter(name for sample in samples for name in sample)
        self.constant = {
            name
            for name in names
            if counts[name] == len(samples) >= _CONSTANT_FROM and len({repr(sample[name]) for sample in samples}) == 1
        }


@lru_cache(maxsize=4096)
def is_time_name(name: str) -> bool:
    """Whether a field is named as times are: `created_at`, `startTime`, `ts`."""
    plain = plain_name(name)
    return plain.endswith(("time", "at", "ts", "date", "stamp")) or best([name], "time") is not None


def level_of(value: object) -> str | None:
    """Return the level, in Juncture's five words, that a field's value names; None if it names none."""
    if isinstance(value, str):
        return LEVEL_OF.get(value.strip().lower())
    if isinstance(value, int) and not isinstance(value, bool):
        return _NUMBER_LEVELS.get(value)
    return None


def json_text(value: object) -> str:
    """Return a value as JSON, cut where it is long."""
    return json.dumps(value, ensure_ascii=False, default=str)[:TEXT_LIMIT]


def _names_of_actors(names: list[str]) -> list[str]:
    """Return the fields that name a person who is an object of its own: `user.login`, `author.displayName`."""
    apart = [(name, *name.rsplit(".", 1)) for name in names if "." in name]
    return [name for name, whole, part in apart if plain_name(part) in _NAMES and best([whole], "actor") is not None]


def _time_names(names: list[str], samples: list[Flat]) -> list[str]:
    """Return the names of fields that hold times, the best first; those named as times come before any other."""
    named = [name for name in fitting(names, "time") if _holds_times(name, samples)]
    if named:
        return named
    return [name for name in names if _holds_times(name, samples) and not isinstance(_first(name, samples), int | float)]


def _holds_times(name: str, samples: Iterable[Flat]) -> bool:
    values = [sample[name] for sample in samples if name in sample]
    return bool(values) and sum(map(is_time, values)) * 2 > len(values)


def _first(name: str, samples: Iterable[Flat]) -> object:
    return next((sample[name] for sample in samples if name in sample), None)


def _bytes_text(value: list[object]) -> str | None:
    """Return the text of an array of bytes, as journald writes messages with control characters."""
    if not value or not all(isinstance(item, int) and not isinstance(item, bool) and 0 <= item < 256 for item in value):
        return None
    data = bytes(item for item in value if isinstance(item, int))
    text = data.decode("utf-8", "replace")
    return text.strip() if sum(char.isprintable() or char.isspace() for char in text) * 10 > len(text) * 9 else None
