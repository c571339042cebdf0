"""A graph as SVG whose x are percentages and whose y are pixels: text keeps its size, and nothing is measured in the page."""

from __future__ import annotations

import math
from collections.abc import Sequence

from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.document.drawing.curves import Curve
from juncture.document.drawing.labels import pixels
from juncture.document.drawing.scale import Knot, Scale, ticks
from juncture.evidence.quantities import value_text
from juncture.model.instants import Instant
from juncture.text.markup import Markup, element, joined

HEIGHT = 150
"""Of the plane, in pixels; names of instants stand above it and the axis of time below."""
_ROW, _ROWS, _AXIS = 16, 4, 24
_TOP = 0.9
"""Where the greatest value stands, as a share of the height."""
_ACROSS = 1000
_WIDTH = 700
"""Pixels for which names are placed; where there is less room they stay away, and the list below names the instants."""


class Mark(Struct, frozen=True):
    """An instant that is named on the graph."""

    at: Instant
    label: str


def plot(
    curve: Curve,
    window: tuple[Instant, Instant],
    clock: Clock,
    *,
    shaded: tuple[Instant, Instant] | None,
    marks: Sequence[Mark],
    said: str,
) -> Markup:
    """Return the drawing of a curve in a window. `shaded` is the stretch that users felt; `said` tells it in words."""
    scale = Scale((Knot(window[0], 0.0), Knot(window[1], 100.0)))
    values = [value for _, value in curve.points] + ([curve.usual] if curve.usual is not None else [])
    steps = _steps(min(0.0, *values), max(0.0, *values))
    names, rows = _names(marks, scale)
    top = rows * _ROW + (4 if rows else 0)
    plane = _Plane(top, steps[0], max(*values, steps[-1] * _TOP) / _TOP, scale)
    ground = []
    if shaded is not None:
        x, until = scale.place(shaded[0]), scale.place(shaded[1])
        ground.append(element("rect", class_="felt", x=f"{x:.2f}%", y=top, width=f"{until - x:.2f}%", height=HEIGHT))
    for value in steps:
        y = plane.y(value)
        ground.append(element("line", class_="base" if value == 0 else "rule", x1=0, x2="100%", y1=y, y2=y))
    lines = [element("line", class_="instant", x1=x, x2=x, y1=y, y2=top + HEIGHT) for x, y in _lines(marks, scale, top)]
    usual = None
    if curve.usual is not None:
        y = plane.y(curve.usual)
        usual = element("line", class_="usual", x1=0, x2="100%", y1=y, y2=y)
    values_said = [
        element("text", value_text(curve.metric, value, per_second=curve.per_second), x=0, y=plane.y(value) - 5)
        for value in steps
        if value
    ]
    return element(
        "svg",
        joined(ground),
        joined(lines),
        usual,
        plane.drawn(curve),
        joined(values_said),
        names,
        _axis(scale, clock, top + HEIGHT),
        class_=f"plot names-{rows}",
        width="100%",
        height=top + HEIGHT + _AXIS,
        role="img",
        aria_label=said,
    )


class _Plane:
    """Turns instants and values into places."""

    def __init__(self, top: float, low: float, high: float, scale: Scale) -> None:
        self._top, self._low, self._scale = top, min(low, 0.0), scale
        self._height = (high - self._low) or 1.0

    def y(self, value: float) -> float:
        """Return the height of a value, in pixels from above."""
        return round(self._top + HEIGHT * (1 - (value - self._low) / self._height), 1)

    def drawn(self, curve: Curve) -> Markup:
        """Return the line, broken where nothing was measured; it alone is stretched to the width."""
        lines = []
        for stretch in curve.stretches():
            points = " ".join(
                f"{self._scale.place(at) * _ACROSS / 100:.1f},{self.y(value) - self._top:.1f}" for at, value in stretch
            )
            if len(stretch) == 1:
                points = f"{points} {points}"
            lines.append(element("polyline", class_="actual", vector_effect="non-scaling-stroke", points=points))
        return _stretched(joined(lines), self._top)


def _stretched(drawing: Markup, top: float) -> Markup:
    # The names of these two attributes have capitals, which `element` keeps.
    return element(
        "svg", drawing, x=0, y=top, width="100%", height=HEIGHT, viewBox=f"0 0 {_ACROSS} {HEIGHT}",
        preserveAspectRatio="none", overflow="visible",
    )  # fmt: skip


def _steps(low: float, high: float) -> list[float]:
    """Return two to four round values from `low` to `high`, zero among them."""
    size = (high - low) or 1.0
    rough = size / 3
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 2.5, 5, 10) if power * factor >= rough)
    first, last = math.floor(low / step), math.floor(high / step * 1.0001)
    return [number * step for number in range(first, last + 1)]


def _names(marks: Sequence[Mark], scale: Scale) -> tuple[Markup, int]:
    """Return the names of instants in as few rows as they fit in, and how many rows that are."""
    free = [-1.0] * _ROWS
    found = []
    used = 0
    for mark, (start, end, x, anchor) in ((mark, _room(mark, scale)) for mark in marks):
        row = next((number for number, until in enumerate(free) if start > until), None)
        if row is None:
            continue
        free[row] = end + 8
        used = max(used, row + 1)
        found.append(
            element(
                "text", mark.label, class_="name", x=x, y=row * _ROW + 12, text_anchor=anchor, dx=4 if anchor == "start" else -4
            )
        )
    return joined(found), used


def _room(mark: Mark, scale: Scale) -> tuple[float, float, str, str]:
    """Return the pixels that a name takes, where it stands, and on which side of its line."""
    at = scale.place(mark.at)
    middle, wide = at * _WIDTH / 100, pixels(mark.label) + 4
    left = middle + wide > _WIDTH
    return (middle - wide, middle, f"{at:.2f}%", "end") if left else (middle, middle + wide, f"{at:.2f}%", "start")


def _lines(marks: Sequence[Mark], scale: Scale, top: float) -> list[tuple[str, float]]:
    return [(f"{scale.place(mark.at):.2f}%", top) for mark in marks]


def _axis(scale: Scale, clock: Clock, y: float) -> Markup:
    found = []
    for tick in ticks(scale, clock, _WIDTH):
        if tick.label:
            anchor = "start" if tick.x < 3 else "end" if tick.x > 97 else "middle"
            found.append(element("line", class_="tick", x1=f"{tick.x:.2f}%", x2=f"{tick.x:.2f}%", y1=y, y2=y + 4))
            found.append(element("text", tick.label, x=f"{tick.x:.2f}%", y=y + 18, text_anchor=anchor))
    return joined(found)
