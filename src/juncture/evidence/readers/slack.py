"""Slack's export: users, channels, and a file of messages a channel and day.

Identity is the channel's folder and `ts`, which Slack never gives twice in a channel. A message is known to who posted it when
it was posted, and `occurred_at` is the post also for an edited one, with its last text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TypeVar

import msgspec

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.conversation.programs import reads_as_alert
from juncture.evidence.json_scan import Piece
from juncture.evidence.json_stream import first_pieces, pieces, value_of
from juncture.evidence.links import links_in
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.evidence.slack.markup import (
    addresses,
    addresses_of_attachments,
    readable,
    words_of_attachments,
    words_of_blocks,
)
from juncture.evidence.slack.people import Directory
from juncture.evidence.slack.shapes import Channel, Dump, File, Message, User
from juncture.model.evidence import Kind, Lane, LeftOut, MessageDetails, Sighting
from juncture.model.identity import sighting_id
from juncture.model.instants import Instant, from_epoch

NAME = "slack"
WHOLE_LIMIT = 64 * 1024 * 1024
"""Bytes of a file up to which it is decoded at once, which is fast; a larger one is read element by element."""

_TS = re.compile(r"\d{9,11}\.\d{6}")
_USER_ID = re.compile(r"[UW][A-Z0-9]{1,20}")
_CHANNEL_ID = re.compile(r"[CGD][A-Z0-9]{1,20}")
_DAY_NAME = re.compile(r"\d{4}-\d\d-\d\d\.json", re.IGNORECASE)
_ARCHIVE_NAME = re.compile(r"\.(?:zip|tar|tgz|gz|bz2|xz)$", re.IGNORECASE)
_MEMBERSHIP = frozenset(
    {"channel_join", "channel_leave", "group_join", "group_leave", "bot_add", "bot_remove", "pinned_item", "unpinned_item"}
    | {f"{kind}_{what}" for kind in ("channel", "group") for what in ("topic", "purpose", "name", "archive", "unarchive")}
    | {"channel_convert_to_private", "channel_convert_to_public", "channel_posting_permissions", "channel_canvas_updated"}
    | {"sh_room_created", "sh_room_shared", "reminder_add", "joiner_notification", "tabbed_canvas_updated"}
)
_NOTHING_SAID = frozenset({"tombstone", "message_replied", "ekm_access_denied", "hidden_by_limit"})

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
        self._authors: dict[str, tuple[str, tuple[str, ...]]] = {}

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
            yield from self._sightings(artefact, _channel_of(artefact.label), _placed_messages(artefact))

    def _read_dump(self, artefact: Artefact) -> Iterator[Found]:
        try:
            dump = _dump.decode(artefact.read_whole())
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            yield LeftOut(artefact.label, "a channel dump that is no whole JSON. Write it again", damaged=True)
            return
        channel = dump.name or (self._directory.channel(dump.channel_id) if dump.channel_id else None)
        yield from self._sightings(
            artefact, channel, ((f"/messages/{number}", message) for number, message in enumerate(dump.messages))
        )

    def _sightings(
        self, artefact: Artefact, channel: str | None, placed: Iterable[tuple[str, Message] | LeftOut]
    ) -> Iterator[Found]:
        plain = MessageDetails(channel=channel)
        unsaid = 0
        for item in placed:
            if isinstance(item, LeftOut):
                yield item
                continue
            place, message = item
            try:
                sighting = self._sighting(artefact, place, message, plain)
            except (ValueError, OverflowError):
                yield LeftOut(artefact.at(place), f"a message whose time cannot be read: {message.ts[:40]!r}", damaged=True)
                continue
            if sighting:
                yield sighting
            else:
                unsaid += 1
        if unsaid:
            yield LeftOut(artefact.label, "deleted or empty messages, of which the export keeps no text", unsaid)

    def _sighting(self, artefact: Artefact, place: str, found: Message, plain: MessageDetails) -> Sighting | None:
        """Return the sighting of one element, None where it says nothing."""
        message, changed_at, deleted_at = _last_form(found)
        if message.subtype in _NOTHING_SAID and not message.text:
            return None
        posted_at = _instant(message.ts)
        author, known_by = self._author(message)
        text = message.text or ""
        is_bot = bool(message.bot_id) or message.subtype == "bot_message"
        is_plain = not (is_bot or message.subtype or message.files or "<" in text or "&" in text) and bool(text)
        links: tuple[str, ...] = ()
        if is_plain:
            links = links_in(text)
        else:
            text, links = self._words(message, is_bot=is_bot)
        if not text or message.subtype == "tombstone":
            return None
        details = plain
        if not is_plain or message.thread_ts or message.edited or message.reactions or deleted_at or changed_at:
            details = _details(message, plain, is_bot=is_bot, changed_at=changed_at, deleted_at=deleted_at)
        channel = plain.channel or ""
        return Sighting(
            id=sighting_id(NAME, channel, message.ts),
            source=NAME,
            kind=Kind.MEMBERSHIP if message.subtype in _MEMBERSHIP else Kind.MESSAGE,
            lane=Lane.SIGNAL if is_bot and reads_as_alert(text, author or "") else Lane.PEOPLE,
            occurred_at=posted_at,
            earliest=posted_at,
            latest=posted_at,
            summary=text,
            citation=artefact.cite(place),
            recorded_at=posted_at,
            known_at=posted_at,
            known_by=() if is_bot else known_by,
            actor=author,
            keys=(f"slack:{channel}/{message.ts}",),
            links=links,
            details=details,
        )

    def _author(self, message: Message) -> tuple[str | None, tuple[str, ...]]:
        """Return who speaks, and the same as those who know of it. A name is looked up once a person."""
        user = message.user
        if user and not message.username:
            known = self._authors.get(user)
            if known is None:
                name = self._directory.known_user(user) or (message.user_profile.shown() if message.user_profile else None)
                if name is None and message.bot_profile:
                    name = message.bot_profile.name
                known = (name or user, (name or user,))
                if name:
                    self._authors[user] = known
            return known
        bot = message.bot_profile.name if message.bot_profile else None
        own_name = message.username or bot or (self._directory.user(user) if user else message.bot_id)
        return own_name, ((own_name,) if own_name else ())

    def _words(self, message: Message, *, is_bot: bool) -> tuple[str, tuple[str, ...]]:
        """Return a message's words, wherever they stand, and what they link to."""
        directory, written = self._directory, message.text or ""
        words = readable(written, directory).strip()
        links = dict.fromkeys(addresses(written))
        if not words:
            words = words_of_blocks(message.blocks, directory)
        if not words or is_bot:
            more = words_of_attachments(message.attachments, directory, previews=not words)
            links.update(dict.fromkeys(addresses_of_attachments(message.attachments)))
            words = "\n".join(part for part in (words, more) if part and part not in words) if words else more
            words = words or readable(written, directory)
        if not words:
            words = _shared(_files(message))
        if message.subtype in ("huddle_thread", "sh_room_created") and not words:
            words = "started a huddle"
        links.update(dict.fromkeys(links_in(words)))
        return words, tuple(links)


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
    if isinstance(ts, str) and _TS.fullmatch(ts) and ("type" in row or "subtype" in row) and ("user" in row or "text" in row):
        return "messages" if row.get("type", "message") == "message" else None
    if not isinstance(identity, str):
        return None
    if _USER_ID.fullmatch(identity) and "profile" in row and ("name" in row or "team_id" in row):
        return "users"
    if _CHANNEL_ID.fullmatch(identity) and "members" in row and ("created" in row or "name" in row):
        return "channels"
    return None


