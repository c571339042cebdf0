"""Decisions, each as it looked when it was made; what came of it stands apart, because nobody could know it then."""

from __future__ import annotations

from juncture.document.drawing.anchors import decision_anchor
from juncture.document.drawing.clock import milliseconds
from juncture.document.drawing.shapes import icon
from juncture.document.html.context import Context
from juncture.document.html.parts.known_then import known_then
from juncture.document.replay import decision_known_at
from juncture.model.evidence import Lane
from juncture.model.record import Decision, Standing
from juncture.text.markup import EMPTY, Markup, element, joined


def decisions(context: Context) -> Markup:
    """Return the decisions in the order of the record."""
    found = context.postmortem.decisions
    if not found:
        return EMPTY
    items = (_item(context, number, decision) for number, decision in enumerate(found, start=1))
    return element("div", joined(items), class_="decisions")


def _item(context: Context, number: int, decision: Decision) -> Markup:
    minute = context.clock.minute(decision.at)
    replay = element(
        "button",
        "Replay from ",
        context.time(decision.at, minute),
        type="button",
        class_="button quiet small no-print replay-from",
        data_at=milliseconds(decision.at),
        hidden=True,
    )
    about = [element("a", context.time(decision.at), href=f"#{decision_anchor(number)}", class_="time-link")]
    about += [element("span", decision.by)] if decision.by else []
    about += [element("span", "candidate")] if decision.standing is Standing.PROPOSED else []
    head = element(
        "header",
        icon(Lane.DECISION, named=False),
        element("div", element("h3", decision.question), element("p", joined(about), class_="meta dots")),
        replay,
    )
    rows = [_row("Known then", known_then(context, decision))] if context.postmortem.timeline else []
    others = [option for option in decision.options if option != decision.chosen]
    rows += [_row("Also possible", "; ".join(others))] if others else []
    rows += [_row("Chosen", joined((element("b", decision.chosen), context.citations.marks(decision.citations))))]
    rows += [_row("Reason given", element("q", decision.reason))] if decision.reason else []
    rows += [_row("Expected", decision.expected)] if decision.expected else []
    rows += [_row("What followed", decision.outcome, class_="later")] if decision.outcome else []
    return element(
        "article",
        head,
        element("dl", joined(rows)),
        class_="decision-item",
        id=decision_anchor(number),
        tabindex=-1,
        data_known=milliseconds(decision_known_at(decision, context.postmortem.timeline)),
        data_at=milliseconds(decision.at),
    )


def _row(name: str, value: str, class_: str | None = None) -> Markup:
    return element("div", element("dt", name), element("dd", value), class_=class_)
