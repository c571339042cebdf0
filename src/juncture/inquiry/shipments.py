"""Shipments: the change events that speak of one thing shipped, joined."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from msgspec import Struct

from juncture.inquiry.commands import kind_of_command
from juncture.inquiry.words import has_word
from juncture.model.evidence import ChangeDetails, CommandDetails, Event, Kind, Lane
from juncture.model.identity import EventId
from juncture.model.instants import Instant

_RUNS = (Kind.DEPLOYMENT, Kind.ROLLBACK, Kind.RELEASE, Kind.CONFIGURATION)
_WRITTEN = (Kind.MERGE, Kind.PUSH, Kind.PULL_REQUEST, Kind.COMMIT)
_ABOUT = (Kind.REVIEW, Kind.CHECK)
_HASH = re.compile(r"\b[0-9a-f]{7,40}\b")
_HASH_SHOWN = 7
"""Git shows at least seven digits of a commit; tools that print a prefix print no fewer."""

FAILED_STATES = frozenset({"failure", "failed", "error", "timed_out", "cancelled", "action_required"})
STARTED_STATES = frozenset({"started", "in_progress", "pending", "queued", "created", "migrating", "requested"})


COMMAND_WITHIN = timedelta(minutes=2)
"""A command and the deployment that it starts lie no further apart."""


class Shipment(Struct, frozen=True):
    """One thing shipped: `anchor` is the event by which it took effect, `events` are all that speak of it, in order."""

    anchor: Event
    events: tuple[Event, ...]

    @property
    def at(self) -> Instant:
        """When it began to take effect."""
        return self.anchor.occurred_at

    @property
    def runs(self) -> bool:
        """Whether the evidence shows that it went into use, and not only that it was written."""
        return self.anchor.kind in {*_RUNS, Kind.COMMAND, Kind.MESSAGE, Kind.UTTERANCE}

    @property
    def service(self) -> str | None:
        """The service that was changed."""
        return next((event.service for event in (self.anchor, *self.events) if event.service), None)

    @property
    def actor(self) -> str | None:
        """Who wrote it, else who shipped it."""
        written = [event.actor for event in self.events if event.kind is Kind.COMMIT and event.actor]
        return written[0] if written else self.anchor.actor

    @property
    def text(self) -> str:
        """All that the events say of it, with the names of files."""
        return "\n".join([*(event.summary for event in self.events), *self.files])

    @property
    def files(self) -> tuple[str, ...]:
        """The files that it touched."""
        return tuple(dict.fromkeys(file for event in self.events for file in _details(event).files))

    @property
    def lines(self) -> int | None:
        """Lines added and removed, the most that one event tells; None where nothing tells."""
        told = [_lines(event) for event in self.events]
        return max((lines for lines in told if lines is not None), default=None)

    @property
    def names(self) -> frozenset[str]:
        """What people and tools call it: versions, pull request numbers, short hashes."""
        found: set[str] = set()
        for event in self.events:
            details = _details(event)
            found.update(_HASH.findall(event.summary))
            if details.reference:
                found.add(details.reference.lstrip("#"))
            if details.revision:
                found.add(details.revision[:_HASH_SHOWN] if _HASH.fullmatch(details.revision) else details.revision)
        return frozenset(name for name in found if name not in {"main", "master", "HEAD"} and len(name) > 1)


def shipments(timeline_events: Iterable[Event]) -> tuple[Shipment, ...]:
    """Return what was shipped, in order of taking effect.

    Events are joined when they share a commit, or the same service and version. Of several deployments of one commit to
    several environments or services, each is a shipment of its own with the commit's events.
    """
    events = list(timeline_events)
    changing = [event for event in events if _changes_something(event)]
    about = _by_commit([event] for event in events if event.kind in _ABOUT)
    written = _written([event for event in changing if event.kind in _WRITTEN])
    by_commit = _by_commit(written)
    found: list[Shipment] = []
    used: set[int] = set()
    for group in _runs([event for event in changing if event.kind not in _WRITTEN]):
        commits = [other for event in group for other in _sharing(event, by_commit)]
        used.update(id(other) for other in commits)
        found.append(_shipment(group[0], [*group, *(event for other in commits for event in other)], about))
    found += [_shipment(_taking_effect(group), group, about) for group in written if id(group) not in used]
    return tuple(sorted(found, key=lambda one: (one.at, one.anchor.id)))


def results_of(events: Iterable[Event]) -> frozenset[EventId]:
    """Return the records that tell how a deployment went on after its first step: finished, failed, migrating."""
    runs = _runs([event for event in events if event.kind in _RUNS])
    return frozenset(event.id for group in runs for event in group[1:])


def is_undoing(event: Event) -> bool:
    """Whether a change event takes an earlier change back."""
    said_so = event.lane is Lane.CHANGE and event.summary.lower().startswith(("revert", "rollback", "roll back"))
    return event.kind is Kind.ROLLBACK or said_so


def _changes_something(event: Event) -> bool:
    if event.kind is Kind.COMMAND:
        return kind_of_command(event.summary) in {"deploy", "configure", "flag", "scale"}
    if event.kind is Kind.PULL_REQUEST:
        return _details(event).state == "merged"
    return event.kind in _RUNS or event.kind in _WRITTEN


def _runs(events: list[Event]) -> list[list[Event]]:
    """Join the steps of one deployment: same service, environment and version, started and not yet finished.

    The command that started it belongs to it: it names the version, and ran shortly before or after the first step.
    """
    groups: list[list[Event]] = []
    open_groups: dict[tuple[object, ...], list[Event]] = {}
    for event in (event for event in events if event.kind is not Kind.COMMAND):
        details = _details(event)
        what = (event.service, details.environment, details.reference, details.revision, is_undoing(event))
        group = open_groups.get(what) if details.reference or details.revision else None
        if group is None:
            group = []
            groups.append(group)
        group.append(event)
        if (details.state or "").lower() in STARTED_STATES:
            open_groups[what] = group
        else:
            open_groups.pop(what, None)
    for command in (event for event in events if event.kind is Kind.COMMAND):
        ran = next((group for group in groups if _started_by(command, group[0])), None)
        if ran is None:
            groups.append([command])
        else:
            ran.append(command)
    return groups


def _started_by(command: Event, step: Event) -> bool:
    named = [name for name in (step.service, _details(step).reference) if name]
    near = abs(step.occurred_at - command.occurred_at) <= COMMAND_WITHIN
    return near and bool(named) and all(has_word(command.summary, (name,)) for name in named)


def _written(events: list[Event]) -> list[list[Event]]:
    groups: list[list[Event]] = []
    by_commit: dict[str, list[Event]] = {}
    for event in events:
        mine = _commits(event)
        group = next((by_commit[commit] for commit in mine if commit in by_commit), None)
        if group is None:
            group = []
            groups.append(group)
        group.append(event)
        by_commit.update(dict.fromkeys(mine, group))
    return groups


def _by_commit(groups: Iterable[list[Event]]) -> dict[str, list[list[Event]]]:
    found: dict[str, list[list[Event]]] = {}
    for group in groups:
        for commit in {commit for event in group for commit in _commits(event)}:
            found.setdefault(commit, []).append(group)
    return found


def _sharing(event: Event, by_commit: dict[str, list[list[Event]]]) -> list[list[Event]]:
    return [group for commit in _commits(event) for group in by_commit.get(commit, ())]


def _taking_effect(group: list[Event]) -> Event:
    """Prefer a merge or push: it is nearer to use than the commit, which may be days old."""
    return max(group, key=lambda event: (-_WRITTEN.index(event.kind), event.occurred_at))


def _shipment(anchor: Event, parts: list[Event], about: dict[str, list[list[Event]]]) -> Shipment:
    spoken = [event for part in parts for group in _sharing(part, about) for event in group]
    unique = {event.id: event for event in [*parts, *spoken]}
    return Shipment(anchor, tuple(sorted(unique.values(), key=lambda event: (event.occurred_at, event.id))))


def _commits(event: Event) -> frozenset[str]:
    """Return the commits that an event is about by their first digits: sources print prefixes of several lengths."""
    revision = (_details(event).revision or "").lower()
    linked = (link.removeprefix("commit:").lower() for link in event.links)
    return frozenset(found[:_HASH_SHOWN] for found in (revision, *linked) if _HASH.fullmatch(found))


def _details(event: Event) -> ChangeDetails:
    if isinstance(event.details, ChangeDetails):
        return event.details
    if isinstance(event.details, CommandDetails):
        return ChangeDetails(reference=event.details.command)
    return ChangeDetails()


def _lines(event: Event) -> int | None:
    details = _details(event)
    if details.lines_added is None and details.lines_removed is None:
        return None
    return (details.lines_added or 0) + (details.lines_removed or 0)
