"""What happens in any incident, whatever the fault: chatter, paging, acknowledging, declaring, winding down."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import Literal

from lab.chat import Message, escape
from lab.director import Director
from lab.journal import Kind, Mark
from lab.people import write
from lab.repository import Change, subject_line

ROLES = {
    "first": "Engineer, on call",
    "right": "Engineer, on call",
    "dev": "Software engineer",
    "db": "Database engineer",
    "lead": "Engineering lead",
    "support": "Customer support",
    "analyst": "Data analyst",
    "other": "Software engineer",
}

ROUTINE = (
    (
        "Add a hint to the returns page",
        "docs/returns.md",
        "Returns are free within 30 days.",
        "Returns are free within 30 days, also for gifts.",
    ),
    ("Fix a typo in the empty orders text", "shop/texts.py", "You have no orders yet.", "You have not ordered anything yet."),
    ("Shorten the checkout button", "shop/texts.py", 'CHECKOUT_BUTTON = "Place order"', 'CHECKOUT_BUTTON = "Order"'),
)


@dataclass(frozen=True)
class Manner:
    """How much ceremony the responders of one seed make."""

    acknowledge: Literal["words", "bot", "none"]
    declare: Literal["words", "bot", "none"]
    declared_by: Literal["right", "lead", "first"]
    resolve: Literal["words", "bot", "none"]
    own_channel: bool
    threaded: bool
    support: bool


def manner(director_chance: list[float]) -> Manner:
    """From six numbers between 0 and 1."""
    acknowledge, declare, by, resolve, channel, support = director_chance
    declared: Literal["words", "bot", "none"] = "words" if declare < 0.42 else "bot" if declare < 0.65 else "none"
    own_channel = declared != "none" and channel < 0.55
    return Manner(
        acknowledge="words" if acknowledge < 0.58 else "bot" if acknowledge < 0.8 else "none",
        declare=declared,
        declared_by="right" if by < 0.5 else "lead" if by < 0.8 else "first",
        resolve="none" if resolve > 0.8 else "bot" if resolve > 0.65 and declared != "none" else "words",
        own_channel=own_channel,
        threaded=not own_channel and channel > 0.7,
        support=support < 0.45,
    )


def open_channels(director: Director) -> None:
    """All channels that were there before."""
    scene = director.scene
    for name in (
        scene.general_channel,
        scene.random_channel,
        scene.support_channel,
        scene.deploys_channel,
        scene.first_team.channel,
        scene.right_team.channel,
        "eng",
    ):
        director.chat.open_channel(name)
    director.slots |= {
        "web": scene.web,
        "payments": scene.payments,
        "database": scene.database,
        "dashboard": f"<{scene.link('grafana')}/d/{scene.web}/overview?from=now-30m>",
        "alert": scene.error_alert,
        "first_team": scene.first_team.name,
        "right_team": scene.right_team.name,
        "area": "checkout",
        "use_it": "check out",
        "number": scene.incident_number,
        "pr": str(director.rng.randint(300, 999)),
    }


def schedule_noise(director: Director, seconds: float) -> None:
    """Let people also talk about other things, all the time; from a seed of its own, since it happens in between."""
    scene, side = director.scene, director.side
    places = {
        "noise_general": (scene.general_channel, ("lead", "other", "analyst", "support")),
        "noise_random": (scene.random_channel, ("other", "dev", "db", "analyst", "right")),
        "noise_dev": ("eng", ("other", "dev", "db")),
        "noise_support": (scene.support_channel, ("support",)),
    }
    at = side.rng.uniform(5, 30)
    while at < seconds:
        intent = side.rng.choice(list(places))
        channel, roles = places[intent]
        role, answerer = side.rng.choice(roles), side.rng.choice(("other", "dev", "analyst"))
        director.later(at, partial(_chatter, director, (role, answerer), intent, channel, side.rng.random()))
        at += side.rng.uniform(22, 75)


def routine_deploy(director: Director) -> None:
    """Ship a change that has nothing to do with anything."""
    subject, path, old, new = director.rng.choice(ROUTINE)
    scene, author = director.scene, director.people["other"]
    version = scene.next_version()
    subject = subject_line(scene, subject, director.rng)
    director.stack.repository.commit(Change(subject, replace=((path, old, new),)), author, version=version)
    director.slots |= {"routine_version": version, "routine_what": subject[0].lower() + subject[1:]}
    if director.chance(0.6):
        director.say("other", "routine_deploy", scene.deploys_channel)
    director.shell("other", f"./deploy.sh deploy {scene.web} {version}", typing=(0.5, 2))
    if director.chance(0.5):
        director.say("other", "routine_done", scene.deploys_channel)


def support_notices(director: Director) -> None:
    """Support posts what customers say, once users feel it."""
    director.until(lambda: director.error_ratio() > 0.02 or director.latency() > 1.8, 60)
    director.say(
        "support", f"support_signal_{director.slots['area']}", director.scene.support_channel, mark=Mark.SIGNAL, typing=(2, 9)
    )


def measure(director: Director) -> None:
    """Put what Prometheus says now into the slots `ratio` and `p95`."""
    director.slots["ratio"] = (
        f"{director.error_ratio():.0%}" if director.chance(0.7) else f"{director.error_ratio() * 100:.1f}%"
    )
    director.slots["p95"] = f"{director.latency():.1f}"


def acknowledge(director: Director, role: str, channel: str, how: str, alert: str) -> None:
    """`role` takes the page, in words, by a button of the pager, or without saying so."""
    if how == "words":
        director.say(role, "ack", channel, mark=Mark.ACKNOWLEDGED, typing=(3, 14))
    elif how == "bot":
        director.pause(3, 14)
        text = director.phrases.choose("ack_bot", {"who_at": director.people[role].mention, "alert": alert})
        message = director.chat.bot(director.scene.pager_bot, channel, text)
        director.journal.add(Kind.POST, text, at=message.at, mark=Mark.ACKNOWLEDGED, role=role, channel=channel)
    else:
        measure(director)
        director.say(role, "arrive_without_ack", channel, typing=(6, 16))


def declare(director: Director, how: Manner, channel: str) -> str:
    """Call it an incident, if this seed's people do. Returns the channel in which it goes on."""
    if how.threaded:
        receiver = next(
            team.receiver for team in (director.scene.right_team, director.scene.first_team) if team.channel == channel
        )
        director.talk_in_thread(director.pages.get(receiver))
    if how.declare == "none":
        return channel
    scene, by = director.scene, how.declared_by
    here = channel
    if how.own_channel:
        director.chat.open_channel(scene.incident_channel, director.people[by])
        director.slots["channel_link"] = director.chat.link(scene.incident_channel)
        here = scene.incident_channel
    if how.declare == "words":
        director.say(by, "declare", channel, mark=Mark.DECLARED)
    else:
        director.pause(2, 6)
        text = director.phrases.choose("declare_bot", {**director.slots, "who_at": director.people[by].mention})
        message = director.chat.bot(scene.incident_bot, here, text)
        director.journal.add(Kind.POST, text, at=message.at, mark=Mark.DECLARED, role=by, channel=here)
    if how.own_channel:
        director.say(by, "move_channel", channel, typing=(1, 3))
        other = "lead" if by != "lead" else "right"
        if director.chance(0.6):
            director.say(other, "join_incident", here)
            measure(director)
            director.say(by, "catch_up", here, minutes=str(director.rng.randint(2, 4)))
    return here


