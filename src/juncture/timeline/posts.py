"""Alerts that the evidence knows only by what a program posted of them: `[FIRING:1] HighErrorRate` in a copied channel.

Where alerts or pages are in the evidence themselves, posts of them add nothing and are not looked at: they may be posted late,
in part, or where nobody looked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from juncture.model.evidence import Event, Kind, Lane

_LOOKED_AT = 120
"""Characters at the start of a post that say what happened; a body may tell of anything."""
_OVER = re.compile(
    r"\[?\b(?:resolved|recovered|recovery|closed|cleared|ended)\b(?::\d+)?\]?|\bback to normal\b|(?:^|\W)OK(?:\W|$)|✅"
    r"|:white_check_mark:|:large_green_circle:",
    re.IGNORECASE,
)
_TAKEN = re.compile(
    r".{0,60}?\b(?:acknowledged|escalated|silenced|reassigned|snoozed)\b|\W*(?:assigned|note|status update)\b", re.IGNORECASE
)
"""A step of somebody's with an alert that was posted before."""
_STATE = re.compile(
    r"\[?\b(?:firing|alerting|triggered|trigger|alert|alarm|problem|critical|warning|new|incident|opened|down)\b(?::\d+)?\]?",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r":[a-z0-9_+-]+:|#\d+|[^\w\s]|\d+", re.ASCII)
_NAME_WORDS = 3


class Posts(NamedTuple):
    """What programs posted of alerts, in order."""

    fired: tuple[Event, ...] = ()
    over: tuple[Event, ...] = ()
    open: tuple[Event, ...] = ()
    """Those that fired and were not posted as over afterwards."""


def posts_of(events: Sequence[Event]) -> Posts:
    """Return the alerts that are known by posts alone, none where the evidence holds alerts or pages themselves."""
    if any(event.kind is Kind.ALERT or event.kind is Kind.PAGE for event in events):
        return Posts()
    fired: list[Event] = []
    over: list[Event] = []
    still_open: dict[tuple[str, ...], Event] = {}
    for event in events:
        if event.kind is not Kind.MESSAGE or event.lane is not Lane.SIGNAL:
            continue
        start = event.summary[:_LOOKED_AT]
        name = _name(start)
        if _OVER.search(start):
            over.append(event)
            still_open.pop(name, None)
        elif not _TAKEN.match(start):
            fired.append(event)
            still_open.setdefault(name, event)
    return Posts(tuple(fired), tuple(over), tuple(still_open.values()))


def _name(text: str) -> tuple[str, ...]:
    """Return what names an alert in a post, the same whether it fires or is over."""
    bare = _NO_NAME.sub(" ", _STATE.sub(" ", _OVER.sub(" ", text))).casefold().split()
    return tuple(bare[:_NAME_WORDS])
