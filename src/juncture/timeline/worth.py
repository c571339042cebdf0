"""What an event is worth to a careful author, and why: the candidates for key events.

Each candidate has a category (what it is to the story), a reason in words, a worth, and a thought: events with the same thought
close together say the same thing, and one of them is enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from typing import NamedTuple

from juncture.model.evidence import AlertDetails, Event, Kind, LogDetails, RecordDetails, TurnDetails
from juncture.model.instants import Instant
from juncture.timeline.cues import ACTIONS, Cue, cues_of
from juncture.timeline.effects import measure_of
from juncture.timeline.onset import ERROR_LEVELS, TOLERANCE
from juncture.timeline.scene import Scene, is_signal_alert
from juncture.timeline.speech import Said, is_idle

CHANGES_BEFORE = timedelta(hours=2)
"""How long before the start a change is still worth telling; older ones are found by the ranking of changes."""
NEAR_CHANGE = timedelta(minutes=30)
SIGNS_BEFORE = timedelta(minutes=15)
AFTERWARDS = timedelta(hours=1)
"""What is done this soon after the end still belongs to the story."""
ANSWER_WITHIN = timedelta(minutes=5)


class Category(StrEnum):
    """What an event is to the story."""

    MILESTONE = "milestone"
    CHANGE = "change"
    DECISION = "decision"
    SIGNAL = "signal"
    FIRST_SIGHTING = "first sighting"
    TURNING_POINT = "turning point"
    RESPONSE = "response"
    CUSTOMER_UPDATE = "customer update"


_ONLY_SINCE_THE_START = frozenset({Category.TURNING_POINT, Category.CUSTOMER_UPDATE, Category.RESPONSE})


class Candidate(NamedTuple):
    """An event that an author may pick. More worth is better; 40 and above tells something of its own."""

    event: Event
    category: Category
    why: str
    worth: int
    thought: str


CHANGE_KINDS = frozenset({Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION, Kind.MERGE})
_STEP_OF_A_DEPLOY = re.compile(
    r"\b(?:re)?deploy(?:ed|ing|ment)?\b|\broll(?:ing|ed)?[ -]?back|\brollout|\bmigrat\w+|\brelease[ds]?\b|\bshipp(?:ed|ing)\b"
    r"|\bsettings?\b|\bconfig\w*|\brestart\w*|\bflag\b",
    re.IGNORECASE,
)
_LOOKING_COMMAND = re.compile(
    r"^(?:sudo )?(?:tail|cat|less|more|[ez]?grep|rg|head|ls|ll|df|du|h?top|ps|uptime|free|vmstat|iostat|netstat|ss|dig|nslookup"
    r"|ping|traceroute|jq|awk|wc|history|git (?:log|show|diff|status|blame)|kubectl (?:get|describe|logs|top)"
    r"|docker (?:ps|logs|stats)|journalctl|systemctl status|helm (?:list|history|status)|promtool"
    r"|curl(?!.*-X ?(?:POST|PUT|DELETE|PATCH)))\b",
    re.IGNORECASE,
)
_ACTING_COMMAND = re.compile(
    r"\b(?:kill|pkill|terminate|cancel|restart|reload|stop|start|rollback|roll-back|undo|deploy\S*|release|apply|delete|scale|drain"
    r"|cordon|patch|set|unset|enable|disable|promote|failover|switchover|revert|push|merge|migrate|drop|alter|truncate|flush\w*|up"
    r"|down|reboot|helm|edit"
    r"|rm|mv|chmod|chown|systemctl|vacuum)\b|kill -|-X ?(?:POST|PUT|DELETE|PATCH)|pg_(?:terminate|cancel)_backend",
    re.IGNORECASE,
)


def candidates(scene: Scene, start: Instant | None, end: Instant | None) -> Iterator[Candidate]:
    """Yield what of a scene is worth telling. `start` and `end` are where the incident began and ended, if that is known."""
    first = start or scene.first
    last = end or scene.last
    if first is None or last is None:
        return
    seen: set[str] = set()
    for event in scene.events:
        if first - CHANGES_BEFORE <= event.occurred_at <= last + AFTERWARDS:
            found = _of_record(event, first, last, seen)
            if found is not None:
                yield found
    yield from _of_speech(scene, first, last)


def _of_record(event: Event, first: Instant, last: Instant, seen: set[str]) -> Candidate | None:
    """Return what an event that is no message is worth."""
    change = _of_change(event, first, last)
    if change is not None:
        return change
    if event.occurred_at < first - SIGNS_BEFORE:
        return None
    if event.kind is Kind.ALERT:
        return _of_alert(event, seen) if is_signal_alert(event) else None
    if isinstance(event.details, TurnDetails):
        return _of_turn(event, event.details, seen)
    if isinstance(event.details, LogDetails):
        return _of_log(event, event.details, first, seen)
    if event.kind is Kind.COMMAND:
        return _of_command(event)
    worth = _STEPS.get(event.kind)
    return Candidate(event, worth[0], worth[1], worth[2], f"{event.kind}") if worth else None


_STEPS = {
    Kind.PAGE: (Category.SIGNAL, "somebody was paged", 60),
    Kind.ACKNOWLEDGEMENT: (Category.RESPONSE, "the page was acknowledged", 62),
    Kind.ESCALATION: (Category.RESPONSE, "it was escalated", 58),
    Kind.RESOLUTION: (Category.TURNING_POINT, "the page was resolved", 58),
    Kind.CUSTOMER_UPDATE: (Category.CUSTOMER_UPDATE, "customers were told", 65),
    Kind.ACCOUNT: (Category.TURNING_POINT, "a participant's account", 45),
}


def _of_change(event: Event, first: Instant, last: Instant) -> Candidate | None:
    text = event.summary
    if event.kind in CHANGE_KINDS:
        worth = 62
    elif isinstance(event.details, RecordDetails) and _STEP_OF_A_DEPLOY.search(
        " ".join((text, *event.details.fields.values()))
    ):
        worth = 60
    elif event.kind in {Kind.COMMIT, Kind.PUSH, Kind.PULL_REQUEST} and first - NEAR_CHANGE <= event.occurred_at <= last:
        worth = 36
    else:
        return None
    if event.occurred_at > last:
        return Candidate(event, Category.CHANGE, "a change after the end", worth - 20, f"change {event.service}")
    if event.occurred_at > first:
        return Candidate(event, Category.CHANGE, "a change during the incident", worth + 12, f"change {event.service}")
    if "migrat" in text.lower():
        worth += 3  # the step of a deploy that an author names
    distance = first - event.occurred_at
    nearness = 18 if distance <= NEAR_CHANGE else int(10 * (1 - distance / CHANGES_BEFORE))
    return Candidate(event, Category.CHANGE, "a change before the start", worth + nearness, f"change {event.service}")


def _of_alert(event: Event, seen: set[str]) -> Candidate:
    name = event.details.name if isinstance(event.details, AlertDetails) else event.summary
    known = name in seen
    seen.add(name)
    if known:
        return Candidate(event, Category.SIGNAL, f"{name} fired again", 44, f"alert {name}")
    return Candidate(event, Category.FIRST_SIGHTING, f"{name} fired for the first time", 70, f"alert {name}")


def _of_turn(event: Event, details: TurnDetails, seen: set[str]) -> Candidate | None:
    if details.metric == "ALERTS":
        return None
    measure = measure_of(details.metric, details.labels)
    back = details.direction == "back"
    if measure is None:
        name = f"turn {details.metric} {event.service}"
        if back or name in seen:
            return None
        seen.add(name)
        return Candidate(
            event, Category.FIRST_SIGHTING, f"{details.metric} left its usual range", 38, f"turn inner {event.service}"
        )
    if not back and details.direction != measure.bad:
        return None
    name = f"turn {measure.kind} {'back' if back else 'out'}"
    first = name not in seen
    seen.add(name)
    why = f"{measure.what}: {'back in the usual range' if back else 'left the usual range'}"
    category = Category.TURNING_POINT if back else Category.FIRST_SIGHTING
    return Candidate(event, category, why, (56 if first else 42) - (6 if measure.kind == "throughput" else 0), name)


def _of_log(event: Event, details: LogDetails, first: Instant, seen: set[str]) -> Candidate | None:
    wrong = (details.level or "").lower() in ERROR_LEVELS
    template = details.template or event.summary
    known = template in seen
    seen.add(template)
    if known and event.kind is not Kind.LOG_BURST:
        return None
    near = abs(event.occurred_at - first) <= timedelta(minutes=2)
    if event.kind is Kind.LOG_BURST:
        return Candidate(event, Category.SIGNAL, "log lines in a burst", 46 if wrong else 34, f"burst {event.service} {wrong}")
    worth = (48 if wrong else 28) + (6 if near else 0)
    return Candidate(event, Category.FIRST_SIGHTING, "a log line that was new", worth, f"log {template[:40]}")


def _of_command(event: Event) -> Candidate:
    acting = _ACTING_COMMAND.search(event.summary) is not None and not _LOOKING_COMMAND.search(event.summary)
    actions = sorted(cues_of(event.summary) & ACTIONS)
    if acting:
        return Candidate(
            event, Category.DECISION, "a command that changed something", 58, f"act {actions or event.summary[:30]}"
        )
    return Candidate(event, Category.RESPONSE, "a command to find out", 22, "look")


def _of_speech(scene: Scene, first: Instant, last: Instant) -> Iterator[Candidate]:
    """Yield what was said and is worth telling."""
    proposals: dict[str | None, tuple[Instant, frozenset[Cue]]] = {}
    told: set[str] = set()
    for said in scene.speech.all:
        at = said.event.occurred_at
        if not first - CHANGES_BEFORE <= at <= last + AFTERWARDS or Cue.CHATTER in said.cues:
            continue
        if said.bot:
            found = _of_bot(said, first, last)
        elif said.channel in scene.channels:
            asked = proposals.get(said.channel)
            pending = asked[1] if asked and at - asked[0] <= ANSWER_WITHIN else None
            found = _of_person(said, pending, told) if at >= first - SIGNS_BEFORE else None
            if found is not None and at < first - TOLERANCE and found.category in _ONLY_SINCE_THE_START:
                found = None
            if Cue.PROPOSAL in said.cues:
                proposals[said.channel] = (at, said.cues & ACTIONS)
        else:
            found = _of_elsewhere(said, first, last)
        if found is not None:
            yield found


def _of_bot(said: Said, first: Instant, last: Instant) -> Candidate | None:
    if Cue.DECLARATION in said.cues and said.event.occurred_at >= first:
        return Candidate(said.event, Category.RESPONSE, "it was called an incident", 66, "declaration")
    if said.cues & {Cue.DEPLOY, Cue.ROLLBACK, Cue.REVERT, Cue.FLAG, Cue.CONFIGURE, Cue.RESTART}:
        why = "a change during the incident" if first <= said.event.occurred_at <= last else "a change around the incident"
        worth = 64 if first - NEAR_CHANGE <= said.event.occurred_at <= last else 50
        return Candidate(said.event, Category.CHANGE, why, worth, f"change in {said.channel}")
    if Cue.CUSTOMER_UPDATE in said.cues:
        return Candidate(said.event, Category.CUSTOMER_UPDATE, "customers were told", 58, "customer update")
    return None


def _of_elsewhere(said: Said, first: Instant, last: Instant) -> Candidate | None:
    """Return what was said in channels that are not the incident's: complaints, and what was shipped."""
    if is_idle(said.channel) or not first - NEAR_CHANGE <= said.event.occurred_at <= last:
        return None
    if Cue.SYMPTOM in said.cues and said.event.occurred_at >= first:
        return Candidate(said.event, Category.FIRST_SIGHTING, "somebody told of the trouble", 50, "symptom elsewhere")
    if Cue.COMMITMENT in said.cues and said.cues & {Cue.DEPLOY, Cue.CONFIGURE, Cue.ROLLBACK, Cue.REVERT, Cue.FLAG}:
        return Candidate(said.event, Category.CHANGE, "somebody announced a change", 46, "announcement")
    return None


