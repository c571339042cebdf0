"""What responders knew when they decided: the events that the evidence shows in front of them by then, as they looked then."""

from __future__ import annotations

from juncture.document.drawing.anchors import event_anchor
from juncture.document.drawing.labels import cut
from juncture.document.drawing.shapes import icon
from juncture.document.html.context import Context
from juncture.document.replay import decision_known_at
from juncture.model.evidence import Event, Lane
from juncture.model.instants import Instant
from juncture.model.record import Decision
from juncture.text.markup import Markup, element, joined
from juncture.timeline.known import as_known

_MOST = 4
_MOST_SAID = 2
"""Of them, messages: what systems told comes first."""
_MOST_CHARACTERS = 110


def known_then(context: Context, decision: Decision) -> Markup:
    """Return the latest of what was known at a decision, by `known_at` alone, with how much more there was; nothing later."""
    timeline = context.postmortem.timeline
    moment = decision_known_at(decision, timeline)
    known = [
        event for event in timeline if event.known_at is not None and event.known_at <= moment and _informs(event, decision)
    ]
    if not known:
        anything = any(event.known_at is not None for event in timeline)
        words = "Nothing recorded had reached a responder yet." if anything else "The evidence shows nowhere who knew what."
        return element("span", words, class_="absent")
    shown = sorted(_latest(known), key=lambda event: (event.known_at or moment, event.id))
    rows = joined(_row(context, event, moment) for event in shown)
    rest = len(known) - len(shown)
    more = element("li", f"and {rest} more before", class_="meta") if rest else None
    return element("ul", more, rows, class_="known-then")


def _informs(event: Event, decision: Decision) -> bool:
    return event.key and event.lane is not Lane.DECISION and event.id != decision.event and decision.event not in event.aliases


def _latest(known: list[Event]) -> list[Event]:
    """Return the latest events, at most two of them messages where systems told something too."""
    by_time = sorted(known, key=lambda event: (event.known_at or event.occurred_at, event.id), reverse=True)
    told = [event for event in by_time if event.lane is not Lane.PEOPLE]
    said = [event for event in by_time if event.lane is Lane.PEOPLE]
    room = max(_MOST_SAID, _MOST - len(told))
    return [*said[:room], *told[: _MOST - min(len(said), room)]]


def _row(context: Context, event: Event, moment: Instant) -> Markup:
    then = as_known(event, moment)
    text = cut(then.summary.replace("`", ""), _MOST_CHARACTERS)
    at = event.known_at or event.occurred_at
    words = element("q", text) if event.lane is Lane.PEOPLE else element("span", text)
    link = element("a", context.time(at), href=f"#{event_anchor(event.id)}", class_="time-link")
    return element("li", link, icon(event.lane), words)
