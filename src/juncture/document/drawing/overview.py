"""The strip above the lanes: how many events there are at every time, and which part of it the lanes show."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.marks import crowd
from juncture.document.drawing.scale import window_of
from juncture.model.instants import Instant
from juncture.text.markup import Markup, element, joined

HEIGHT = 40
_NARROWEST = 0.8
"""The least that the window takes of the strip, in percent: enough to be seen and taken hold of."""


class Strip(Struct, frozen=True):
    """What the strip shows: `[start, end)` in even stretches of `counts` events, how many lie before it, how many after."""

    start: Instant
    end: Instant
    counts: Sequence[int]
    earlier: int = 0
    later: int = 0


def overview(strip: Strip, shown: tuple[Instant, Instant], clock: Clock) -> Markup:
    """Return the strip, with a brush around the window that is `shown`."""
    start, end, counts = strip.start, strip.end, strip.counts
    scale, wide = window_of(start, end), 100 / max(len(counts), 1)
    most = max(counts, default=0)
    bars = joined(
        crowd(number * wide, wide * 0.63, count, most, HEIGHT - 4, HEIGHT - 14) for number, count in enumerate(counts) if count
    )
    left = min(max(scale.place(shown[0]), 0.0), 100 - _NARROWEST)
    right = max(min(scale.place(shown[1]), 100.0), left + _NARROWEST)
    several = clock.local(start).date() != clock.local(end).date()
    said = [f"{clock.short_day(at)} {clock.minute(at)}" if several else clock.minute(at) for at in (start, end)]
    brush = (
        element("rect", class_="beyond before", x=0, y=0, width=f"{left:.3f}%", height=HEIGHT),
        element("rect", class_="beyond behind", x=f"{right:.3f}%", y=0, width=f"{100 - right:.3f}%", height=HEIGHT),
        element("rect", class_="brush", x=f"{left:.3f}%", y=1, width=f"{right - left:.3f}%", height=HEIGHT - 2, rx=2),
    )
    names = (
        _said("0%", 8, said[0] + (f", {strip.earlier:,} earlier" if strip.earlier else ""), "start"),
        _said("100%", -8, (f"{strip.later:,} later, " if strip.later else "") + said[1], "end"),
    )
    return element(
        "svg",
        element("g", bars, class_="counts"),
        *brush,
        *names,
        class_="overview",
        width="100%",
        height=HEIGHT,
        aria_hidden="true",
        data_from=milliseconds(start),
        data_to=milliseconds(end),
    )


def _said(x: str, dx: int, text: str, anchor: str) -> Markup:
    return element("svg", element("text", text, x=dx, y=13, text_anchor=anchor), x=x, overflow="visible")
