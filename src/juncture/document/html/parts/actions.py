"""Action items: what changes, who does it, by when, and how we will know that it worked."""

from __future__ import annotations

import datetime as dt

from juncture.document.html.anchors import here
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
    """Return the actions as a table that becomes a list on a narrow screen, in their state of now where that is known."""
    found = context.postmortem.actions
    if not found:
        return EMPTY
    now = context.edition.actions or ()
    names = ("Action", "Addresses", "Owner", "Due", "State")
    head = element("thead", element("tr", joined(element("th", name, scope="col") for name in names)))
    rows = joined(
        _row(context, number, action, now[number - 1] if len(now) >= number else action)
        for number, action in enumerate(found, start=1)
    )
    table = element("table", head, element("tbody", rows), class_="table stack")
    return joined((element("p", _standing(context), class_="caption standing"), table))


def _standing(context: Context) -> Markup:
    """Return the sentence that says how far the actions are, and as of when."""
    found = context.postmortem.actions
    now = context.edition.actions
    states = [each.state if each else None for each in now] if now is not None else [action.state for action in found]
    proved, done = states.count(ActionState.VERIFIED), states.count(ActionState.DONE)
    said = f"{proved} of {len(found)} verified"
    if done:
        said += f", {done} done and not yet proved"
    if now is None:
        return joined((f"{said}.",))
    as_of = context.edition.as_of
    if as_of is None:
        return joined((f"{said}, as of now.",))
    stamp = context.time(as_of, f"{context.clock.day(as_of)}, {context.clock.minute(as_of)} {context.clock.zone}")
    return joined((f"{said}, as of ", stamp, "."))


def _row(context: Context, number: int, action: ActionItem, now: ActionItem | None) -> Markup:
    # What was promised is the record's, where it stands is that of now.
    below = [element("span", str(text), class_="chip") for text in (action.kind, action.priority, action.ticket) if text]
    criterion = element("span", "Worked if: ", context.line(action.criterion), class_="criterion") if action.criterion else None
    title = element(
        "th",
        context.line(action.title),
        here(f"action-{number}", "this action"),
        criterion,
        element("span", joined(below, " "), class_="cell-sub") if below else None,
        scope="row",
    )
    return element(
        "tr",
        title,
        _cell("Addresses", _factor(context, action.factor)),
        _cell("Owner", context.roles.get(action.owner, action.owner) if action.owner else None),
        _cell("Due", _day(action.due) if action.due else None),
        element("td", _state_now(action, now), data_label="State"),
        id=f"action-{number}",
    )


def _factor(context: Context, factor: str | None) -> Markup | str | None:
    numbers = {each.id: number for number, each in enumerate(context.postmortem.factors, start=1)}
    return element("a", factor, href=f"#factor-{numbers[factor]}") if factor in numbers else factor


def _state_now(then: ActionItem, now: ActionItem | None) -> Markup:
    """Return the state of now; where the text says another, also the one that it was."""
    if now is None:
        return joined((_state(then.state), element("small", "renamed or removed since", class_="was")))
    was = element("small", f"{_STATES[then.state][0]} when published", class_="was") if now.state is not then.state else None
    return joined((_state(now.state), was))


def _cell(name: str, value: str | None) -> Markup:
    return element("td", value or element("span", "not set", class_="absent"), data_label=name)


def _day(day: dt.date) -> Markup:
    return element("time", f"{day.day}\N{NO-BREAK SPACE}{day:%B}", datetime=day.isoformat(), title=day.isoformat())


def _state(state: ActionState) -> Markup:
    said, tone, drawing = _STATES[state]
    return element(
        "span", element("svg", Markup(drawing), viewBox="0 0 14 14", aria_hidden="true"), said, class_=f"state {tone}"
    )
