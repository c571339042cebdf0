"""What a draft is made of, gathered once: the timeline with all that inquiry found in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cached_property

from juncture.document.drafting.footnotes import Footnotes
from juncture.inquiry.changes import changes_before
from juncture.inquiry.decisions import candidates
from juncture.inquiry.effect import effect_of, milestone, said
from juncture.inquiry.impact import from_series
from juncture.inquiry.participants import who_took_part
from juncture.inquiry.people import SPOKEN
from juncture.inquiry.roles import roles_of, takes_command
from juncture.inquiry.weakpoints import find
from juncture.model.evidence import AlertDetails, Event, Kind, Series
from juncture.model.instants import Instant, clock_time
from juncture.model.record import Milestone, MilestoneName, Timeline
from juncture.timeline.cues import Cue

_SEVERITY = re.compile(r"\b(sev(?:erity)?)[\s:*-]*(\d|critical|major|minor|high|medium|low)\b|\b(p)([0-4])\b", re.IGNORECASE)


class Facts:
    """The timeline, what inquiry found, and the footnotes of the draft being written."""

    def __init__(self, timeline: Timeline, series: Sequence[Series]) -> None:
        self.timeline = timeline
        self.series = tuple(series)
        self.roles = roles_of(timeline)
        self.effect = effect_of(timeline)
        self.participants = who_took_part(timeline, self.roles)
        self.changes = changes_before(timeline, self.roles)
        self.decisions = candidates(timeline, self.roles)
        self.weak_points = find(timeline, series, self.roles)
        self.impact = from_series(series, timeline)
        self.day = self._day()
        self.footnotes = Footnotes(timeline.events, self.roles.anonymise, self.stamp)

    def found(self, name: MilestoneName) -> Milestone | None:
        """Return a milestone that was found."""
        return milestone(self.timeline, name)

    def at(self, name: MilestoneName) -> Instant | None:
        """Return the instant of a milestone that was found."""
        found = self.found(name)
        return found.at if found else None

    def event_of(self, name: MilestoneName) -> Event | None:
        """Return the event of a milestone that was found."""
        found = self.found(name)
        return self.footnotes.event(found.event) if found else None

    def mark(self, name: MilestoneName) -> str:
        """Return the footnote marks of a milestone."""
        found = self.found(name)
        if found is None:
            return ""
        return self.footnotes.of_event(found.event) or self.footnotes.of(found.citations, most=2)

    def stamp(self, instant: Instant) -> str:
        """Return an instant with its zone, and with its day where that is not the incident's own."""
        if instant.date() == self.day:
            return f"{clock_time(instant)} UTC"
        return f"{instant.date().isoformat()} {clock_time(instant)} UTC"

    def alerts(self) -> list[Event]:
        """Return the alerts that fired, in order."""
        return [event for event in self.timeline.events if event.kind is Kind.ALERT and isinstance(event.details, AlertDetails)]

    @cached_property
    def severity(self) -> str | None:
        """The severity that was declared, as it was called; None where nobody named one."""
        declared = self.event_of(MilestoneName.DECLARED)
        during = (event for event in self.timeline.events if event.kind in SPOKEN and self.is_during(event))
        told = (event for event in during if Cue.DECLARATION in said(event.summary) or takes_command(event.summary))
        for event in (*((declared,) if declared else ()), *told):
            if match := _SEVERITY.search(event.summary):
                word, grade = match.group(1) or match.group(3), match.group(2) or match.group(4)
                return f"P{grade}" if word.lower() == "p" else f"Sev {grade}" if grade.isdigit() else grade.lower()
        return None

    def is_during(self, event: Event) -> bool:
        """Whether an event lies between the start and the end, as far as these are known."""
        started, ended = self.effect.started, self.at(MilestoneName.RESOLVED) or self.effect.until
        return (started is None or event.occurred_at >= started) and (ended is None or event.occurred_at <= ended)

    def _day(self) -> date | None:
        started = self.effect.started
        if started is not None:
            return started.date()
        return self.timeline.events[0].occurred_at.date() if self.timeline.events else None


def day_text(day: date) -> str:
    """Return a day as people write it: `Wednesday 25 November 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"
