"""Plays the responders: they wait, look, run real commands, and say what their role would say about what they see."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from lab.chat import Chat, Message, escape
from lab.journal import Journal, Kind, Mark
from lab.pager import Delivery
from lab.people import Person, slip, write
from lab.phrases import Phrases
from lab.scene import Scene
from lab.stack import Stack

ERRORS = "service:http_errors:ratio30s"
LATENCY = "service:http_latency_seconds:p95"
REACTIONS = ("+1", "pray", "100", "white_check_mark", "thinking_face", "grimacing", "tada")


@dataclass(frozen=True)
class Side:
    """What talk beside the point is drawn from, so that when it happens does not change what the responders say."""

    rng: random.Random
    phrases: Phrases


class Director:
    """One recording's play. `slots` are filled into phrases; faults add theirs."""

    def __init__(
        self,
        *,
        rng: random.Random,
        scene: Scene,
        people: dict[str, Person],
        chat: Chat,
        journal: Journal,
        phrases: Phrases,
        side: Side,
    ) -> None:
        self.rng = rng
        self.scene = scene
        self.people = people
        self.chat = chat
        self.journal = journal
        self.phrases = phrases
        self.side = side
        self.slots: dict[str, str] = {}
        self.tempo = 1.0
        self.pages: dict[str, Message] = {}
        self._thread: Message | None = None
        self._stack: Stack | None = None
        self._history: list[tuple[int, str]] = []
        self._deploys_said = 0
        self._noise: list[tuple[float, Callable[[], object]]] = []
        for role, person in people.items():
            self.slots[role] = person.first.lower() if rng.random() < 0.7 else person.first
            self.slots[f"{role}_at"] = person.mention

    @property
    def stack(self) -> Stack:
        """The running system."""
        assert self._stack is not None
        return self._stack

    def enter(self, stack: Stack) -> None:
        """From now on commands run on `stack`."""
        self._stack = stack

    # what people say

    def say(
        self,
        role: str,
        intent: str,
        channel: str,
        *,
        mark: Mark | None = None,
        typing: tuple[float, float] = (1.5, 5.0),
        **slots: str,
    ) -> Message:
        """Let `role` type for a while (seconds), then post words for `intent`; now and then they slip or get a reaction."""
        self.pause(typing[0] * self.tempo, typing[1] * self.tempo)
        person = self.people[role]
        text = write(self.phrases.choose(intent, {**self.slots, **slots}), person.style, self.rng)
        slipped = slip(text, self.rng) if self.chance(0.06) and not person.style.typos else text
        message = self.post(role, slipped, channel, mark=mark)
        if slipped != text:
            self._correct(message, person, slipped, text)
        if self.chance(0.1):
            other = self.rng.choice([one for one in self.people.values() if one is not person])
            emoji = self.rng.choice(REACTIONS)
            self.later(self.rng.uniform(2, 15), lambda: self.chat.react(message, other, emoji))
        return message

    def post(self, role: str, text: str, channel: str, *, mark: Mark | None = None) -> Message:
        """Post exactly `text` now; mostly in the thread, where this channel's talk is held in one."""
        thread = self._thread
        if thread and (thread.channel != channel or self.chance(0.1)):
            thread = None
        message = self.chat.post(self.people[role], channel, text, thread)
        self.journal.add(Kind.POST, text, at=message.at, mark=mark, role=role, channel=channel)
        return message

    def paste(self, role: str, output: str, channel: str, *, lines: int = 8) -> Message | None:
        """Post what a command printed, in a code block; nothing when it printed nothing."""
        kept = [line.rstrip() for line in output.strip().splitlines() if line.strip()][:lines]
        if not kept:
            return None
        self.pause(0.5, 2.5)
        return self.post(role, "```" + escape("\n".join(kept)) + "```", channel)

    def talk_in_thread(self, message: Message | None) -> None:
        """From now on what is said in the message's channel is said in its thread."""
        self._thread = message

    def _correct(self, message: Message, person: Person, slipped: str, text: str) -> None:
        """Let the author edit the slip away, or post the right word with a star."""
        if self.chance(0.6):
            self.later(self.rng.uniform(4, 12), lambda: self.chat.edit(message, text))
            return
        word = next(right for wrong, right in zip(slipped.split(), text.split(), strict=True) if wrong != right)
        self.later(self.rng.uniform(2, 5), lambda: self._star(person, message, word))

    def _star(self, person: Person, message: Message, word: str) -> None:
        later = self.chat.post(person, message.channel, f"*{word}")
        self.journal.add(Kind.POST, f"*{word}", at=later.at, role=person.role, channel=message.channel)

    def decide(self, question: str, chosen: str, at: float | None = None) -> None:
        """Note for the truth that a choice was made now (or at the moment given)."""
        self.journal.add(Kind.DECISION, question, at=at, chosen=chosen)

    def chance(self, share: float) -> bool:
        """Whether something that happens in `share` of all cases happens; always takes one number from the seed."""
        return self.rng.random() < share

    # what people do

    def shell(self, role: str, command: str, *, seconds: float = 60, typing: tuple[float, float] = (2.0, 6.0)) -> str:
        """`role` types a command on the operations host; it really runs. Returns what it printed."""
        self.pause(typing[0] * self.tempo, typing[1] * self.tempo)
        self._note(role, command)
        return self.stack.run_command(command, self.people[role], seconds)

    def shell_start(self, role: str, command: str, name: str) -> subprocess.Popen[bytes]:
        """Do the same in the background."""
        self._note(role, command)
        return self.stack.start_command(command, self.people[role], name)

    def shell_history(self) -> str:
        """Give what bash keeps with HISTTIMEFORMAT set: `#epoch`, then the command."""
        return "".join(f"#{at}\n{command}\n" for at, command in self._history)

    def _note(self, role: str, command: str) -> None:
        entry = self.journal.add(Kind.COMMAND, command, role=role)
        self._history.append((int(entry.at), command))

    # what people see

    def error_ratio(self) -> float:
        """Share of the web service's requests that fail, as Prometheus says; 0 when it says nothing."""
        return self.stack.monitoring.value(f'{ERRORS}{{service="{self.scene.web}"}}') or 0.0

    def latency(self) -> float:
        """Give the web service's p95 in seconds, as Prometheus says."""
        return self.stack.monitoring.value(f'{LATENCY}{{service="{self.scene.web}"}}') or 0.0

    def paged(self, receiver: str) -> bool:
        """Whether a firing alert was delivered to this receiver."""
        return bool(self.stack.pager.deliveries(receiver, "firing"))

    # time

    def pause(self, low: float, high: float) -> None:
        """Let between `low` and `high` seconds pass."""
        end = time.time() + self.rng.uniform(low, high)
        while time.time() < end:
            self._idle(min(0.25, max(0.0, end - time.time())))

    def until(self, condition: Callable[[], bool], limit: float) -> bool:
        """Wait for `condition`, at most `limit` seconds. Returns whether it came true."""
        end = time.time() + limit
        while time.time() < end:
            if condition():
                return True
            self._idle(0.8)
        return condition()

    def later(self, seconds: float, what: Callable[[], object]) -> None:
        """Do something small while the others wait, `seconds` from now."""
        self._noise.append((time.time() + seconds, what))
        self._noise.sort(key=lambda one: one[0])

    def step(self, what: str) -> None:
        """Note progress, in the log and on standard error."""
        self.journal.add(Kind.STEP, what)
        print(f"{time.strftime('%H:%M:%S', time.gmtime())} {what}", file=sys.stderr, flush=True)

    def _idle(self, seconds: float) -> None:
        time.sleep(max(0.0, seconds))
        if self._stack is None:
            return
        self._stack.processes.check()
        self._announce_deploys()
        while self._noise and self._noise[0][0] <= time.time():
            self._noise.pop(0)[1]()

    # applications in the chat

    def announce_delivery(self, delivery: Delivery) -> None:
        """Post the pager's message in the channel of the team that it paged."""
        team = next(one for one in (self.scene.first_team, self.scene.right_team) if one.receiver == delivery.receiver)
        firing = delivery.status == "firing"
        attachments: list[dict[str, object]] = []
        for index, alert in enumerate(delivery.alerts):
            labels, annotations = alert["labels"], alert["annotations"]
            assert isinstance(labels, dict)
            assert isinstance(annotations, dict)
            state = str(alert["status"]).upper()
            attachments.append(
                {
                    "id": index + 1,
                    "color": "a30200" if alert["status"] == "firing" else "2eb886",
                    "fallback": f"[{state}] {labels['alertname']} {annotations.get('summary', '')}",
                    "title": f"[{state}] {labels['alertname']}",
                    "title_link": alert["generatorURL"],
                    "text": annotations.get("summary", ""),
                    "fields": [
                        {"title": name, "value": labels[name], "short": True}
                        for name in ("severity", "service", "team")
                        if name in labels
                    ],
                }
            )
        on_call = self.people["first" if team is self.scene.first_team else "right"]
        words = self.scene.page_text if firing else self.scene.resolved_text
        text = words.format(who=on_call.mention, team=team.name)
        message = self.chat.bot(self.scene.pager_bot, team.channel, text, attachments)
        self.pages.setdefault(team.receiver, message)

    def _announce_deploys(self) -> None:
        """Let the deploy bot repeat the deploy script's records."""
        lines = (self.stack.home / "deploys.jsonl").read_text().splitlines()
        for line in lines[self._deploys_said :]:
            record = json.loads(line)
            icon = {"started": ":rocket:", "finished": ":white_check_mark:", "failed": ":x:"}.get(record["status"])
            if icon:
                text = self.scene.deploy_text.format(icon=icon, **record)
                self.chat.bot(self.scene.deploy_bot, self.scene.deploys_channel, text)
        self._deploys_said = len(lines)

    def deploy_records(self) -> list[dict[str, str]]:
        """Give the deploy script's records so far."""
        return [json.loads(line) for line in (self.stack.home / "deploys.jsonl").read_text().splitlines()]
