"""The chat of a recording, kept as Slack keeps it and written as Slack exports it."""

from __future__ import annotations

import json
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from lab.people import Person

Json = dict[str, object]


@dataclass
class Message:
    """A message that can still get replies, reactions and edits."""

    channel: str
    ts: str
    body: Json
    replies: list[Json] = field(default_factory=list)

    @property
    def at(self) -> float:
        """When it was posted, in epoch seconds."""
        return float(self.ts)


class Chat:
    """Channels and what was said in them, in real time; safe from several threads."""

    def __init__(self, rng: random.Random, people: list[Person]) -> None:
        self._rng = rng
        self._people = people
        self._team = "T0" + _letters(rng, 8)
        self._bots: dict[str, str] = {}
        self._channels: dict[str, str] = {}
        self._created: dict[str, float] = {}
        self._messages: dict[str, list[Message]] = {}
        self._lock = threading.RLock()
        self._last = 0.0

    def open_channel(self, name: str, creator: Person | None = None) -> None:
        """Make a channel; with a creator, also the line that they joined."""
        with self._lock:
            if name in self._channels:
                return
            self._channels[name] = "C0" + _letters(self._rng, 9)
            self._messages[name] = []
            self._created[name] = time.time() if creator else time.time() - 8e6
        if creator:
            self._add(
                name, {"subtype": "channel_join", "user": creator.id, "text": f"{creator.mention} has joined the channel"}
            )

    def link(self, name: str) -> str:
        """As Slack stores a link to a channel."""
        return f"<#{self._channels[name]}|{name}>"

    def post(self, person: Person, channel: str, text: str, thread: Message | None = None) -> Message:
        """Somebody says something, in a thread if one is given."""
        body: Json = {
            "client_msg_id": str(uuid.UUID(int=self._rng.getrandbits(128), version=4)),
            "type": "message",
            "text": text,
            "user": person.id,
            "team": self._team,
            "user_team": self._team,
            "source_team": self._team,
            "user_profile": {
                "real_name": person.name,
                "display_name": person.handle,
                "name": person.handle,
                "team": self._team,
            },
        }
        return self._add(channel, body, thread)

    def bot(self, name: str, channel: str, text: str, attachments: list[Json] | None = None) -> Message:
        """Post as an application."""
        with self._lock:
            bot_id = self._bots.setdefault(name, "B0" + _letters(self._rng, 9))
        body: Json = {"type": "message", "subtype": "bot_message", "text": text, "username": name, "bot_id": bot_id}
        if attachments:
            body["attachments"] = attachments
        return self._add(channel, body)

    def react(self, message: Message, person: Person, emoji: str) -> None:
        """Somebody reacts with an emoji; Slack keeps no time for it."""
        with self._lock:
            reactions = message.body.setdefault("reactions", [])
            assert isinstance(reactions, list)
            for reaction in reactions:
                if reaction["name"] == emoji:
                    if person.id not in reaction["users"]:
                        reaction["users"].append(person.id)
                        reaction["count"] += 1
                    return
            reactions.append({"name": emoji, "users": [person.id], "count": 1})

    def edit(self, message: Message, text: str) -> None:
        """Let the author replace the text; the export keeps only the new one, and when."""
        with self._lock:
            message.body["text"] = text
            message.body["edited"] = {"user": message.body["user"], "ts": f"{time.time():.0f}.000000"}

    def export(self, folder: Path) -> None:
        """Write the Slack export: users.json, channels.json, `<channel>/YYYY-MM-DD.json` by day in UTC."""
        folder.mkdir(parents=True, exist_ok=True)
        with self._lock:
            _write(folder / "users.json", [self._user(person) for person in self._people])
            _write(folder / "channels.json", [self._channel(name) for name in self._channels])
            for name, messages in self._messages.items():
                days: dict[str, list[Json]] = {}
                for message in sorted(messages, key=lambda one: one.at):
                    day = datetime.fromtimestamp(message.at, UTC).strftime("%Y-%m-%d")
                    days.setdefault(day, []).append(message.body)
                for day, bodies in days.items():
                    (folder / name).mkdir(exist_ok=True)
                    _write(folder / name / f"{day}.json", bodies)

    def _add(self, channel: str, body: Json, thread: Message | None = None) -> Message:
        with self._lock:
            now = max(time.time(), self._last + 0.000_01)
            self._last = now
            ts = f"{now:.6f}"
            whole: Json = {"type": "message", **body, "ts": ts}
            message = Message(channel, ts, whole)
            if thread is not None:
                whole["thread_ts"] = thread.ts
                whole["parent_user_id"] = thread.body.get("user", thread.body.get("bot_id", ""))
                self._count_reply(thread, whole)
            self._messages[channel].append(message)
            return message

    def _count_reply(self, parent: Message, reply: Json) -> None:
        """Note in the parent who replied and when last."""
        parent.replies.append({"user": reply.get("user", ""), "ts": reply["ts"]})
        users = list(dict.fromkeys(str(one["user"]) for one in parent.replies))
        parent.body |= {
            "thread_ts": parent.ts,
            "reply_count": len(parent.replies),
            "reply_users_count": len(users),
            "latest_reply": reply["ts"],
            "reply_users": users,
            "replies": list(parent.replies),
            "is_locked": False,
            "subscribed": False,
        }

    def _user(self, person: Person) -> Json:
        return {
            "id": person.id,
            "team_id": self._team,
            "name": person.handle,
            "deleted": False,
            "real_name": person.name,
            "tz": {"+0000": "Etc/UTC", "+0100": "Europe/Berlin", "+0200": "Europe/Helsinki"}.get(
                person.zone, "America/New_York"
            ),
            "tz_offset": (1 if person.zone[0] == "+" else -1) * int(person.zone[1:3]) * 3600,
            "profile": {
                "title": f"{person.title} (sample persona)",
                "real_name": person.name,
                "display_name": person.handle,
                "email": person.email,
            },
            "is_bot": False,
        }

    def _channel(self, name: str) -> Json:
        return {
            "id": self._channels[name],
            "name": name,
            "created": int(self._created[name]),
            "creator": self._people[0].id,
            "is_archived": False,
            "is_general": name == "general",
            "members": [person.id for person in self._people],
            "topic": {"value": "", "creator": "", "last_set": 0},
            "purpose": {"value": "", "creator": "", "last_set": 0},
        }


def escape(text: str) -> str:
    """As Slack stores `&`, `<` and `>` that are not markup."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _letters(rng: random.Random, count: int) -> str:
    return "".join(rng.choices("ABCDEFGHJKMNPQRSTVWXYZ0123456789", k=count))


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n")
