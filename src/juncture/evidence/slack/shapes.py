"""Records of a Slack export, as far as a timeline needs them. Everything else in them is skipped while decoding.

Formats: <https://slack.com/help/articles/220556107> (how to read exports), <https://docs.slack.dev/reference/events/message>
(messages and their subtypes), <https://docs.slack.dev/reference/block-kit>. Every field may be missing in some export.
"""

from __future__ import annotations

import msgspec
from msgspec import Struct, field


class Profile(Struct, gc=False):
    """A person's names; messages from other workspaces carry them in `user_profile`."""

    display_name: str | None = None
    real_name: str | None = None
    name: str | None = None

    def shown(self) -> str | None:
        """Return the name that Slack shows."""
        return self.display_name or self.real_name or self.name or None


class User(Struct, gc=False):
    """A row of `users.json`."""

    id: str
    name: str | None = None
    real_name: str | None = None
    is_bot: bool | None = None
    profile: Profile | None = None

    def shown(self) -> str | None:
        """Return the name that Slack shows."""
        return (self.profile.shown() if self.profile else None) or self.real_name or self.name or None


class Channel(Struct, gc=False):
    """A row of `channels.json`, `groups.json`, `mpims.json` or `dms.json` (which has no names)."""

    id: str
    name: str | None = None
    members: tuple[str, ...] | None = None


class BotProfile(Struct, gc=False):
    """The app behind a bot's message."""

    name: str | None = None


class Edited(Struct, gc=False):
    """When a message was last edited."""

    ts: str | None = None


class File(Struct, gc=False):
    """An uploaded file. `mode` is `tombstone` for a deleted one; hidden ones keep their names."""

    name: str | None = None
    title: str | None = None
    mode: str | None = None


class Reaction(Struct, gc=False):
    """An emoji and how many people chose it."""

    name: str | None = None
    count: int | None = None


class Message(Struct, gc=False):
    """An element of a day file. `blocks` and `attachments` are decoded only where the text leaves them to speak."""

    ts: str
    type: str | None = None
    subtype: str | None = None
    user: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    username: str | None = None
    bot_id: str | None = None
    bot_profile: BotProfile | None = None
    user_profile: Profile | None = None
    edited: Edited | None = None
    files: list[File | None] | None = None
    file: File | None = None
    reactions: list[Reaction | None] | None = None
    attachments: msgspec.Raw = field(default_factory=msgspec.Raw)
    blocks: msgspec.Raw = field(default_factory=msgspec.Raw)
    message: Message | None = None
    """The new form, in a `message_changed`."""
    previous_message: Message | None = None
    """The old form, in `message_changed` and `message_deleted`."""
    deleted_ts: str | None = None
    slackdump_thread_replies: list[Message] | None = None
    """Where slackdump puts the answers of a thread."""


class Dump(Struct, gc=False):
    """One channel in one object, as slackdump and the Web API give it."""

    messages: list[Message]
    channel_id: str | None = None
    name: str | None = None