def _of_person(said: Said, pending: frozenset[Cue] | None, told: set[str]) -> Candidate | None:
    """Return what a person said in the incident's channels; `pending` are the actions proposed there just before."""
    event, cues = said.event, said.cues
    actions = cues & ACTIONS
    doing = "+".join(sorted(actions))
    if Cue.COMMITMENT in cues and (actions or pending is not None):
        return Candidate(event, Category.DECISION, "a decision: it is being done", 76, f"do {doing}")
    if pending is not None and Cue.AGREEMENT in cues:
        return Candidate(event, Category.DECISION, "a decision: agreed", 72, f"agree {doing or '+'.join(sorted(pending))}")
    if Cue.DECLINED in cues and (actions or pending is not None or Cue.WAIT in cues):
        return Candidate(event, Category.DECISION, "a decision: not to", 70, f"decline {doing}")
    saying = _of_saying(event, cues, _SAYINGS, told)
    if saying is not None:
        return saying
    if Cue.PROPOSAL in cues and (actions or Cue.WAIT in cues):
        return Candidate(event, Category.DECISION, "a proposal", 62, f"propose {doing}")
    if Cue.COMPLETED in cues and actions:
        return Candidate(event, Category.DECISION, "done", 60, f"done {doing}")
    return _of_saying(event, cues, _LESSER_SAYINGS, told)


