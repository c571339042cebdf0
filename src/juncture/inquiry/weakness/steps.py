"""Steps that did not help, or could not be taken."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from juncture.inquiry.acts import Form
from juncture.inquiry.matters import Matter
from juncture.inquiry.speech import said_in_vain, said_refused
from juncture.inquiry.weakness.facts import HELPED_WITHIN, Facts, Stated, at, cite, words
from juncture.model.evidence import Event


def in_vain(facts: Facts) -> Iterator[Stated]:
    """Say which steps changed nothing, where a message says so or another step came after and users recovered then."""
    helped = {remedy.event.id for remedy in facts.remedies if remedy.recovered_after is not None}
    for matter in facts.matters:
        if matter.form is Form.DECLINE or not matter.chosen or matter.kinds & {"declare", "escalate", "reroute", "tell"}:
            continue
        told = _said_after(facts, matter, said_in_vain)
        if told is not None and not helped & {event.id for event in matter.events}:
            text = f"{_what(matter)} at {at(matter.chosen_at)} did not help: {words(told)}"
            yield text + f", {at(told.occurred_at)}", cite(matter.chosen, told)


def refused(facts: Facts) -> Iterator[Stated]:
    """Say which steps could not be carried out."""
    for matter in facts.matters:
        if matter.form is Form.DECLINE or not matter.chosen:
            continue
        told = _said_after(facts, matter, said_refused)
        if told is not None:
            text = f"{_what(matter)} at {at(matter.chosen_at)} could not be carried out: {words(told)}"
            yield text, cite(matter.chosen, told)


def _what(matter: Matter) -> str:
    names = {
        "undo": "The roll-back", "restart": "The restart", "failover": "The fail-over", "cancel": "The cancellation",
        "flag": "The flag change", "scale": "The change of capacity", "configure": "The change of a setting",
    }  # fmt: skip
    return next((text for kind, text in names.items() if kind in matter.kinds), "The step")


def _said_after(facts: Facts, matter: Matter, tells: Callable[[str], bool]) -> Event | None:
    """Return the first message of a kind after a step, and before the next step was chosen."""
    following = min((one.chosen_at for one in facts.matters if one.chosen_at > matter.last_at), default=None)
    until = matter.last_at + HELPED_WITHIN if following is None else min(following, matter.last_at + HELPED_WITHIN)
    later = (event for event in facts.spoken() if matter.chosen_at < event.occurred_at <= until)
    return next((event for event in later if tells(event.summary)), None)
