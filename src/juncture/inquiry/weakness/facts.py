"""What the rules look at, and how they cite."""

from __future__ import annotations

import tomllib
from datetime import timedelta
from functools import cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from juncture.inquiry.decisions import handled
from juncture.inquiry.effect import Effect, effect_of, milestone
from juncture.inquiry.matters import Matter
from juncture.inquiry.people import SPOKEN, is_by_a_person
from juncture.inquiry.roles import Roles, channel_of, incident_channels
from juncture.inquiry.shipments import Shipment, shipments
from juncture.inquiry.speech import quoted, shortened
from juncture.inquiry.undoing import Remedy, remedies
from juncture.model.evidence import Citation, Event
from juncture.model.instants import Instant, clock_time
from juncture.model.record import ActionKind, Milestone, MilestoneName, Timeline

Stated = tuple[str, list[Citation]]
"""A statement of facts, and what shows them."""

SHIPPED_WITHIN = timedelta(hours=1)
"""Changes this long before the start are looked at for reviews, checks and company."""

HELPED_WITHIN = timedelta(minutes=10)
"""A remedy that works shows within so long."""


class Rule(Struct, frozen=True):
    """One rule of `weakpoints.toml`. `threshold` is in seconds, 0 where the rule has none; `why` says where it comes from."""

    title: str
    why: str
    suggestion: str
    kind: ActionKind
    threshold: float = 0


@cache
def rules() -> dict[str, Rule]:
    """Return what `weakpoints.toml` says, by rule."""
    return msgspec.convert(
        tomllib.loads(files("juncture.inquiry").joinpath("weakpoints.toml").read_text("utf-8")), dict[str, Rule]
    )


class Facts:
    """What the rules look at, gathered once."""

    def __init__(self, timeline: Timeline, roles: Roles) -> None:
        self.timeline = timeline
        self.events = timeline.events
        self.effect: Effect = effect_of(timeline)
        self.roles = roles
        self.channels = incident_channels(timeline)
        self.remedies: tuple[Remedy, ...] = remedies(timeline, self.effect, within=HELPED_WITHIN)
        self.matters: list[Matter] = handled(timeline)

    def found(self, name: MilestoneName) -> Milestone | None:
        """Return a milestone that was found."""
        return milestone(self.timeline, name)

    def event_of(self, name: MilestoneName) -> Event | None:
        """Return the event of a milestone that was found."""
        found = self.found(name)
        return next((event for event in self.events if found and event.id == found.event), None)

    def shipped(self) -> list[Shipment]:
        """Return what went into use shortly before the start."""
        started = self.effect.started
        if started is None:
            return []
        near = [one for one in shipments(self.events) if started - SHIPPED_WITHIN <= one.at <= started + timedelta(minutes=1)]
        return [one for one in near if one.runs] or near

    def spoken(self) -> list[Event]:
        """Return what people said in the channels of the incident."""
        return [
            event for event in self.events
            if event.kind in SPOKEN and channel_of(event) in self.channels and is_by_a_person(event)
        ]  # fmt: skip


def at(instant: Instant) -> str:
    """Return a time of day with its zone."""
    return f"{clock_time(instant)} UTC"


def cite(*events: Event | None) -> list[Citation]:
    """Return the first citation of each event."""
    return [citation for event in events if event is not None for citation in event.citations[:1]]


def words(event: Event) -> str:
    """Return what a message says, quoted."""
    return f"“{shortened(quoted(event.summary), 160)}”"
