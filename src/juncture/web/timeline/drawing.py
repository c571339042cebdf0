"""The lanes and the overview of a page, by the same function as in the exported file and in print."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.safestring import SafeString, mark_safe

from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.lanes import View, draw
from juncture.document.drawing.overview import overview
from juncture.model.evidence import Event, Lane
from juncture.text.markup import element
from juncture.web.timeline.workbench import Bench


def drawn(bench: Bench) -> SafeString:
    """Return the overview and the lanes. All words in them are escaped by what draws them."""
    look, clock = bench.look, bench.look.clock
    lanes = look.lanes or tuple(Lane)
    view = View(
        start=bench.start,
        end=bench.end,
        address=lambda event: look.address(event=event, offset=look.offset),
        counts={lane: bench.facets.lanes[lane] for lane in lanes},
        crowds=bench.crowds,
        chosen=bench.chosen.id if bench.chosen else None,
    )
    seen = [event for event in bench.events if _is_seen(event, bench, lanes)]
    picture = draw(seen, phases=bench.phases, milestones=bench.milestones, clock=clock, view=view)
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


def _is_seen(event: Event, bench: Bench, lanes: Collection[Lane]) -> bool:
    """Whether an event is a mark of its own: in the lanes and the window, and key where there are many."""
    known = event.known_at or event.occurred_at
    drawn = event.key or bench.few or event is bench.chosen
    return drawn and event.lane in lanes and event.occurred_at < bench.end and known >= bench.start
