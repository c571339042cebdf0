"""Changes before the start, the one that deserves the first look first."""

from __future__ import annotations

from juncture.document.drawing.ground import known_text
from juncture.document.drawing.shapes import icon
from juncture.document.html.context import Context
from juncture.document.replay import change_known_at
from juncture.model.evidence import Lane
from juncture.model.instants import duration_text
from juncture.model.record import Change
from juncture.text.markup import EMPTY, Markup, element, joined


def changes(context: Context) -> Markup:
    """Return the changes by rank, each with the reasons for it."""
    found = sorted(context.postmortem.changes, key=lambda change: change.rank)
    return element("ol", joined(_item(context, change) for change in found), class_="ranked") if found else EMPTY


def _item(context: Context, change: Change) -> Markup:
    known = change_known_at(change, context.postmortem.timeline)
    about = [context.time(change.at)]
    if change.seconds_before is not None:
        before = duration_text(change.seconds_before)
        about.append(element("span", f"{before} before it began", class_="later"))
    about += [element("span", text) for text in (change.service, change.by) if text]
    reasons = element("p", "; ".join(change.reasons), class_="reason later") if change.reasons else None
    return element(
        "li",
        element("span", str(change.rank), class_="rank later"),
        icon(Lane.CHANGE, named=False),
        element(
            "div", element("p", change.what, context.citations.marks(change.citations)), reasons,
            element("p", joined(about), class_="meta dots"),
        ),
        data_known=known_text(known),
    )  # fmt: skip
