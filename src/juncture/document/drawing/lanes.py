"""The lanes: five rows of marks over shaded phases, as SVG whose x are percentages and whose y are pixels.

Each event stands twice: a hollow mark when it happened, a filled one when it could be known, a dotted line between them. Every
mark links to its entry in the list below and carries the instants that the replay compares: `data-known` (milliseconds since
1970, `never` where nothing shows anybody to have seen it) and `data-recorded`. Nothing here is measured by a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.document.drawing.ground import AXIS, axis, fog_pattern, shades
from juncture.document.drawing.marks import (
    TICK,
    WIDTH,
    Address,
    Mark,
    crowd,
    drawn,
    in_document,
    of_decisions,
    of_event,
    small,
    span,
    tick,
)
from juncture.document.drawing.ribbon import hatching
from juncture.document.drawing.rows import SPARE, place, rows_used
from juncture.document.drawing.scale import Scale, scale_of, window_of
from juncture.document.drawing.shapes import LOOKS, LaneLook
from juncture.document.replay import instant_known_at, phase_known_at
from juncture.model.evidence import Event, Lane
from juncture.model.identity import EventId
from juncture.model.instants import Instant
from juncture.model.record import Decision, Milestone, Phase
from juncture.text.markup import EMPTY, Markup, element, joined

_PHASES, _ROW, _PAD, _TICKS = 22, 24, 12, 12
_ROWS = {Lane.SIGNAL: 9, Lane.CHANGE: 7, Lane.PEOPLE: 8, Lane.DECISION: 3, Lane.CUSTOMER: 4}
_ROWS_OF_VIEW = {Lane.SIGNAL: 4, Lane.CHANGE: 3, Lane.PEOPLE: 3, Lane.DECISION: 1, Lane.CUSTOMER: 2}
"""A window has the same height wherever it is moved, so that nothing below it jumps."""
_NAMES_WIDTH = 128


class View(Struct, frozen=True):
    """A window `[start, end)` on a timeline that somebody works on. Lanes that are not in `counts` are left out.

    `counts` are all events of each lane; `crowds` are, for each lane, those in even stretches of the window that are not given
    one by one. `address` says where a mark leads, `decided` where that of a decision does, by its number counted from 1;
    `chosen` is ringed.
    """

    start: Instant
    end: Instant
    address: Address
    counts: Mapping[Lane, int]
    crowds: Mapping[Lane, Sequence[int]]
    chosen: EventId | None = None
    decided: Sequence[str] = ()


class Drawn(Struct, frozen=True):
    """The lanes as HTML, and the scale they were drawn to, which the handle's script reads."""

    html: Markup
    scale: Scale


def draw(  # noqa: PLR0913 - what a timeline is drawn of
    events: Sequence[Event],
    *,
    phases: Sequence[Phase] = (),
    decisions: Sequence[Decision] = (),
    clock: Clock,
    milestones: Sequence[Milestone] = (),
    handle: Markup = EMPTY,
    width: int = WIDTH,
    view: View | None = None,
) -> Drawn | None:
    """Return the lanes of a timeline, None where there is nothing to draw.

    Key events are marks with words, the others small ticks; where none is key, all are marks. `milestones` say when the
    phases were known. Marks link to `event_anchor` and `decision_anchor`. `handle` is laid over the drawing; `width` is the
    narrowest in pixels that it will be shown at. With a `view` the window that it names is drawn, and others are small marks.
    """
    key = [event for event in events if event.key] or ([] if view else list(events))
    scale = window_of(view.start, view.end) if view else scale_of(_instants(key, phases, decisions))
    if scale is None:
        return None
    decided = {decision.event for decision in decisions}
    shown = [event for event in key if event.lane is not Lane.DECISION or event.id not in decided]
    marks = [
        *(of_event(event, scale, clock, view.address if view else in_document) for event in shown),
        *of_decisions(decisions, scale, clock, events, view.decided if view else ()),
    ]
    given = {event.id for event in key}
    minor = [event for event in events if event.id not in given and scale.holds(event.occurred_at)]
    lanes: list[_Lane] = []
    y = float(AXIS + _PHASES)
    for look in LOOKS.values():
        if view is None or look.lane in view.counts:
            here = [mark for mark in marks if mark.lane is look.lane]
            lane = _Lane(look, y, here, [event for event in minor if event.lane is look.lane], width, view)
            lanes.append(lane)
            y += lane.height
    known = [(phase, phase_known_at(phase, milestones, events, decisions)) for phase in phases]
    until = phases[-1].to if phases else None
    over = instant_known_at(until, milestones, events, decisions) if until else None
    plot = (
        shades(known, over, scale, y, width),
        axis(scale, clock, y, width),
        joined(lane.rule(100) for lane in lanes),
        None if view else element("rect", class_="fog", x="100%", y=0, width="0%", height=y, hidden=True),
        joined(lane.ticks(scale, clock) for lane in lanes),
        joined(lane.marks() for lane in lanes),
    )
    picture = element(
        "svg",
        element("defs", hatching("lanes-hatch"), fog_pattern()),
        # What is moved and stretched while a person zooms: texts keep their size, since all x are shares of its width.
        element("svg", *plot, class_="plot", width="100%", height=y, overflow="visible") if view else joined(plot),
        class_="lanes-drawing",
        width="100%",
        height=y,
        role="group",
        aria_label=f"Lanes, times in {clock.zone}; the list below says the same",
    )
    canvas = element("div", picture, handle, class_="lanes-canvas")
    names = _names(lanes, y, clock, view)
    return Drawn(element("div", names, element("div", canvas, class_="lanes-scroll"), class_="lanes"), scale)