def hypotheses(director: Director, channel: str, count: int, answering: str) -> None:
    """Up to three guesses that are wrong, and what refutes them."""
    kinds = director.rng.sample(("provider", "traffic", "network"), min(count, 3))
    for kind in kinds:
        guesser = director.rng.choice([role for role in ("lead", "first", "other", "db") if role != answering])
        director.say(guesser, f"wrong_hypothesis_{kind}", channel)
        director.say(answering, f"refute_{kind}", channel)


def recover(director: Director, channel: str, role: str) -> None:
    """Say that it falls once it really falls, and that it is over once nothing fails any more."""
    top = director.error_ratio()
    director.until(lambda: director.error_ratio() < max(0.3 * top, 0.01), 90)
    measure(director)
    director.say(role, "falling", channel, typing=(1, 4))
    if director.chance(0.3) and director.error_ratio() > 0.03:
        director.say("lead", "too_early_question", channel, typing=(1, 3))
        measure(director)
        if director.error_ratio() > 0.02:
            director.say(role, "too_early_no", channel, typing=(1, 3))
    director.until(lambda: director.error_ratio() < 0.002 and director.latency() < 1.5, 90)
    measure(director)
    if director.chance(0.8):
        director.say(director.rng.choice((role, "dev", "lead")), "recovered", channel)


def close(director: Director, how: Manner, channel: str, role: str) -> None:
    """Wait for the alerts to resolve, say that it is over (or not), and wind down."""
    if director.chance(0.5):
        director.say(role, "watching", channel)
    director.until(lambda: not director.stack.pager.firing(), 120)
    director.pause(8, 25)
    if how.resolve == "words":
        intent = "resolve_undeclared" if how.declare == "none" else "resolve_declared"
        director.say(role, intent, channel, mark=Mark.RESOLVED)
    elif how.resolve == "bot":
        text = director.phrases.choose("resolve_bot", {**director.slots, "who_at": director.people[role].mention})
        message = director.chat.bot(director.scene.incident_bot, channel, text)
        director.journal.add(Kind.POST, text, at=message.at, mark=Mark.RESOLVED, role=role, channel=channel)
    if how.support:
        director.say("support", "support_thanks", director.scene.support_channel)
    if how.resolve != "none" or director.chance(0.5):
        speaker = director.rng.choice(("lead", "dev", role))
        director.say(speaker, "follow_up", channel, thanked=director.slots["right" if speaker != "right" else "db"])


def log_line(director: Director) -> str:
    """Give the newest error of the application's log, as somebody would paste it."""
    for line in reversed((director.stack.home / "app.log").read_text().splitlines()[-400:]):
        entry = json.loads(line)
        if entry["level"] == "error":
            return escape(f"{entry.get('path', '')} {entry.get('status', '')} {entry.get('error', entry['msg'])}".strip()[:160])
    return "request failed"


def _chatter(director: Director, roles: tuple[str, str], intent: str, channel: str, answers: float) -> None:
    """Say something beside the point; depending on `answers` (0 to 1) somebody answers or reacts."""
    rng = director.side.rng
    role, answerer = roles
    message = _aside(director, role, intent, channel, None)
    if answers > 0.75:
        director.chat.react(message, director.people[answerer], rng.choice(("+1", "joy", "eyes", "white_check_mark")))
    if answers < 0.4 and answerer != role:
        thread = message if rng.random() < 0.5 else None
        director.later(rng.uniform(6, 40), partial(_aside, director, answerer, "noise_answer", channel, thread))


def _aside(director: Director, role: str, intent: str, channel: str, thread: Message | None) -> Message:
    side, person = director.side, director.people[role]
    slots = {**director.slots, "pr": str(side.rng.randint(300, 999))}
    text = write(side.phrases.choose(intent, slots), person.style, side.rng)
    message = director.chat.post(person, channel, text, thread)
    director.journal.add(Kind.POST, text, at=message.at, role=role, channel=channel)
    return message
