"""The ribbon of phases: one bar to scale, and below it how long each took."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from juncture.document.drawing.clock import Clock
from juncture.model.instants import Instant, duration_text, seconds_between
from juncture.model.record import Phase, PhaseName
from juncture.text.markup import Markup, element, joined

NAMES = {
    PhaseName.UNDETECTED: "Undetected",
    PhaseName.DETECTED: "Detected",
    PhaseName.DIAGNOSING: "Diagnosing",
    PhaseName.MITIGATING: "Mitigating",
    PhaseName.RECOVERING: "Recovering",
}


def ribbon(phases: Sequence[Phase], clock: Clock) -> Markup:
    """Return the phases as a bar to scale and a list; a phase that goes on has no length and is open to the right.

    All instants are told alike: to the second where any phase was shorter than two minutes.
    """
    if not phases:
        return Markup("")
    ended = [phase.to for phase in phases if phase.to is not None]
    start = min(phase.from_ for phase in phases)
    last = max([*ended, *(phase.from_ for phase in phases)])
    whole = max((last - start), timedelta(seconds=1)) * (1.15 if any(phase.to is None for phase in phases) else 1)
    bars = joined(_bar(phase, start, whole) for phase in phases)
    total = duration_text(seconds_between(start, last))
    short = any(phase.to - phase.from_ < timedelta(minutes=2) for phase in phases if phase.to is not None)
    said = clock.second if short else clock.minute
    drawing = element(
        "svg", element("defs", hatching("ribbon-hatch")), bars, role="img", aria_label=f"{total} in phases, drawn to scale"
    )
    return element("div", drawing, element("ol", joined(_named(phase, said) for phase in phases)), class_="ribbon")


def hatching(name: str) -> Markup:
    """Return the pattern that says: nobody knew."""
    return element(
        "pattern", element("path", class_="hatch", d="M0 0v6"), id=name, width=6, height=6,
        patternUnits="userSpaceOnUse", patternTransform="rotate(45)",
    )  # fmt: skip


def _bar(phase: Phase, start: Instant, whole: timedelta) -> Markup:
    x = 100 * ((phase.from_ - start) / whole)
    width = 100 * ((phase.to - phase.from_) / whole) if phase.to else 100 - x
    place = {"x": f"{x:.2f}%", "width": f"{max(width, 0):.2f}%", "height": "100%"}
    shades = element("rect", class_=f"phase-{phase.name}", **place)
    return joined((shades, element("rect", fill="url(#ribbon-hatch)", **place) if phase.name is PhaseName.UNDETECTED else None))


def _named(phase: Phase, said: Callable[[Instant], str]) -> Markup:
    swatch = element(
        "svg",
        element("rect", class_=f"phase-{phase.name}", x=0.5, y=0.5, width=11, height=11),
        element("path", class_="hatch", d="M0 12 12 0M0 6l6-6M6 12l6-6") if phase.name is PhaseName.UNDETECTED else None,
        viewBox="0 0 12 12",
        aria_hidden="true",
    )
    length = duration_text(seconds_between(phase.from_, phase.to)) if phase.to else "goes on"
    until = said(phase.to) if phase.to else "…"
    return element(
        "li",
        element("span", swatch, NAMES[phase.name], class_="phase-name"),
        element("b", length),
        element("span", f"{said(phase.from_)} \N{EN DASH} {until}", class_="phase-span"),
    )
