"""From a message of an export to what it tells: who said what when, in which form it stands last."""

from __future__ import annotations

from datetime import timedelta

from juncture.evidence.artefact import Artefact
from juncture.evidence.conversation.programs import reads_as_alert
from juncture.evidence.links import links_in
from juncture.evidence.slack.markup import (
    addresses,
    addresses_of_attachments,
    readable,
    words_of_attachments,
    words_of_blocks,
)
from juncture.evidence.slack.people import Directory
from juncture.evidence.slack.shapes import File, Message
from juncture.model.evidence import Citation, Kind, Lane, MessageDetails, Sighting
from juncture.model.identity import Identities
from juncture.model.instants import EPOCH, Instant, from_epoch

NAME = "slack"
_FIRST_SECOND = 1_000_000_000
"""Of the epoch, long before there was a Slack: a smaller `ts` is a missing one."""
_MEMBERSHIP = frozenset(
    {"channel_join", "channel_leave", "group_join", "group_leave", "bot_add", "bot_remove", "pinned_item", "unpinned_item"}
    | {f"{kind}_{what}" for kind in ("channel", "group") for what in ("topic", "purpose", "name", "archive", "unarchive")}
    | {"channel_convert_to_private", "channel_convert_to_public", "channel_posting_permissions", "channel_canvas_updated"}
    | {"sh_room_created", "sh_room_shared", "reminder_add", "joiner_notification", "tabbed_canvas_updated"}
)
_NAMES_NOTHING = bytes(set(range(256)) - set(b"0123456789#:ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
"""The bytes of UTF-8 that alone make no link: each needs a digit, `#`, `://` or two capitals."""
_NOTHING_SAID = frozenset({"tombstone", "message_replied", "ekm_access_denied", "hidden_by_limit"})


class Teller:
    """Makes sightings of the messages of one file.

    The identity of a message is its `scope` (the channel's folder) and `ts`, which Slack gives once in a channel; an edited or
    deleted one keeps it.
    """

    def __init__(self, artefact: Artefact, channel: str | None, directory: Directory, scope: str | None) -> None:
        self._hash, self._path = artefact.hash, artefact.path
        self._id_of = Identities(NAME, scope or "").of
        self._directory = directory
        self._plain = MessageDetails(channel=channel)
        self._authors: dict[str | None, tuple[str, tuple[str, ...]]] = {}

    def sighting(self, place: str, message: Message) -> Sighting | None:
        """Return what a message tells, None for one that says nothing. Raises ValueError or OverflowError for a bad time."""
        text, ts = message.text, message.ts
        author = self._authors.get(message.user)
        if author is None or not text or text[0].isspace() or ts[-7:-6] != "." or not _is_of_a_person(message):
            return self._in_full(place, message)
        # The same as below for the messages that are most of every export, in a third of the time.
        seconds = int(ts[:-7])
        if seconds < _FIRST_SECOND:
            raise ValueError(ts)
        posted_at = EPOCH + timedelta(0, seconds, int(ts[-6:]))
        links: tuple[str, ...] = ()
        if "<" in text or "&" in text:
            text, links = self._words(message, is_bot=False)
            if not text:
                return None
        elif (rest := text.encode().translate(None, _NAMES_NOTHING)) and (len(rest) > 1 or not rest.isupper()):
            links = links_in(text)
        details = self._plain
        if message.thread_ts or message.edited or message.reactions:
            details = _details(message, details.channel, is_bot=False, changed_at=None, deleted_at=None)
        name, known_by = author
        return Sighting(
            id=self._id_of(ts),
            source=NAME,
            kind=Kind.MESSAGE,
            lane=Lane.PEOPLE,
            occurred_at=posted_at,
            earliest=posted_at,
            latest=posted_at,
            summary=text,
            citation=Citation(self._hash, self._path, place),
            recorded_at=posted_at,
            known_at=posted_at,
            known_by=known_by,
            actor=name,
            links=links,
            details=details,
        )

    def _in_full(self, place: str, found: Message) -> Sighting | None:
        message, changed_at, deleted_at = _last_form(found)
        if message.subtype == "tombstone" or (message.subtype in _NOTHING_SAID and not message.text):
            return None
        posted_at = _instant(message.ts)
        author = self._author(message)
        is_bot = bool(message.bot_id) or message.subtype == "bot_message"
        text, links = self._words(message, is_bot=is_bot)
        if not text:
            return None
        return Sighting(
            id=self._id_of(message.ts),
            source=NAME,
            kind=Kind.MEMBERSHIP if message.subtype in _MEMBERSHIP else Kind.MESSAGE,
            lane=Lane.SIGNAL if is_bot and reads_as_alert(text, author or "") else Lane.PEOPLE,
            occurred_at=posted_at,
            earliest=posted_at,
            latest=posted_at,
            summary=text,
            citation=Citation(self._hash, self._path, place),
            recorded_at=posted_at,
            known_at=posted_at,
            known_by=(author,) if author and not is_bot else (),
            actor=author,
            links=links,
            details=_details(message, self._plain.channel, is_bot=is_bot, changed_at=changed_at, deleted_at=deleted_at),
        )

    def _author(self, message: Message) -> str | None:
        """Return who speaks: by the directory, else as the message itself names them, else the bare id."""
        user = message.user
        bot = message.bot_profile.name if message.bot_profile else None
        if not user or message.username:
            return message.username or bot or (self._directory.user(user) if user else message.bot_id)
        name = self._directory.known_user(user) or (message.user_profile.shown() if message.user_profile else None) or bot
        if name:
            self._authors[user] = (name, (name,))
        return name or user

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
            words = f"{words}\n{more}".strip() if more not in words else words
        if not words:
            words = _shared(_files(message))
        if message.subtype in ("huddle_thread", "sh_room_created") and not words:
            words = "started a huddle"
        links.update(dict.fromkeys(links_in(words)))
        return words, tuple(links)


def _is_of_a_person(message: Message) -> bool:
    """Return whether a person posted a message, and by words alone: neither a program's, nor a notice, nor a file's."""
    return not (message.subtype or message.bot_id or message.username or message.files or message.file)


def _last_form(found: Message) -> tuple[Message, Instant | None, Instant | None]:
    """Return the message that an element tells of in its last form, when it was changed, and when it was deleted."""
    if found.subtype == "message_changed" and found.message:
        return found.message, _instant(found.ts), None
    if found.subtype == "message_deleted" and found.previous_message:
        return found.previous_message, None, _instant(found.ts)
    return found, None, None


def _details(
    message: Message, channel: str | None, *, is_bot: bool, changed_at: Instant | None, deleted_at: Instant | None
) -> MessageDetails:
    edited_at = _instant(message.edited.ts) if message.edited and message.edited.ts else changed_at
    reactions = message.reactions
    return MessageDetails(
        channel=channel,
        thread=message.thread_ts if message.thread_ts and message.thread_ts != message.ts else None,
        bot=is_bot,
        edited_at=edited_at,
        deleted_at=deleted_at,
        files=_files(message),
        reactions=tuple(f":{one.name}: {one.count or 1}" for one in reactions if one and one.name) if reactions else (),
    )


def _files(message: Message) -> tuple[str, ...]:
    if not (message.files or message.file):
        return ()
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
    if int(seconds) < _FIRST_SECOND:
        raise ValueError(ts)
    return from_epoch(int(seconds), int((fraction + "000000")[:6]))