class _Lane:
    """One lane at its height `y`, with its marks in rows and its ticks below them."""

    def __init__(
        self, look: LaneLook, y: float, marks: Iterable[Mark], minor: Sequence[Event], width: int, view: View | None
    ) -> None:
        self.look, self.y, self._minor, self._view = look, y, minor, view
        by_rank = sorted(marks, key=lambda mark: (not mark.first, mark.x, mark.href))
        most = _ROWS_OF_VIEW[look.lane] if view and view.counts[look.lane] else _ROWS[look.lane]
        placed = place([span(mark, width) for mark in by_rank], width=width * 0.985, most=most, spare=2 if view else SPARE)
        self._placed = sorted(zip(by_rank, placed, strict=True), key=lambda pair: (pair[0].x, pair[0].href))
        used = rows_used(placed)
        rows = max(most, used) if view and view.counts[look.lane] else used
        self.height = _PAD * 2 + _ROW * rows - 6 + (_TICKS if minor or view else 0)

    def rule(self, until: int) -> Markup:
        """Return the line that ends the lane."""
        y = self.y + self.height - 0.5
        return element("line", class_="lane-line", x1=0, x2=f"{until}%", y1=y, y2=y)

    def marks(self) -> Markup:
        """Return the marks with their words."""
        chosen = self._view.chosen if self._view else None
        return joined(
            drawn(mark, placed, self.y + _PAD + 10 + placed.row * _ROW, self.look, chosen=mark.event == chosen is not None)
            for mark, placed in self._placed
        )

    def ticks(self, scale: Scale, clock: Clock) -> Markup:
        """Return the events that are not key: one small tick each, or in a view a mark each, or bars where they are many."""
        y = self.y + self.height - _TICKS
        if self._view is None:
            return element("g", joined(tick(event, scale, y) for event in self._minor), class_=f"ticks {self.look.lane}")
        view = self._view
        marks = joined(small(event, scale, y + 2, clock, view.address, chosen=event.id == view.chosen) for event in self._minor)
        counts = view.crowds.get(self.look.lane, ())
        most = max((max(each, default=0) for each in view.crowds.values()), default=0)
        wide = 100 / max(len(counts), 1)
        bars = joined(
            crowd(number * wide, wide * 0.7, count, most, y + TICK + 3) for number, count in enumerate(counts) if count
        )
        return element("g", element("g", bars, aria_hidden="true"), marks, class_=f"ticks {self.look.lane}")


def _instants(events: Iterable[Event], phases: Iterable[Phase], decisions: Iterable[Decision]) -> Iterable[Instant]:
    for event in events:
        yield event.occurred_at
        if event.known_at is not None:
            yield event.known_at
    for phase in phases:
        yield phase.from_
        if phase.to is not None:
            yield phase.to
    for decision in decisions:
        yield decision.at


def _names(lanes: Sequence[_Lane], height: float, clock: Clock, view: View | None) -> Markup:
    parts = [element("text", clock.zone, class_="zone", x=14, y=18)]
    for lane in lanes:
        middle = lane.y + lane.height / 2
        shape = element("path", d=lane.look.outline)
        parts.append(element("g", shape, class_=f"shape {lane.look.lane}", transform=f"translate(20 {middle:g})"))
        parts.append(element("text", lane.look.many, class_="lane-name", x=38, y=middle + (-3 if view else 4)))
        if view:
            parts.append(element("text", f"{view.counts[lane.look.lane]:,}", class_="lane-count", x=38, y=middle + 13))
        y = lane.y + lane.height - 0.5
        parts.append(element("line", class_="lane-line", x1=0, x2=_NAMES_WIDTH, y1=y, y2=y))
    return element("svg", joined(parts), class_="lanes-names", width=_NAMES_WIDTH, height=height, aria_hidden="true")
