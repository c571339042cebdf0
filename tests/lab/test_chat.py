"""The Slack export."""

import json
import random
from datetime import UTC, datetime
from pathlib import Path

from lab.chat import Chat, escape
from lab.faults.habits import ROLES
from lab.people import cast


def make(tmp_path: Path):
    rng = random.Random(5)
    people = cast(rng, ROLES)
    chat = Chat(rng, list(people.values()))
    chat.open_channel("alerts")
    return chat, people, tmp_path / "slack"


def day(folder: Path, channel: str) -> list[dict]:
    return json.loads((folder / channel / f"{datetime.now(UTC):%Y-%m-%d}.json").read_text())


def test_users_are_marked_as_sample_personas(tmp_path: Path) -> None:
    chat, people, folder = make(tmp_path)
    chat.export(folder)
    users = json.loads((folder / "users.json").read_text())
    assert len(users) == len(people)
    assert all(user["profile"]["title"].endswith("(sample persona)") for user in users)
    assert [channel["name"] for channel in json.loads((folder / "channels.json").read_text())] == ["alerts"]


def test_replies_name_their_parent_and_the_parent_counts_them(tmp_path: Path) -> None:
    chat, people, folder = make(tmp_path)
    parent = chat.bot("Pager", "alerts", "Paging", [{"fallback": "[FIRING] X"}])
    first = chat.post(people["right"], "alerts", "ack", parent)
    last = chat.post(people["dev"], "alerts", "hm", parent)
    chat.export(folder)
    messages = day(folder, "alerts")
    assert messages[0]["reply_count"] == 2
    assert messages[0]["latest_reply"] == last.ts
    assert messages[0]["subtype"] == "bot_message"
    assert messages[1]["thread_ts"] == parent.ts
    assert messages[1]["ts"] == first.ts
    assert messages[1]["user"] == people["right"].id


def test_timestamps_are_unique_and_rise(tmp_path: Path) -> None:
    chat, people, folder = make(tmp_path)
    for number in range(200):
        chat.post(people["dev"], "alerts", str(number))
    chat.export(folder)
    stamps = [message["ts"] for message in day(folder, "alerts")]
    assert len(set(stamps)) == 200
    assert stamps == sorted(stamps)
    assert all(len(stamp.split(".")[1]) == 6 for stamp in stamps)


def test_an_edit_keeps_the_place_and_says_when(tmp_path: Path) -> None:
    chat, people, folder = make(tmp_path)
    message = chat.post(people["dev"], "alerts", "rolling bakc")
    chat.edit(message, "rolling back")
    chat.react(message, people["right"], "eyes")
    chat.react(message, people["right"], "eyes")
    chat.react(message, people["db"], "eyes")
    chat.export(folder)
    exported = day(folder, "alerts")[0]
    assert exported["text"] == "rolling back"
    assert exported["edited"]["user"] == people["dev"].id
    assert exported["reactions"] == [{"name": "eyes", "users": [people["right"].id, people["db"].id], "count": 2}]


def test_markup_in_pasted_text_is_escaped_as_slack_does() -> None:
    assert escape("a <b> & c") == "a &lt;b&gt; &amp; c"