def _of_saying(
    event: Event, cues: frozenset[Cue], sayings: tuple[tuple[Cue, Category, str, int, int], ...], told: set[str]
) -> Candidate | None:
    """Return the first of `sayings` that a message is; one that was told before is worth less."""
    for cue, category, why, worth, less in sayings:
        if cue in cues:
            again = why in told
            told.add(why)
            # Two findings or guesses in a row are two thoughts; two descriptions of the trouble are one.
            thought = "" if cue in {Cue.FINDING, Cue.HYPOTHESIS} else why
            return Candidate(event, category, why, worth - less if again else worth, thought)
    return None


_SAYINGS = (
    (Cue.DECLARATION, Category.RESPONSE, "it was called an incident", 68, 20),
    (Cue.CUSTOMER_UPDATE, Category.CUSTOMER_UPDATE, "customers were told", 62, 10),
    (Cue.RESOLVED, Category.TURNING_POINT, "it was said to be over", 64, 14),
    (Cue.FINDING, Category.TURNING_POINT, "a cause was found", 68, 6),
    (Cue.ESCALATION, Category.RESPONSE, "somebody else was asked in", 58, 8),
    (Cue.MITIGATED, Category.TURNING_POINT, "it was said to be back to normal", 60, 12),
)
"""Cue, category, reason, worth, and by how much less a repetition is worth; before proposals."""

_LESSER_SAYINGS = (
    (Cue.SYMPTOM, Category.FIRST_SIGHTING, "the trouble was described", 58, 14),
    (Cue.IMPROVING, Category.TURNING_POINT, "it was getting better", 52, 8),
    (Cue.ACKNOWLEDGEMENT, Category.RESPONSE, "somebody took it", 54, 26),
    (Cue.HYPOTHESIS, Category.TURNING_POINT, "a hypothesis", 48, 4),
    (Cue.RULED_OUT, Category.TURNING_POINT, "a cause was ruled out", 48, 4),
    (Cue.COMMITMENT, Category.DECISION, "somebody said what they do", 50, 6),
    (Cue.PROPOSAL, Category.DECISION, "a proposal", 50, 6),
    (Cue.DECLINED, Category.DECISION, "a refusal", 48, 6),
    (Cue.WAIT, Category.DECISION, "it was left to run", 46, 8),
    (Cue.COMPLETED, Category.RESPONSE, "something was done", 42, 6),
)
"""The same, after proposals."""
