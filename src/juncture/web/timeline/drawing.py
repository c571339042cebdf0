"""The lanes and the overview of a page, by the same function as in the exported file and in print."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.safestring import SafeString, mark_safe
from msgspec import Struct

from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.lanes import View, draw
from juncture.document.drawing.overview import overview
from juncture.model.evidence import Event, Lane
from juncture.model.instants import Instant
from juncture.model.record import Standing
from juncture.text.markup import element
from juncture.web.timeline.workbench import Bench

WIDTH = 720
"""The narrowest width of the lanes in pixels: what stands beside the panel in a window of 1280. `timeline.css` says it too."""


def drawn(bench: Bench) -> SafeString:
    """Return the overview and the lanes. All words in them are escaped by what draws them."""
    look, clock = bench.look, bench.look.clock
    lanes = look.lanes or tuple(Lane)
    decided = bench.decided if Lane.DECISION in lanes else ()
    view = View(
        start=bench.start,
        end=bench.end,
        address=lambda event: look.address(event=event, offset=look.offset),
        counts={lane: bench.facets.lanes[lane] + (len(decided) if lane is Lane.DECISION else 0) for lane in lanes},
        crowds=bench.crowds,
        chosen=bench.chosen.id if bench.chosen else None,
        decided=[each.address for each in decided],
    )
    seen = [event for event in bench.events if _is_seen(event, bench, lanes)]
    decisions = [each.decision for each in decided]
    picture = draw(
        seen, phases=bench.phases, decisions=decisions, milestones=bench.milestones, clock=clock, width=WIDTH, view=view
    )
    above = overview(bench.overview, (bench.start, bench.end), clock)
    name = element("span", "All events", class_="overview-name", aria_hidden="true")
    frame = element(
        "div",
        element("div", name, above, class_="overview-row"),
        picture.html if picture else None,
        class_="lanes-frame",
        id="lanes",
        data_from=milliseconds(bench.start),
        data_to=milliseconds(bench.end),
    )
    # What draws escapes whatever it is given: that is its own promise, tested with hostile events.
    return mark_safe(frame)  # noqa: S308


class DecidedLine(Struct, frozen=True):
    """A decision as the list below the lanes says it."""

    name: str
    address: str
    at: Instant
    time: str
    question: str
    chosen: str
    proposed: bool


def decided_in(bench: Bench) -> list[DecidedLine]:
    """Return the decisions of the window, for the list that says what their lane shows."""
    if bench.look.lanes and Lane.DECISION not in bench.look.lanes:
        return []
    clock = bench.look.clock
    return [
        DecidedLine(
            each.name, each.address, one.at, clock.second(one.at), one.question, one.chosen, one.standing is Standing.PROPOSED
        )
        for each in bench.decided
        if bench.start <= (one := each.decision).at < bench.end
    ]


def _is_seen(event: Event, bench: Bench, lanes: Collection[Lane]) -> bool:
    """Whether an event is a mark of its own: in the lanes and the window, and key where there are many."""
    known = event.known_at or event.occurred_at
    drawn = event.key or bench.few or event is bench.chosen
    return drawn and event.lane in lanes and event.occurred_at < bench.end and known >= bench.start
