"""Action items: what changes, who does it, by when, and how we will know that it worked."""

from __future__ import annotations

import datetime as dt

from juncture.document.html.context import Context
from juncture.model.record import ActionItem, ActionState
from juncture.text.markup import EMPTY, Markup, element, joined

_STATES = {
    ActionState.OPEN: ("Open", "muted", '<circle cx="7" cy="7" r="5.25"/>'),
    ActionState.IN_PROGRESS: (
        "In progress", "act", '<circle cx="7" cy="7" r="5.25"/><path class="solid" d="M7 3.75v6.5a3.25 3.25 0 0 0 0-6.5Z"/>',
    ),
    ActionState.DONE: (
        "Done, proof due", "warn", '<circle cx="7" cy="7" r="5.25"/><circle class="solid" cx="7" cy="7" r="3"/>',
    ),
    ActionState.VERIFIED: (
        "Verified", "good", '<circle class="solid" cx="7" cy="7" r="6.25"/><path class="knock" d="m4.25 7.25 2 2 3.5-4"/>',
    ),
    ActionState.WONT_DO: (
        "Won\N{RIGHT SINGLE QUOTATION MARK}t do", "muted", '<circle cx="7" cy="7" r="5.25"/><path d="M4.5 7h5"/>',
    ),
}  # fmt: skip


def actions(context: Context) -> Markup:
    """Return the actions as a table that becomes a list on a narrow screen."""
    found = context.postmortem.actions
    if not found:
        return EMPTY
    names = ("Action", "Addresses", "Owner", "Due", "State")
    head = element("thead", element("tr", joined(element("th", name, scope="col") for name in names)))
    rows = joined(_row(context, action) for action in found)
    return element("table", head, element("tbody", rows), class_="table stack")


def _row(context: Context, action: ActionItem) -> Markup:
    below = [element("span", str(text), class_="chip") for text in (action.kind, action.priority, action.ticket) if text]
    criterion = element("span", "Worked if: ", context.line(action.criterion), class_="criterion") if action.criterion else None
    title = element(
        "th",
        context.line(action.title),
        criterion,
        element("span", joined(below, " "), class_="cell-sub") if below else None,
        scope="row",
    )
    return element(
        "tr",
        title,
        _cell("Addresses", action.factor),
        _cell("Owner", action.owner),
        _cell("Due", _day(action.due) if action.due else None),
        element("td", _state(action.state), data_label="State"),
    )


def _cell(name: str, value: str | None) -> Markup:
    return element("td", value or element("span", "not set", class_="absent"), data_label=name)


def _day(day: dt.date) -> Markup:
    return element("time", f"{day.day}\N{NO-BREAK SPACE}{day:%B}", datetime=day.isoformat(), title=day.isoformat())


def _state(state: ActionState) -> Markup:
    said, tone, drawing = _STATES[state]
    return element(
        "span", element("svg", Markup(drawing), viewBox="0 0 14 14", aria_hidden="true"), said, class_=f"state {tone}"
    )
