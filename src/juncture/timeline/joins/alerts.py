"""An alert, the page that it caused, the series of its state and the post of a bot that names it are one event.

A page or post is joined to an alert if it names it and no other, comes while the alert fires (or right after its end, for a
post that says it is resolved), agrees on the service where both tell one, and no second alert of that name fits. An alert
that fires again has a new start, and is another event.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from msgspec import Struct
from msgspec.structs import replace

from juncture.model.evidence import AlertDetails, Event, Kind, MessageDetails, TurnDetails
from juncture.model.instants import Instant
from juncture.timeline.joins.groups import Groups
from juncture.timeline.reach import can_be_placed

EARLY = timedelta(seconds=30)
"""How far a teller's clock may be behind the alert's."""
PAGE_DELAY = timedelta(minutes=10)
"""From an alert's start to the page: group_wait and group_interval of Alertmanager are 30 s and 5 min unless set otherwise."""
REPEATS_FOR = timedelta(hours=4)
"""How long after its start an alert without an end is told again: Alertmanager's repeat_interval unless set otherwise."""
END_DELAY = timedelta(minutes=6)
"""From an alert's end to the post that tells of it: Prometheus' resend, then group_interval."""

STATE_SERIES = "ALERTS"
"""Prometheus' own series of alerts that are active: its turns are the alert's firing and end once more."""
STATE_DELAY = timedelta(minutes=2)
"""From an alert's start or end to the sample that shows it: an evaluation and a step of the query."""

_RESOLVED = re.compile(r"\b(?:resolved|recovered|ok|closed|cleared|normal)\b", re.IGNORECASE)
_FIRING = re.compile(r"\b(?:firing|fired|triggered|alerting|critical|problem|down)\b", re.IGNORECASE)


class _Alert(Struct):
    """One alert as far as its sightings tell."""

    place: int
    name: str
    started_at: Instant
    ended_at: Instant | None
    labels: frozenset[str]
    service: str | None


def join_alerts(singles: list[Event], groups: Groups) -> None:
    """Join pages and bots' posts to the alerts that they name.

    A post that an alert is resolved gives its time as the end; it counts where the router tells none.
    """
    by_name = _alerts(singles, groups)
    if not by_name:
        return
    for place, event in enumerate(singles):
        if not _tells(event) or not can_be_placed(event):
            continue
        names = set(_named(event, by_name))
        if len(names) != 1:
            continue
        fitting = [alert for alert in by_name[names.pop()] if _fits(event, alert)]
        if len(fitting) > 1:
            fitting = _of_these_labels(event, fitting)
        if len(fitting) == 1:
            groups.join(place, fitting[0].place)
            if _says_resolved(event):
                singles[place] = replace(event, ended_at=event.occurred_at)


def _alerts(singles: Sequence[Event], groups: Groups) -> dict[str, list[_Alert]]:
    """Return the alerts by name in lower case, one for all sightings of an occurrence."""
    found: dict[int, _Alert] = {}
    for place, event in enumerate(singles):
        if event.kind is not Kind.ALERT or not isinstance(event.details, AlertDetails) or not can_be_placed(event):
            continue
        head = groups.head_of(place)
        known = found.get(place if head is None else head)
        if known is None:
            labels = frozenset(value.lower() for value in event.details.labels.values() if len(value) > 1)
            found[place if head is None else head] = _Alert(
                place, event.details.name.lower(), event.occurred_at, event.ended_at, labels, event.service
            )
        elif event.ended_at is not None:
            known.ended_at = max(known.ended_at or event.ended_at, event.ended_at)
    by_name: dict[str, list[_Alert]] = defaultdict(list)
    for alert in found.values():
        by_name[alert.name].append(alert)
    return by_name


def _tells(event: Event) -> bool:
    if isinstance(event.details, TurnDetails):
        return event.details.metric == STATE_SERIES
    return event.kind is Kind.PAGE or (isinstance(event.details, MessageDetails) and event.details.bot)


def _named(event: Event, by_name: dict[str, list[_Alert]]) -> Iterator[str]:
    """Yield the alerts that a text names as whole words."""
    text = event.summary.lower()
    links = {link.lower() for link in event.links}
    for name in by_name:
        if name in links or (name in text and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text)):
            yield name


def _fits(event: Event, alert: _Alert) -> bool:
    if event.service and alert.service and event.service != alert.service:
        return False
    at = event.occurred_at
    if isinstance(event.details, TurnDetails):
        turned = alert.ended_at if event.details.direction == "back" else alert.started_at
        return turned is not None and abs(at - turned) <= STATE_DELAY
    if event.kind is Kind.PAGE:
        return alert.started_at - EARLY <= at <= alert.started_at + PAGE_DELAY
    if _says_resolved(event):
        if alert.ended_at is None:
            return alert.started_at <= at <= alert.started_at + REPEATS_FOR
        return alert.ended_at - EARLY <= at <= alert.ended_at + END_DELAY
    until = alert.ended_at + EARLY if alert.ended_at else alert.started_at + REPEATS_FOR
    return alert.started_at - EARLY <= at <= max(until, alert.started_at + PAGE_DELAY if alert.ended_at is None else until)


def _says_resolved(event: Event) -> bool:
    return (
        isinstance(event.details, MessageDetails)
        and bool(_RESOLVED.search(event.summary))
        and not _FIRING.search(event.summary)
    )


def _of_these_labels(event: Event, alerts: Sequence[_Alert]) -> list[_Alert]:
    """Return the alerts that share most of their labels' values with the text, if others share fewer."""
    text = event.summary.lower()
    shared = [sum(label in text for label in alert.labels) for alert in alerts]
    best = max(shared)
    return [alert for alert, count in zip(alerts, shared, strict=True) if count == best]
