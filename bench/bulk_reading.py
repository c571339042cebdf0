"""Reading a Slack export of a million messages: `python bench/bulk_reading.py [--messages N] [--seed N] [--keep DIR]`.

Times `juncture timeline EXPORT --all --no-mask --format jsonl` as a whole process, from a cold start to its last line, against a
bare typed msgspec decode of the same files in another process of the same run, and prints the ratio and the peak memory. Then
`juncture draft` with masking and `--store`. Limits: 10 times and 300 MB; 25 times.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

RATIO_LIMIT, STORE_RATIO_LIMIT, MEMORY_LIMIT_MB = 10, 25, 300
CHANNELS, FIRST_DAY = 12, datetime(2026, 1, 1, tzinfo=UTC)
WORDS = """pool exhausted replica lag checkout errors rolling back deploy looks fine dashboards paging latency climbing customers
see retry queue depth restarting pods error rate falling ack thanks looking at logs trace timeout connection refused upstream
database migration index lock budget alert firing resolved mitigated status page update canary traffic shifted failover cache
warm cold start memory limit raised lowered config flag flipped off on again nothing obvious yet graphs flat spike before noon""".split()
BARE = """
import sys, time, msgspec
from pathlib import Path
class Message(msgspec.Struct, gc=False):
    ts: str
    text: str = ""
    user: str | None = None
    thread_ts: str | None = None
decoder = msgspec.json.Decoder(list[Message])
count = 0
for path in sorted(Path(sys.argv[1]).glob("*/*.json")):
    count += len(decoder.decode(path.read_bytes()))
print(count)
"""


def main() -> None:
    """Make the export, take the times, print the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=3)
    options.add_argument("--lean", action="store_true", help="messages of author, text and time alone, a tenth of the bytes")
    options.add_argument("--keep", type=Path, help="a folder for the export and the output, kept afterwards")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="juncture-bench-") as temporary:
        folder = asked.keep or Path(temporary)
        export = folder / "export"
        if not export.exists():
            make_export(export, asked.messages, asked.seed, lean=asked.lean)
        measure(export, folder)


def measure(export: Path, folder: Path) -> None:
    """Take the times of the commands and print them."""
    size = sum(path.stat().st_size for path in export.rglob("*.json"))
    juncture = [sys.executable, "-m", "juncture"]
    bare = min(
        (timed([sys.executable, "-c", BARE, str(export)], folder / "bare.txt") for _ in range(3)), key=lambda one: one.cpu
    )
    print(f"{size / 1e6:.0f} MB; bare typed decode: {bare.cpu:.2f} s of processor time ({bare.clock:.2f} s by the clock)")
    out = folder / "timeline.jsonl"
    took = timed([*juncture, "timeline", str(export), "--all", "--no-mask", "--format", "jsonl"], out)
    with out.open("rb") as stream:
        events = sum(1 for _ in stream)
    tell(f"timeline, {events:,} events", took, bare, RATIO_LIMIT)
    took = timed([*juncture, "draft", str(export), "--json", "--store", str(folder / "store")], folder / "draft.json")
    tell("draft, masked and stored", took, bare, STORE_RATIO_LIMIT)


def tell(what: str, took: Took, bare: Took, limit: int) -> None:
    """Print what a command took, against the bare decode and the limits."""
    print(
        f"{what}: {took.cpu:.1f} s, {took.cpu / bare.cpu:.1f} times the decode (limit {limit}); {took.clock:.1f} s by the clock"
    )
    print(f"  peak memory {took.memory:.0f} MB (limit {MEMORY_LIMIT_MB})")


class Took(NamedTuple):
    """Seconds of processor time and by the clock, and MB of memory at the peak."""

    cpu: float
    clock: float
    memory: float


def timed(command: list[str], output: Path) -> Took:
    """Run a command into a file and return what it took. Processor time is what the ratios are of: machines are shared."""
    started = time.perf_counter()
    with output.open("wb") as stream:
        process = subprocess.Popen(command, stdout=stream, stderr=subprocess.PIPE)
        assert process.stderr is not None
        told = process.stderr.read().decode("utf-8", "replace")
        _, status, used = os.wait4(process.pid, 0)
    clock = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) > 1:
        raise SystemExit(f"{' '.join(command)}\n{told}")
    return Took(used.ru_utime + used.ru_stime, clock, used.ru_maxrss / 1024)


def make_export(folder: Path, messages: int, seed: int, *, lean: bool = False) -> None:
    """Write an export of `messages` messages over channels and days, with threads, bots, edits, reactions and mentions."""
    dice = random.Random(seed)
    users = [
        {"id": f"U{n:03}", "name": f"user{n}", "real_name": f"User {n}", "profile": {"display_name": f"user{n}"}}
        for n in range(60)
    ]
    channels = [{"id": f"C{n:08}", "name": f"incident-{n}", "created": 1735689600, "members": []} for n in range(CHANNELS)]
    write(folder / "users.json", users)
    write(folder / "channels.json", channels)
    days = max(1, messages // (CHANNELS * 2000))
    for channel in channels:
        for day in range(days):
            count = messages // (CHANNELS * days)
            start = FIRST_DAY + timedelta(days=day)
            write(folder / str(channel["name"]) / f"{start:%Y-%m-%d}.json", list(said(dice, start, count, users, lean=lean)))


def said(dice: random.Random, start: datetime, count: int, users: list[dict], *, lean: bool) -> list[dict]:
    """Return a day's messages in order."""
    found, thread = [], None
    seconds = start.timestamp()
    for number in range(count):
        stamp = f"{int(seconds + number * 86400 / count)}.{dice.randrange(10**6):06}"
        text = " ".join(dice.choices(WORDS, k=dice.choice((2, 3, 4, 6))))
        user = dice.choice(users)
        message = {"type": "message", "user": user["id"], "text": text, "ts": stamp}
        if not lean:
            message |= as_exported(dice, user, text)
        chance = dice.random()
        if chance < 0.15 and thread:
            message["thread_ts"] = thread
        elif chance < 0.2:
            thread = message["thread_ts"] = stamp
        elif chance < 0.23:
            message |= {"subtype": "bot_message", "username": "alerts", "bot_id": "B01"}
        elif chance < 0.25:
            message["edited"] = {"user": message["user"], "ts": stamp}
        elif chance < 0.28:
            message["reactions"] = [{"name": "eyes", "users": [users[0]["id"]], "count": 1}]
        elif chance < 0.31:
            message["text"] = f"<@{dice.choice(users)['id']}> {text} <https://grafana.example.com/d/abc|dashboard>"
        found.append(message)
    return found


def as_exported(dice: random.Random, user: dict, text: str) -> dict:
    """Return the other fields that a workspace's export has in each message of a person."""
    words = [{"type": "text", "text": text}]
    profile = {"avatar_hash": "g5d1", "first_name": user["name"], "real_name": user["real_name"], "display_name": user["name"]}
    return {
        "client_msg_id": f"{dice.getrandbits(128):032x}",
        "team": "T0001",
        "user_team": "T0001",
        "source_team": "T0001",
        "user_profile": profile | {"team": "T0001", "name": user["name"], "is_restricted": False, "is_ultra_restricted": False},
        "blocks": [{"type": "rich_text", "block_id": "b1", "elements": [{"type": "rich_text_section", "elements": words}]}],
    }


def write(path: Path, value: object) -> None:
    """Write a JSON file as exports have it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


if __name__ == "__main__":
    main()
