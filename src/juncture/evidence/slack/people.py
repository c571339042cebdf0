"""Who and where: names for the ids of users and channels."""

from __future__ import annotations

from juncture.evidence.slack.shapes import Channel, User

_BUILT_IN = {"USLACKBOT": "Slackbot", "U00": "Slack"}


class Directory:
    """The users and channels that an export names; what it doesn't keeps its id."""

    def __init__(self) -> None:
        self._users = dict(_BUILT_IN)
        self._channels: dict[str, str] = {}

    def add_user(self, user: User) -> None:
        """Remember a user's shown name."""
        if name := user.shown():
            self._users[user.id] = name

    def add_channel(self, channel: Channel) -> None:
        """Remember a channel's name."""
        if channel.name:
            self._channels[channel.id] = channel.name

    def user(self, user_id: str) -> str:
        """Return a user's name, the id where it is not known."""
        return self._users.get(user_id, user_id)

    def known_user(self, user_id: str) -> str | None:
        """Return a user's name, None where it is not known."""
        return self._users.get(user_id)

    def channel(self, channel_id: str) -> str:
        """Return a channel's name, the id where it is not known."""
        return self._channels.get(channel_id, channel_id)
