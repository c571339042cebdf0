"""Webhook deliveries as people keep them: the bare body, several in a file, or each in the envelope of what captured it.

An envelope is any object that holds the body under a usual name (`body`, `payload`, `data`, `request`, …), as an object or as
JSON text, and beside it, at times, the HTTP headers and the time of receipt.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.fields import Mapping, field, instant
from juncture.evidence.json_scan import below
from juncture.evidence.json_stream import first_pieces, pieces, value_of
from juncture.evidence.reader import Confidence
from juncture.model.evidence import Citation, LeftOut
from juncture.model.instants import EPOCH, Instant, parse_iso, to_utc

BODY_NAMES = (
    "body", "payload", "data", "request", "json", "content", "rawBody", "raw_body", "message", "webhook", "delivery",
    "detail", "raw", "result", "record",
)  # fmt: skip
LIST_NAMES = (
    "deliveries", "requests", "webhooks", "payloads", "items", "events", "records", "results", "hits", "messages",
    "log_entries", "data",
)  # fmt: skip
RECEIVED_NAMES = (
    "received_at", "receivedAt", "received", "delivered_at", "deliveredAt", "captured_at", "arrived_at", "timestamp",
    "time", "ts", "created_at", "createdAt", "date", "start", "at",
)  # fmt: skip
DEPTH = 4
"""Envelopes within envelopes that are opened."""

_STAMP_IN_NAME = re.compile(
    r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)[T_ -]?(\d\d)[:.h_-]?(\d\d)[:.m_-]?(\d\d)"
    r"(?:[.,_-](\d{3,9}))?(?:Z|UTC|([+-]\d\d):?(\d\d))(?![a-z\d])",
    re.IGNORECASE,
)
_EPOCH_IN_NAME = re.compile(r"(?<![\dA-Za-z])(1\d{9}(?:\d{3}|\d{6}|\d{9})?)(?![\dA-Za-z])")

IsBody = Callable[[Mapping], bool]


class Delivery(NamedTuple):
    """One body, where it stands, and what its envelope tells. Header names are in lower case."""

    place: str
    body: Mapping
    received_at: Instant | None
    headers: dict[str, str]
    opaque: bool

    def cite(self, artefact: Artefact, *parts: str | int) -> Citation:
        """Return a citation of what stands at `parts` in the body; of the whole where the body is a text in the envelope."""
        return artefact.cite(self.place if self.opaque else below(self.place, *parts))


def deliveries(artefact: Artefact, is_body: IsBody, what: str) -> Iterator[Delivery | LeftOut]:
    """Yield the deliveries of an artefact whose body `is_body`, and count what is no `what` (`Alertmanager webhook`)."""
    foreign = 0
    from_name = received_by_name(artefact.label)
    for piece in pieces(artefact, _split):
        if isinstance(piece, LeftOut):
            yield piece
            continue
        try:
            value = value_of(piece.raw)
        except ValueError as error:
            yield LeftOut(artefact.at(piece.place), f"broken JSON ({error})", damaged=True)
            continue
        found = list(_open(Delivery(piece.place, {}, from_name, {}, opaque=False), value, is_body, DEPTH))
        yield from found
        foreign += not found and not _is_shell(value)
    if foreign:
        yield LeftOut(artefact.label, f"holds values that are no {what}", foreign)


def holds_delivery(head: Head, is_body: IsBody, marks: tuple[str, ...]) -> Confidence:
    """Return how sure a head holds such bodies: one that stands whole decides, else all of `marks` in its text."""
    if head.first_byte not in (b"{", b"["):
        return Confidence.NO
    values, taken = _first_values(head)
    if any(any(_open(Delivery("", {}, None, {}, opaque=False), value, is_body, DEPTH)) for value in values):
        return Confidence.CERTAIN
    if taken and head.whole:
        return Confidence.NO
    return Confidence.LIKELY if all(mark in head.text for mark in marks) else Confidence.NO


@lru_cache(maxsize=2)
def _first_values(head: Head) -> tuple[tuple[object, ...], int]:
    """Return the first values of a head that can be read, and how many stand whole. Every delivery reader asks in turn."""
    taken = first_pieces(head, _split)
    values = []
    for piece in taken:
        with suppress(ValueError):
            values.append(value_of(piece.raw))
    return tuple(values), len(taken)


def received_by_name(label: str) -> Instant | None:
    """Return the instant that a file's name tells, if it tells the zone too: `20260302T140231.120Z-oncall.json`, an epoch."""
    name = label.replace("!/", "/").rsplit("/", 1)[-1]
    if match := _STAMP_IN_NAME.search(name):
        year, month, day, hour, minute, second, fraction, hours, minutes = match.groups()
        stamp = f"{year}-{month}-{day}T{hour}:{minute}:{second}.{fraction or '0'}{hours or '+00'}:{minutes or '00'}"
        try:
            return to_utc(parse_iso(stamp))
        except (ValueError, OverflowError):
            return None
    if match := _EPOCH_IN_NAME.search(name):
        return instant(match[1])
    return None


