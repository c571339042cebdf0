"""The phases: a ribbon to scale, and how each instant between them was found."""

from __future__ import annotations

from juncture.document.drawing.ribbon import ribbon
from juncture.document.html.context import Context
from juncture.model.record import Milestone, MilestoneState
from juncture.text.markup import EMPTY, Markup, element, joined


def ribbon_of(context: Context) -> Markup:
    """Return the ribbon below the facts, with how each instant was found where no section tells it."""
    record = context.postmortem
    if not record.phases and not record.milestones:
        return EMPTY
    told = context.shows("milestones") or context.shows("phases")
    body = joined((ribbon(record.phases, context.clock) if record.phases else None, None if told else _found(context)))
    return element("div", body, id="phases-ribbon", class_="at-a-glance later") if body else EMPTY


def phases(context: Context) -> Markup:
    """Return how each instant between the phases was found, where another block does not tell it."""
    return EMPTY if context.shows("milestones") else _found(context)


def milestones(context: Context) -> Markup:
    """Return every milestone: its instant or its absence, the reason, and where that was read."""
    return _found(context)


def _found(context: Context) -> Markup:
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
