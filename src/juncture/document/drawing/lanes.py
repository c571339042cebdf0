"""The lanes: five rows of marks over shaded phases, as SVG whose x are percentages and whose y are pixels.

Each event stands twice: a hollow mark when it happened, a filled one when it could be known, a dotted line between them. Every
mark links to its entry in the list below and carries the instants that the replay compares: `data-known` (milliseconds since
1970, `never` where nothing shows anybody to have seen it) and `data-recorded`. Nothing here is measured by a script.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from juncture.document.drawing.anchors import decision_anchor, event_anchor
from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.ground import AXIS, axis, fog_pattern, known_text, moved, shades
from juncture.document.drawing.labels import label
from juncture.document.drawing.ribbon import hatching
from juncture.document.drawing.rows import Placed, Side, Span, place, rows_used
from juncture.document.drawing.scale import Scale, scale_of
from juncture.document.drawing.shapes import LOOKS, LaneLook
from juncture.document.replay import instant_known_at, phase_known_at, told_later
from juncture.model.evidence import Event, Kind, Lane
from juncture.model.instants import Instant
from juncture.model.record import Decision, Milestone, Phase
from juncture.text.markup import EMPTY, Markup, element, joined

WIDTH = 800
"""The narrowest width in pixels at which the lanes are drawn; below it they scroll."""
_PHASES, _ROW, _PAD, _TICKS = 22, 24, 12, 12
_ROWS = {Lane.SIGNAL: 9, Lane.CHANGE: 7, Lane.PEOPLE: 8, Lane.DECISION: 3, Lane.CUSTOMER: 4}
_FIRST = frozenset({Kind.ALERT, Kind.PAGE, Kind.ACKNOWLEDGEMENT, Kind.DEPLOYMENT, Kind.ROLLBACK})
"""Kinds that get their words before others: what reached somebody, and what changed."""
_NAMES_WIDTH = 128
_APART = 12.0
"""Two marks of one event nearer than so many pixels are drawn as one."""


class Drawn(Struct, frozen=True):
    """The lanes as HTML, and the scale they were drawn to, which the handle's script reads."""

    html: Markup
    scale: Scale


class _Mark(Struct, frozen=True):
    """One thing in a lane; xs in percent. `known` is None where nothing shows anybody to have seen it."""

    lane: Lane
    href: str
    name: str
    label: str
    x: float
    first: bool
    known: float | None
    ended: float | None
    earliest: float
    latest: float
    data_known: str
    data_recorded: str | None


def draw(
    events: Sequence[Event],
    *,
    phases: Sequence[Phase] = (),
    decisions: Sequence[Decision] = (),
    clock: Clock,
    milestones: Sequence[Milestone] = (),
    handle: Markup = EMPTY,
    width: int = WIDTH,
) -> Drawn | None:
    """Return the lanes of a timeline, None where there is nothing to draw.

    Key events are marks with words, the others small ticks; where none is key, all are marks. `milestones` say when the
    phases were known. Marks link to `event_anchor` and `decision_anchor`. `handle` is laid over the drawing; `width` is the
    narrowest in pixels that it will be shown at.
    """
    key = [event for event in events if event.key] or list(events)
    scale = scale_of(_instants(key, phases, decisions))
    if scale is None:
        return None
    decided = {decision.event for decision in decisions}
    shown = [event for event in key if event.lane is not Lane.DECISION or event.id not in decided]
    marks = [*(_of_event(event, scale, clock) for event in shown), *_of_decisions(decisions, scale, clock, events)]
    drawn = {event.id for event in key}
    minor = [event for event in events if event.id not in drawn and scale.holds(event.occurred_at)]
    lanes: list[_Lane] = []
    y = float(AXIS + _PHASES)
    for look in LOOKS.values():
        here = [mark for mark in marks if mark.lane is look.lane]
        lane = _Lane(look, y, here, [event for event in minor if event.lane is look.lane], width)
        lanes.append(lane)
        y += lane.height
    known = [(phase, phase_known_at(phase, milestones, events, decisions)) for phase in phases]
    until = phases[-1].to if phases else None
    over = instant_known_at(until, milestones, events, decisions) if until else None
    picture = element(
        "svg",
        element("defs", hatching("lanes-hatch"), fog_pattern()),
        shades(known, over, scale, y, width),
        axis(scale, clock, y, width),
        joined(lane.rule(100) for lane in lanes),
        element("rect", class_="fog", x="100%", y=0, width="0%", height=y, hidden=True),
        joined(lane.ticks(scale) for lane in lanes),
        joined(lane.marks() for lane in lanes),
        class_="lanes-drawing",
        width="100%",
        height=y,
        role="group",
        aria_label=f"Lanes, times in {clock.zone}; the list below says the same",
    )
    canvas = element("div", picture, handle, class_="lanes-canvas")
    names = _names(lanes, y, clock)
    return Drawn(element("div", names, element("div", canvas, class_="lanes-scroll"), class_="lanes"), scale)


class _Lane:
    """One lane at its height `y`, with its marks in rows and its ticks below them."""

    def __init__(self, look: LaneLook, y: float, marks: Iterable[_Mark], minor: Sequence[Event], width: int) -> None:
        self.look, self.y, self._minor = look, y, minor
        by_rank = sorted(marks, key=lambda mark: (not mark.first, mark.x, mark.href))
        placed = place([_span(mark, width) for mark in by_rank], width=width * 0.985, most=_ROWS[look.lane])
        self._placed = sorted(zip(by_rank, placed, strict=True), key=lambda pair: (pair[0].x, pair[0].href))
        self.height = _PAD * 2 + _ROW * rows_used(placed) - 6 + (_TICKS if minor else 0)

    def rule(self, until: int) -> Markup:
        """Return the line that ends the lane."""
        y = self.y + self.height - 0.5
        return element("line", class_="lane-line", x1=0, x2=f"{until}%", y1=y, y2=y)

    def marks(self) -> Markup:
        """Return the marks with their words."""
        return joined(_mark(mark, placed, self.y + _PAD + 10 + placed.row * _ROW, self.look) for mark, placed in self._placed)

    def ticks(self, scale: Scale) -> Markup:
        """Return the events that are not key, one small tick each."""
        y = self.y + self.height - _TICKS
        return element("g", joined(_tick(event, scale, y) for event in self._minor), class_=f"ticks {self.look.lane}")


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


