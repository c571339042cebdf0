"""Slack's export: users, channels, and a file of messages a channel and day.

Identity is the channel's folder (nothing, for a file of its own: its name may change) and `ts`, which Slack never gives twice
in a channel. A message is known to who posted it when it was posted, and `occurred_at` is the post also for an edited one,
with its last text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import count
from typing import TypeVar

import msgspec

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.json_scan import Piece
from juncture.evidence.json_stream import first_pieces, pieces, value_of
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.evidence.slack.people import Directory
from juncture.evidence.slack.shapes import Channel, Dump, Message, User
from juncture.evidence.slack.telling import NAME, Teller
from juncture.model.evidence import LeftOut

WHOLE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file up to which it is decoded at once, which is fast; a larger one is read element by element."""

_TS = re.compile(r"\d{9,11}(?:\.\d{1,7})?")
_TS_FIELDS = ("ts", "thread_ts", "deleted_ts")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{1,20}")
_DAY_NAME = re.compile(r"\d{4}-\d\d-\d\d\.json", re.IGNORECASE)
_ARCHIVE_NAME = re.compile(r"\.(?:zip|tar|tgz|gz|bz2|xz)$", re.IGNORECASE)
_messages = msgspec.json.Decoder(list[Message])
_dump = msgspec.json.Decoder(Dump)
Row = TypeVar("Row", User, Channel, Message)


class _Reader:
    name = NAME
    title = "Slack export"
    reads = "The zip or folder that a workspace's Export page gives (users.json, channels.json, a folder a channel), or parts."

    def recognise(self, head: Head) -> Confidence:
        return Confidence.CERTAIN if _what_is(head) else Confidence.NO

    def session(self, settings: Settings) -> _Session:  # noqa: ARG002 - an export says all its times in UTC
        return _Session()


class _Session:
    def __init__(self) -> None:
        self._directory = Directory()

    def order(self, head: Head) -> int:
        return 1 if _what_is(head) in ("messages", "dump") else 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        what = _what_is(artefact.head())
        if what == "users":
            for user in _rows(artefact, User):
                if isinstance(user, User):
                    self._directory.add_user(user)
                else:
                    yield user
        elif what == "channels":
            for channel in _rows(artefact, Channel):
                if isinstance(channel, Channel):
                    self._directory.add_channel(channel)
                else:
                    yield channel
        elif what == "dump":
            yield from self._read_dump(artefact)
        else:
            name, is_folder = _channel_of(artefact.label)
            yield from self._sightings(artefact, name, name if is_folder else None, _placed_messages(artefact))

    def _read_dump(self, artefact: Artefact) -> Iterator[Found]:
        try:
            dump = _dump.decode(artefact.read_whole())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield LeftOut(artefact.label, "a channel dump that is no whole JSON. Write it again", damaged=True)
            return
        channel = dump.name or (self._directory.channel(dump.channel_id) if dump.channel_id else None)
        yield from self._sightings(artefact, channel, channel, _with_answers(dump.messages, "/messages"))

    def _sightings(
        self, artefact: Artefact, channel: str | None, scope: str | None, placed: Iterable[tuple[str, Message] | LeftOut]
    ) -> Iterator[Found]:
        teller = Teller(artefact, channel, self._directory, scope)
        unsaid = 0
        for item in placed:
            if isinstance(item, LeftOut):
                yield item
                continue
            place, message = item
            try:
                sighting = teller.sighting(place, message)
            except (ValueError, OverflowError):
                yield LeftOut(artefact.at(place), f"a message whose time cannot be read: {message.ts[:40]!r}", damaged=True)
                continue
            if sighting:
                yield sighting
            else:
                unsaid += 1
        if unsaid:
            yield LeftOut(artefact.label, "deleted or empty messages, of which the export keeps no text", unsaid)


def _with_answers(messages: list[Message], place: str) -> Iterator[tuple[str, Message]]:
    """Yield messages with their places, each followed by the answers that slackdump keeps inside of it."""
    for number, message in enumerate(messages):
        own = f"{place}/{number}"
        yield own, message
        yield from _with_answers(message.slackdump_thread_replies or [], f"{own}/slackdump_thread_replies")