def near_keys(what: str, at: Instant, seconds: int = 60) -> tuple[str, str]:
    """Return two keys of which two sightings of one step share one if they lie less than `seconds / 2` apart.

    For steps that two sources tell with clocks or delays of their own: the instant is in one of two grids of `seconds`, half a
    cell apart.
    """
    whole = (at - EPOCH) // timedelta(seconds=1)
    return f"{what}@{whole // seconds * seconds}", f"{what}@{(whole + seconds // 2) // seconds * seconds - seconds // 2}"


def _split(pointer: str) -> bool:
    return not pointer or (pointer.count("/") == 1 and pointer[1:] in LIST_NAMES)


def _is_shell(value: object) -> bool:
    """Whether this is what remains of a document whose list was given element by element."""
    return isinstance(value, dict) and any(value.get(name) == [] for name in LIST_NAMES)


def _open(outer: Delivery, value: object, is_body: IsBody, depth: int) -> Iterator[Delivery]:
    if isinstance(value, str):
        inner = _decoded(value)
        if inner is not None and depth:
            yield from _open(outer._replace(opaque=True), inner, is_body, depth - 1)
    elif isinstance(value, list) and depth:
        for number, item in enumerate(value):
            yield from _open(_within(outer, number), item, is_body, depth - 1)
    elif isinstance(value, dict):
        if is_body(value):
            yield outer._replace(body=value)
        elif depth:
            yield from _inside(outer, value, is_body, depth)


def _inside(outer: Delivery, envelope: Mapping, is_body: IsBody, depth: int) -> Iterator[Delivery]:
    told = outer._replace(
        received_at=_received_at(envelope) or outer.received_at, headers={**outer.headers, **_headers(envelope)}
    )
    for name in dict.fromkeys((*BODY_NAMES, *LIST_NAMES)):
        if isinstance(inner := envelope.get(name), dict | list | str):
            found = list(_open(_within(told, name), inner, is_body, depth - 1))
            if found:
                yield from found
                return


def _within(outer: Delivery, part: str | int) -> Delivery:
    return outer if outer.opaque else outer._replace(place=below(outer.place, part))


def _decoded(content: str) -> object:
    """JSON text, also as GitHub's form `payload=%7B…`."""
    body = unquote_plus(content[8:]) if content.startswith("payload=") else content
    if not body.lstrip().startswith(("{", "[")):
        return None
    try:
        return value_of(body.encode("utf-8", "replace"))
    except ValueError:
        return None


def _received_at(envelope: Mapping) -> Instant | None:
    return next((at for name in RECEIVED_NAMES if (at := instant(envelope, name))), None)


def _headers(envelope: Mapping) -> dict[str, str]:
    """Return the headers of an envelope: an object (values may be lists), or, as smee.io gives them, its own plain fields."""
    given = field(envelope, "headers")
    found: dict[str, str] = {}
    for name, value in (given if isinstance(given, dict) else envelope).items():
        first = value[0] if isinstance(value, list) and value else value
        if isinstance(first, str):
            found[name.lower()] = first
    return found
