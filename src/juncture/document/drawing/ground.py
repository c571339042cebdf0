"""What the lanes are drawn on: shades of the phases, the axis of time, and the pattern of the fog."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.drawing.ribbon import NAMES
from juncture.document.drawing.scale import Scale, ticks
from juncture.model.instants import Instant, duration_text, seconds_between
from juncture.model.record import Phase, PhaseName
from juncture.text.markup import EMPTY, Markup, element, joined

AXIS = 28
"""Height of the axis, in pixels."""


def known_text(at: Instant | None) -> str:
    """Return what `data-known` says: milliseconds since 1970, or `never`."""
    return "never" if at is None else str(milliseconds(at))


def moved(x: float, y: float, *children: Markup) -> Markup:
    """Return children moved to a place in percent and a height in pixels."""
    return element("svg", *children, x=f"{x:.2f}%", y=y, overflow="visible")


def shades(
    phases: Sequence[tuple[Phase, Instant | None]], over: Instant | None, scale: Scale, height: float, width: int
) -> Markup:
    """Return the shades. Each reaches to the right edge and the next covers it, so that one not yet known leaves no hole."""
    parts = [_phase(phase, scale, height, width, known_text(known)) for phase, known in phases]
    if phases and phases[-1][0].to is not None:
        end = scale.place(phases[-1][0].to)
        if end < 100:
            parts.append(element("rect", class_="after", **_box(end, height), data_known=known_text(over)))
    return element("g", joined(parts), class_="phases", aria_hidden="true")


def _phase(phase: Phase, scale: Scale, height: float, width: int, known: str) -> Markup:
    x, until = scale.place(phase.from_), scale.place(phase.to) if phase.to else 100.0
    if x >= 100:
        return EMPTY
    seen = max(x, 0.0)
    room = (min(until, 100.0) - seen) * width / 100
    name = NAMES[phase.name]
    length = duration_text(round(seconds_between(phase.from_, phase.to) / 60) * 60) if phase.to else ""
    if phase.to and phase.to - phase.from_ < timedelta(minutes=1):
        length = duration_text(seconds_between(phase.from_, phase.to))
    words = next((text for text in (f"{name} {length}".strip(), name) if len(text) * 7 + 12 <= room), "")
    named = element("text", name if words else "", element("tspan", words.removeprefix(name), class_="phase-length"), x=6)
    box = _box(x, height)
    return element(
        "g",
        element("rect", class_=f"phase-{phase.name}", **box),
        element("rect", fill="url(#lanes-hatch)", **box) if phase.name is PhaseName.UNDETECTED else None,
        element("line", class_="phase-edge", x1=f"{x:.2f}%", x2=f"{x:.2f}%", y1=AXIS, y2=height),
        moved(seen, AXIS + 15, named) if words else None,
        data_known=known,
    )


def _box(x: float, height: float) -> dict[str, str | float]:
    return {"x": f"{x:.2f}%", "y": AXIS, "width": f"{100 - x:.2f}%", "height": height - AXIS}


def axis(scale: Scale, clock: Clock, height: float, width: int) -> Markup:
    """Return the axis with its grid, and the breaks where a long stretch is shortened."""
    parts = [element("line", class_="lane-line", x1=0, x2="100%", y1=AXIS - 0.5, y2=AXIS - 0.5)]
    for tick in ticks(scale, clock, width):
        x = f"{tick.x:.2f}%"
        parts.append(element("line", class_="grid", x1=x, x2=x, y1=AXIS, y2=height))
        parts.append(moved(tick.x, 18, element("text", tick.label, text_anchor="middle")) if tick.label else EMPTY)
    for gap in scale.gaps:
        said = duration_text(seconds_between(gap.start, gap.end)).split(" ")[0]
        middle = (gap.x + gap.until) / 2
        zigzag = element("path", class_="gap", d=f"M-3 {AXIS}v{height - AXIS:.0f}M3 {AXIS}v{height - AXIS:.0f}")
        parts.append(moved(middle, 0, zigzag, element("text", said, y=18, text_anchor="middle", class_="gap-length")))
    return element("g", joined(parts), class_="axis", aria_hidden="true")


def fog_pattern() -> Markup:
    """Return the pattern that says: not known yet."""
    return element(
        "pattern", element("rect", class_="fog-ground", width=8, height=8), element("path", class_="fog-line", d="M0 0v8"),
        id="lanes-fog", width=8, height=8, patternUnits="userSpaceOnUse", patternTransform="rotate(-45)",
    )  # fmt: skip
