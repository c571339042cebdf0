"""The phases: a ribbon to scale, and how each instant between them was found."""

from __future__ import annotations

from juncture.document.drawing.ribbon import ribbon
from juncture.document.html.context import Context
from juncture.model.record import Milestone, MilestoneState
from juncture.text.markup import EMPTY, Markup, element, joined


def phases(context: Context) -> Markup:
    """Return the ribbon and the milestones with their reasons."""
    record = context.postmortem
    reasons = None if context.shows("milestones") else milestones(context)
    return joined((ribbon(record.phases, context.clock) if record.phases else None, reasons))


def milestones(context: Context) -> Markup:
    """Return every milestone: its instant or its absence, the reason, and where that was read."""
    found = context.postmortem.milestones
    if not found:
        return EMPTY
    rows = joined(_row(context, milestone) for milestone in found)
    return element(
        "details", element("summary", "How each instant was found"), element("dl", rows, class_="reasons"), class_="opens"
    )


def _row(context: Context, milestone: Milestone) -> Markup:
    return joined(
        (
            element("dt", str(milestone.name).capitalize()),
            element("dd", _when(context, milestone), " ", milestone.reason, context.citations.marks(milestone.citations)),
        )
    )


def _when(context: Context, milestone: Milestone) -> Markup:
    if milestone.state is MilestoneState.INVALID:
        return element("span", "Invalid", class_="chip bad")
    if milestone.at is None:
        return element("span", "Not applicable.", class_="absent")
    return element("b", context.time(milestone.at))
