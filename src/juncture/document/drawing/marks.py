"""One event or decision as marks in a lane: hollow where it happened, filled where it could be known, a dotted line between."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import log1p

from msgspec import Struct
from msgspec.structs import replace

from juncture.document.drawing.anchors import decision_anchor, event_anchor
from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.ground import known_text, moved
from juncture.document.drawing.labels import label
from juncture.document.drawing.rows import Placed, Side, Span
from juncture.document.drawing.scale import Scale
from juncture.document.drawing.shapes import LOOKS, LaneLook
from juncture.document.replay import told_later
from juncture.model.evidence import Event, Kind, Lane
from juncture.model.identity import EventId
from juncture.model.record import Decision
from juncture.text.markup import EMPTY, Markup, element, joined

WIDTH = 800
"""The narrowest width in pixels at which the lanes are drawn; below it they scroll."""
TICK = 7
"""How high the tick of an event is that is not key, and the least that one of many is."""
CROWD = 10
"""How high the densest stretch of a lane is drawn."""
_FIRST = frozenset({Kind.ALERT, Kind.PAGE, Kind.ACKNOWLEDGEMENT, Kind.DEPLOYMENT, Kind.ROLLBACK})
"""Kinds that get their words before others: what reached somebody, and what changed."""
_APART = 12.0
"""Two marks of one event nearer than so many pixels are drawn as one."""

Address = Callable[[EventId], str]


def in_document(event: EventId) -> str:
    """Return where a mark leads in a document: to the event's entry."""
    return f"#{event_anchor(event)}"


class Mark(Struct, frozen=True):
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
    event: EventId | None = None
    at: int | None = None
    """Milliseconds since 1970, where what is drawn is walked through by keys."""


def of_event(event: Event, scale: Scale, clock: Clock, address: Address = in_document) -> Mark:
    """Return how an event stands on a scale; `address` says where its mark leads."""
    before = told_later(event)
    event = event if before is None else replace(event, summary=before[0])
    return Mark(
        lane=event.lane,
        href=address(event.id),
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
        event=event.id,
        at=None if address is in_document else milliseconds(event.occurred_at),
    )


def of_decisions(
    decisions: Iterable[Decision], scale: Scale, clock: Clock, events: Iterable[Event], addresses: Sequence[str] = ()
) -> Iterable[Mark]:
    """Yield how decisions stand in their lane, those within the scale where `addresses` say where they lead."""
    known = {event.id: event.known_at for event in events}
    for number, decision in enumerate(decisions, start=1):
        if addresses and not scale.holds(decision.at):
            continue
        x = scale.place(decision.at)
        since = max(decision.at, (decision.event and known.get(decision.event)) or decision.at)
        yield Mark(
            lane=Lane.DECISION,
            href=addresses[number - 1] if addresses else f"#{decision_anchor(number)}",
            name=f"{clock.second(decision.at)} Decision {number}: {decision.question} {decision.chosen}",
            label=f"D{number}",
            x=x, first=True, known=x, ended=None, earliest=x, latest=x,
            data_known=str(milliseconds(since)),
            data_recorded=None,
        )  # fmt: skip


def span(mark: Mark, width: int) -> Span:
    """Return what a mark covers, for placing its words."""
    last = mark.known if mark.known is not None else mark.x
    left, right = min(mark.x, mark.earliest), max(last, mark.latest)
    pixel = width / 100
    return Span(left * pixel, right * pixel, last * pixel, (mark.ended or right) * pixel, mark.label)


def drawn(mark: Mark, placed: Placed, y: float, look: LaneLook, *, chosen: bool = False) -> Markup:
    """Return a mark with its words, its uncertainty and how long it lasted."""
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
        moved(last, y, element("circle", class_="halo", r=11)) if chosen else None,
        href=mark.href,
        class_=str(mark.lane),
        data_known=mark.data_known,
        data_recorded=mark.data_recorded,
        data_event=mark.event if mark.at is not None else None,
        data_at=mark.at,
    )


def _outline(look: LaneLook, names: str) -> Markup:
    return element("path", class_=names, d=look.outline)


def _line(name: str, x: float, until: float, y: float) -> Markup:
    return element("line", class_=name, x1=f"{x:.2f}%", x2=f"{until:.2f}%", y1=y, y2=y)


def _bracket(mark: Mark, y: float) -> Markup | None:
    """Return the bracket under a mark whose instant is known less exactly than it is drawn."""
    if (mark.latest - mark.earliest) * WIDTH / 100 < 10:
        return None
    ends = (moved(x, y + 10, element("path", class_="bracket", d="M0-3V3")) for x in (mark.earliest, mark.latest))
    return joined((_line("bracket", mark.earliest, mark.latest, y + 10), *ends))


def tick(event: Event, scale: Scale, y: float) -> Markup:
    """Return an event that is not key: one small tick."""
    x = f"{scale.place(event.occurred_at):.2f}%"
    recorded = str(milliseconds(event.recorded_at)) if event.recorded_at else None
    return element(
        "line", x1=x, x2=x, y1=y, y2=y + TICK, class_="tick", data_known=known_text(event.known_at), data_recorded=recorded
    )


def small(event: Event, scale: Scale, y: float, clock: Clock, address: Address, *, chosen: bool) -> Markup:
    """Return an event that is not key as a small mark which can be opened."""
    look = LOOKS[event.lane]
    hollow = event.known_at is None or event.known_at > event.occurred_at
    names = f"mark minor {'happened' if hollow else 'could-be-known'}"
    mark = element("path", class_=names, d=look.outline, transform="scale(.62)")
    return element(
        "a",
        element("title", f"{clock.second(event.occurred_at)} {look.one}: {event.summary}"),
        moved(scale.place(event.occurred_at), y, mark, element("circle", class_="halo", r=9) if chosen else EMPTY),
        href=address(event.id),
        class_=str(event.lane),
        data_event=event.id,
        data_at=milliseconds(event.occurred_at),
    )


def crowd(x: float, width: float, count: int, most: int, bottom: float, height: float = CROWD) -> Markup:
    """Return the bar of `count` events in one stretch, its height by the logarithm, so that a few are seen beside many."""
    high = max(2.0, height * log1p(count) / log1p(max(most, 1)))
    return element("rect", class_="crowd", x=f"{x:.2f}%", y=bottom - high, width=f"{width:.2f}%", height=high)
