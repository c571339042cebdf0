"""A deploy record, the deployment at the forge and the post of a bot that names it are one event.

They are joined if they tell of the same step (started, finished, failed), share a commit or a version, do not name different
services or environments, and lie within minutes; of several that fit, the nearest, unless two are equally near.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import timedelta

from msgspec import Struct

from juncture.model.evidence import ChangeDetails, Event, Kind, MessageDetails, RecordDetails
from juncture.model.instants import Instant
from juncture.timeline.joins.groups import Groups
from juncture.timeline.reach import can_be_placed

CLOSE = timedelta(minutes=3)
"""How far apart two systems' times for one step may lie: a webhook queue and a clock that is off by a little."""

CHANGE_KINDS = frozenset({Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION})

_DEPLOY_WORD = re.compile(
    r"\b(?:re)?deploy|\broll(?:ing|ed)?[ -]?(?:back|out)|\brelease|\bship(?:ping|ped)\b|\brollout|\bmigrat", re.IGNORECASE
)
_STEPS = (
    ("failed", re.compile(r"\b(?:fail(?:ed|ure)?|error|aborted|cancel(?:l?ed)?)\b", re.IGNORECASE)),
    (
        "finished",
        re.compile(
            r"\b(?:finished|success(?:ful(?:ly)?)?|succeeded|complete[d]?|done|deployed|live|active|ok)\b", re.IGNORECASE
        ),
    ),
    ("migrating", re.compile(r"\bmigrat(?:ing|ion|e)\b", re.IGNORECASE)),
    (
        "started",
        re.compile(
            r"\b(?:start(?:ed|ing)?|in[_ ]progress|pending|queued|created|begin|began|deploying|rolling)\b", re.IGNORECASE
        ),
    ),
)
_COMMIT = re.compile(r"(?<![\w-])[0-9a-f]{7,40}(?![\w-])")
_VERSION = re.compile(r"(?<![\w.:/-])[#v]?\d+(?:\.\d+){0,3}(?:-[\w.]+)?(?![\w/%-]|:\S|\.\d)")
_BEFORE = re.compile(r"\b(?:from|previous(?:ly)?|was|replac\w+)[ :(]+\S+", re.IGNORECASE)
"""What ran before is named too, and is not what this step is of."""


class _Step(Struct):
    """One step of one change, as one source tells it."""

    place: int
    at: Instant
    source: str
    step: str
    commits: frozenset[str]
    versions: frozenset[str]
    service: str | None
    environment: str | None
    text: str


def join_changes(singles: Sequence[Event], groups: Groups) -> None:
    """Join the tellings of one step of a change by different sources."""
    steps = sorted(
        (step for place, event in enumerate(singles) if (step := _step(place, event))), key=lambda step: (step.at, step.place)
    )
    if len({step.source for step in steps}) < 2:
        return
    times = [step.at for step in steps]
    for step in steps:
        first, last = bisect_left(times, step.at - CLOSE), bisect_left(times, step.at + CLOSE)
        near = [other for other in steps[first:last] if other is not step and _same(step, other)]
        for source in sorted({other.source for other in near}):
            distances: dict[int, timedelta] = {}
            for other in near:
                if other.source == source:
                    head = groups.head_of(other.place)
                    place = other.place if head is None else head
                    distances[place] = min(distances.get(place, CLOSE), abs(other.at - step.at))
            nearest = sorted(distances, key=lambda place: distances[place])
            if len(nearest) == 1 or distances[nearest[0]] < distances[nearest[1]]:
                groups.join(step.place, nearest[0])


def _step(place: int, event: Event) -> _Step | None:
    """Return the step that an event tells of, None if it tells of none."""
    details = event.details
    text = event.summary
    if not can_be_placed(event):
        return None
    if isinstance(details, MessageDetails):
        if not details.bot or not _DEPLOY_WORD.search(text):
            return None
    elif isinstance(details, RecordDetails):
        text = " ".join((text, *details.fields.values()))
        if not _DEPLOY_WORD.search(text):
            return None
    elif event.kind not in CHANGE_KINDS:
        return None
    change = details if isinstance(details, ChangeDetails) else ChangeDetails()
    told = " ".join(part for part in (change.state, text) if part)
    named = _BEFORE.sub(" ", " ".join(part for part in (text, change.revision, change.reference) if part))
    step = next((name for name, pattern in _STEPS if pattern.search(change.state or told)), None)
    commits = frozenset(commit[:7] for commit in _COMMIT.findall(named.lower()) if not commit.isdigit() or len(commit) == 40)
    versions = frozenset(version.lstrip("#v") for version in _VERSION.findall(named)) - commits
    if step is None or not (commits or versions):
        return None
    return _Step(
        place, event.occurred_at, event.source, step, commits, versions, event.service, change.environment, text.lower()
    )


def _same(one: _Step, other: _Step) -> bool:
    if one.source == other.source or one.step != other.step:
        return False
    if one.service and other.service and one.service != other.service:
        return False
    if one.environment and other.environment and one.environment != other.environment:
        return False
    if one.commits and other.commits:
        return bool(one.commits & other.commits)
    services = [step.service.lower() for step in (one, other) if step.service]
    return bool(one.versions & other.versions) and all(service in one.text and service in other.text for service in services)
