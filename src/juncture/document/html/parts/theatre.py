"""The lanes with the handle: drag it, and everything that nobody knew yet goes dark.

The handle shows only where the script runs; without it the lanes are a drawing, and every mark still leads to its entry.
"""

from __future__ import annotations

from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.lanes import draw
from juncture.document.drawing.scale import Scale
from juncture.document.html.context import Context
from juncture.text.markup import EMPTY, Markup, element, joined

_WIDTH = 656
"""Pixels that the lanes have beside their names in the column of a document."""
_EARLIER = '<path d="M10 4 6 8l4 4"/>'
_NEXT = '<path d="m6 4 4 4-4 4"/>'


def theatre(context: Context) -> Markup:
    """Return the lanes with everything that the replay needs, empty where there is nothing to draw."""
    record = context.postmortem
    drawn = draw(
        record.timeline,
        phases=record.phases,
        decisions=record.decisions,
        milestones=record.milestones,
        clock=context.clock,
        width=_WIDTH,
        handle=joined(
            (_handle(), element("p", "Not here yet: nobody could know it", class_="fog-label", aria_hidden="true", hidden=True))
        ),
    )
    if drawn is None:
        return EMPTY
    return element(
        "section",
        element("h2", "Lanes", class_="unseen-label", id="lanes-heading"),
        _bar(context),
        drawn.html,
        _legend(),
        _juncture(),
        element("p", role="status", class_="unseen-label", id="replay-status"),
        id="lanes",
        class_="theatre",
        aria_labelledby="lanes-heading",
        data_scale=_knots(drawn.scale),
        data_zone=context.clock.zone,
    )


def _knots(scale: Scale) -> str:
    """Return the scale for the script: `milliseconds:percent` for every knot."""
    return " ".join(f"{milliseconds(knot.at)}:{knot.x:.4f}" for knot in scale.knots)


def _handle() -> Markup:
    return element(
        "div",
        element("span", element("span", class_="handle-time"), class_="handle-tab"),
        id="handle",
        class_="handle",
        role="slider",
        tabindex=0,
        aria_label="Replay: the moment up to which things were known",
        aria_valuemin=0,
        aria_valuemax=100,
        aria_valuenow=100,
        aria_valuetext="At the end: everything is shown",
        hidden=True,
    )


def _bar(context: Context) -> Markup:
    known = any(event.known_at is not None for event in context.postmortem.timeline)
    words = (
        "Drag the violet handle, or step with the arrow keys: what nobody knew yet goes dark."
        if known
        else "Nothing in this evidence shows who knew what, or when. The replay can only hide."
    )
    rest = element("p", words, class_="replay-invitation")
    clock = element(
        "p",
        element("span", class_="replay-clock"),
        " ",
        element("span", class_="replay-since meta"),
        class_="replay-now",
        hidden=True,
    )
    step = "decision" if context.postmortem.decisions else "event"
    buttons = element(
        "div",
        element("button", _arrow(_EARLIER), f"Earlier {step}", type="button", class_="button", id="earlier"),
        element("button", f"Next {step}", _arrow(_NEXT), type="button", class_="button", id="next"),
        element("button", "Leave replay", type="button", class_="button quiet", id="leave"),
        class_="button-row",
    )
    return element("div", clock, rest, buttons, class_="replay-bar no-print", hidden=True)


def _arrow(drawing: str) -> Markup:
    return element("svg", Markup(drawing), class_="icon", viewBox="0 0 16 16", aria_hidden="true")


def _legend() -> Markup:
    triangle = "M0-6 5.8 4.6H-5.8Z"
    keys = (
        (element("path", class_="mark happened", d=triangle), "happened"),
        (element("path", class_="whisker", d="M-9 0H9"), "not seen yet"),
        (element("path", class_="mark could-be-known", d=triangle), "could be known"),
        (element("path", class_="bracket", d="M-8 0H8M-8-3V3M8-3V3"), "clock is unsure"),
    )
    shown = joined(
        element("span", element("svg", drawing, viewBox="-10 -8 20 16", aria_hidden="true", class_="legend-key"), said)
        for drawing, said in keys
    )
    hint = element(
        "span",
        element("kbd", "←"), " ", element("kbd", "→"), " next event, with ", element("kbd", "Shift"), " next decision",
        class_="legend-keys no-print", hidden=True,
    )  # fmt: skip
    return element("p", shown, hint, class_="legend caption")


def _juncture() -> Markup:
    """Return the place for the decision that is being made at the replay's moment; the script fills it."""
    return element("div", class_="juncture-now", id="juncture-now", hidden=True)