def _what_is(head: Head) -> str | None:
    """Return which file of an export this is: `users`, `channels`, `messages`, `dump`, or None."""
    if head.first_byte == b"{":
        start = head.text[:4096]
        return "dump" if '"messages"' in start and '"channel_id"' in start and '"ts"' in head.text else None
    if head.first_byte != b"[":
        return None
    for piece in first_pieces(head, lambda pointer: pointer == "", most=3):
        try:
            value = value_of(piece.raw)
        except ValueError:
            continue
        if isinstance(value, dict) and (what := _what_row_is(value)):
            return what
    return None


def _what_row_is(row: dict[str, object]) -> str | None:
    identity, ts = row.get("id"), row.get("ts")
    said = "user" in row or "text" in row or any(isinstance(row.get(key), dict) for key in ("message", "previous_message"))
    if ("type" in row or "subtype" in row) and said and _TS.fullmatch(str(ts)):
        return "messages" if row.get("type", "message") == "message" else None
    if not isinstance(identity, str):
        return None
    if _USER_ID.fullmatch(identity) and "profile" in row and ("name" in row or "team_id" in row):
        return "users"
    if _CHANNEL_ID.fullmatch(identity) and "members" in row and ("created" in row or "name" in row):
        return "channels"
    return None


def _placed_messages(artefact: Artefact) -> Iterable[tuple[str, Message] | LeftOut]:
    """Return the messages of a day file with their places: decoded at once if that is possible, else one by one."""
    if artefact.size <= WHOLE_LIMIT:
        try:
            messages = _messages.decode(artefact.read_whole(WHOLE_LIMIT))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            return zip(map("/{}".format, count()), messages, strict=False)
    return _placed_rows(artefact, Message)


def _rows(artefact: Artefact, row_type: type[Row]) -> Iterator[Row | LeftOut]:
    for item in _placed_rows(artefact, row_type):
        yield item if isinstance(item, LeftOut) else item[1]


def _placed_rows(artefact: Artefact, row_type: type[Row]) -> Iterator[tuple[str, Row] | LeftOut]:
    """Yield the elements of an array of any size; what does not fit the format is left out with its place."""
    decoder = msgspec.json.Decoder(row_type)
    for item in pieces(artefact, lambda pointer: pointer == ""):
        if not isinstance(item, Piece):
            yield item
        elif item.place:
            try:
                yield item.place, _row(item.raw, decoder, row_type)
            except (ValueError, msgspec.ValidationError) as error:
                yield LeftOut(artefact.at(item.place), f"not in the form of Slack's export: {error}"[:300], damaged=True)


def _row(raw: bytes, decoder: msgspec.json.Decoder[Row], row_type: type[Row]) -> Row:
    try:
        return decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(msgspec.json.encode(_with_times_as_text(value_of(raw))), type=row_type, strict=False)


def _with_times_as_text(row: object) -> object:
    """Return a row with the `ts` of its messages as text: what passed through scripts often has them as numbers."""
    if not isinstance(row, dict):
        return row
    numbers = {key: row[key] for key in _TS_FIELDS if isinstance(row.get(key), int | float)}
    inner = {key: _with_times_as_text(row[key]) for key in ("edited", "message", "previous_message") if key in row}
    return row | {key: f"{number:.6f}" for key, number in numbers.items()} | inner


def _channel_of(label: str) -> tuple[str | None, bool]:
    """Return the channel that a file belongs to, and whether that is certain: the folder of a day file, else the file's name.

    A file of its own may have any name, and another one when it is fetched again.
    """
    parts = [part for part in label.replace("!/", "/").replace("\\", "/").split("/") if part]
    if not parts:
        return None, False
    if _DAY_NAME.fullmatch(parts[-1]):
        folder = parts[-2] if len(parts) > 1 else ""
        is_folder = bool(folder) and folder not in (".", "..") and not _ARCHIVE_NAME.search(folder)
        return folder if is_folder else None, is_folder
    return parts[-1].removesuffix(".json"), False


READER = _Reader()
"""The reader that the registry finds. Yields sightings, and `LeftOut` for what is deleted or damaged."""