def _of_event(event: Event, scale: Scale, clock: Clock) -> _Mark:
    before = told_later(event)
    event = event if before is None else replace(event, summary=before[0])
    return _Mark(
        lane=event.lane,
        href=f"#{event_anchor(event.id)}",
        name=f"{clock.second(event.occurred_at)} {LOOKS[event.lane].one}: {event.summary}",
        label=label(event),
        x=scale.place(event.occurred_at),
        first=event.kind in _FIRST,
        known=scale.place(event.known_at) if event.known_at else None,
        ended=scale.place(event.ended_at) if event.ended_at else None,
        earliest=scale.place(event.earliest),
        latest=scale.place(event.latest),
        data_known=known_text(event.known_at),
        data_recorded=str(milliseconds(event.recorded_at)) if event.recorded_at else None,
    )


def _of_decisions(decisions: Iterable[Decision], scale: Scale, clock: Clock, events: Iterable[Event]) -> Iterable[_Mark]:
    known = {event.id: event.known_at for event in events}
    for number, decision in enumerate(decisions, start=1):
        x = scale.place(decision.at)
        since = max(decision.at, (decision.event and known.get(decision.event)) or decision.at)
        yield _Mark(
            lane=Lane.DECISION,
            href=f"#{decision_anchor(number)}",
            name=f"{clock.second(decision.at)} Decision {number}: {decision.question} {decision.chosen}",
            label=f"D{number}",
            x=x, first=True, known=x, ended=None, earliest=x, latest=x,
            data_known=str(milliseconds(since)),
            data_recorded=None,
        )  # fmt: skip


def _span(mark: _Mark, width: int) -> Span:
    last = mark.known if mark.known is not None else mark.x
    left, right = min(mark.x, mark.earliest), max(last, mark.latest)
    pixel = width / 100
    return Span(left * pixel, right * pixel, last * pixel, (mark.ended or right) * pixel, mark.label)


def _mark(mark: _Mark, placed: Placed, y: float, look: LaneLook) -> Markup:
    apart = mark.known is not None and (mark.known - mark.x) * WIDTH / 100 >= _APART
    known = mark.known if apart else (mark.x if mark.known is not None else None)
    last = known if known is not None else mark.x
    words_at = last if placed.side is Side.RIGHT else min(mark.x, mark.earliest)
    words = (
        moved(words_at, y, element("text", placed.words, x=11 if placed.side is Side.RIGHT else -11, y=4,
                                 text_anchor=None if placed.side is Side.RIGHT else "end"))
        if placed.words else None
    )  # fmt: skip
    return element(
        "a",
        element("title", mark.name),
        _line("lasts", mark.x, mark.ended, y + 9) if mark.ended is not None and mark.ended - mark.x > 0.3 else None,
        _line("whisker", mark.x, known, y) if apart and known is not None else None,
        _bracket(mark, y),
        moved(mark.x, y, _outline(look, "mark happened")) if apart or known is None else None,
        moved(known, y, _outline(look, "mark could-be-known")) if known is not None else None,
        words,
        href=mark.href,
        class_=str(mark.lane),
        data_known=mark.data_known,
        data_recorded=mark.data_recorded,
    )


def _outline(look: LaneLook, names: str) -> Markup:
    return element("path", class_=names, d=look.outline)


def _line(name: str, x: float, until: float, y: float) -> Markup:
    return element("line", class_=name, x1=f"{x:.2f}%", x2=f"{until:.2f}%", y1=y, y2=y)


def _bracket(mark: _Mark, y: float) -> Markup | None:
    """Return the bracket under a mark whose instant is known less exactly than it is drawn."""
    if (mark.latest - mark.earliest) * WIDTH / 100 < 10:
        return None
    ends = (moved(x, y + 10, element("path", class_="bracket", d="M0-3V3")) for x in (mark.earliest, mark.latest))
    return joined((_line("bracket", mark.earliest, mark.latest, y + 10), *ends))


def _tick(event: Event, scale: Scale, y: float) -> Markup:
    x = f"{scale.place(event.occurred_at):.2f}%"
    recorded = str(milliseconds(event.recorded_at)) if event.recorded_at else None
    return element(
        "line", x1=x, x2=x, y1=y, y2=y + 7, class_="tick", data_known=known_text(event.known_at), data_recorded=recorded
    )


def _names(lanes: Sequence[_Lane], height: float, clock: Clock) -> Markup:
    parts = [element("text", clock.zone, class_="zone", x=14, y=18)]
    for lane in lanes:
        middle = lane.y + lane.height / 2
        shape = element("path", d=lane.look.outline)
        parts.append(element("g", shape, class_=f"shape {lane.look.lane}", transform=f"translate(20 {middle:g})"))
        parts.append(element("text", lane.look.many, class_="lane-name", x=38, y=middle + 4))
        y = lane.y + lane.height - 0.5
        parts.append(element("line", class_="lane-line", x1=0, x2=_NAMES_WIDTH, y1=y, y2=y))
    return element("svg", joined(parts), class_="lanes-names", width=_NAMES_WIDTH, height=height, aria_hidden="true")