def _placed_messages(artefact: Artefact) -> Iterator[tuple[str, Message] | LeftOut]:
    """Yield the messages of a day file with their places: decoded at once if that is possible, else one by one."""
    if artefact.size <= WHOLE_LIMIT:
        try:
            messages = _messages.decode(artefact.read_whole(WHOLE_LIMIT))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            pass
        else:
            for number, message in enumerate(messages):
                yield f"/{number}", message
            return
    yield from _placed_rows(artefact, Message)


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
        return msgspec.json.decode(msgspec.json.encode(value_of(raw)), type=row_type, strict=False)


def _channel_of(label: str) -> str | None:
    """Return the channel that a file belongs to: the folder of a day file, else the file's own name."""
    parts = [part for part in label.replace("!/", "/").replace("\\", "/").split("/") if part]
    if not parts:
        return None
    if _DAY_NAME.fullmatch(parts[-1]):
        folder = parts[-2] if len(parts) > 1 else ""
        return None if not folder or folder in (".", "..") or _ARCHIVE_NAME.search(folder) else folder
    return parts[-1].removesuffix(".json")


def _last_form(found: Message) -> tuple[Message, Instant | None, Instant | None]:
    """Return the message that an element tells of in its last form, when it was changed, and when it was deleted."""
    if found.subtype == "message_changed" and found.message:
        return found.message, _instant(found.ts), None
    if found.subtype == "message_deleted" and found.previous_message:
        return found.previous_message, None, _instant(found.ts)
    return found, None, None


def _details(
    message: Message, plain: MessageDetails, *, is_bot: bool, changed_at: Instant | None, deleted_at: Instant | None
) -> MessageDetails:
    edited_at = _instant(message.edited.ts) if message.edited and message.edited.ts else changed_at
    answers = message.thread_ts if message.thread_ts and message.thread_ts != message.ts else None
    return MessageDetails(
        channel=plain.channel,
        thread=answers,
        bot=is_bot,
        edited_at=edited_at,
        deleted_at=deleted_at,
        files=_files(message),
        reactions=tuple(f":{one.name}: {one.count or 1}" for one in message.reactions or ()),
    )


def _files(message: Message) -> tuple[str, ...]:
    found = [file for file in [*(message.files or ()), message.file] if file]
    return tuple(_file_name(file) for file in found)


def _file_name(file: File) -> str:
    return file.name or file.title or ("a deleted file" if file.mode == "tombstone" else "a file")


def _shared(files: tuple[str, ...]) -> str:
    if not files:
        return ""
    return f"shared a file: {files[0]}" if len(files) == 1 else f"shared {len(files)} files: {', '.join(files)}"


def _instant(ts: str) -> Instant:
    """Return the instant of a `ts`, seconds and microseconds of the epoch. Raises ValueError or OverflowError."""
    seconds, _, fraction = ts.partition(".")
    return from_epoch(int(seconds), int((fraction + "000000")[:6]))


READER = _Reader()
"""The reader that the registry finds. Yields sightings, and `LeftOut` for what is deleted or damaged."""
