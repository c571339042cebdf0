"""Open questions for the author: what the evidence cannot answer, derived from what is missing."""

from __future__ import annotations

from juncture.document.drafting.facts import Facts
from juncture.document.drafting.summary import is_a_step
from juncture.inquiry.speech import shortened
from juncture.model.record import MilestoneName, MilestoneState

MOST = 10
"""A reader answers ten questions; a list of thirty is left alone."""

_MISSING = {
    MilestoneName.STARTED: "When did users first feel it, and what shows that?",
    MilestoneName.DETECTED: "What was the first sign that somebody saw, and when?",
    MilestoneName.ACKNOWLEDGED: "Who took it, and when? No acknowledgement is in the evidence.",
    MilestoneName.DECLARED: "Was it ever called an incident? What would have made that easier?",
    MilestoneName.MITIGATED: "When did users no longer feel it, and what shows that?",
    MilestoneName.RESOLVED: "When was it over, and who decided that?",
}


_ABOUT_USERS = frozenset({MilestoneName.STARTED, MilestoneName.MITIGATED})


def questions_of(facts: Facts, *, near_miss: bool = False) -> tuple[str, ...]:
    """Return the questions, those about what is contradictory or missing first; of a near miss none about users.

    A near miss without evidence has none at all: its five sentences are what is asked.
    """
    if near_miss and not facts.timeline.events:
        return ()
    invalid = [one for one in facts.timeline.milestones if one.state is MilestoneState.INVALID]
    found = [
        f"The evidence contradicts itself on when it was {one.name}: {one.reason.rstrip('.')}. Which holds?" for one in invalid
    ]
    missing = {one.name for one in facts.timeline.milestones if one.state is MilestoneState.NOT_APPLICABLE}
    asked = {name: text for name, text in _MISSING.items() if not (near_miss and name in _ABOUT_USERS)}
    found += [text for name, text in asked.items() if name in missing or not facts.timeline.milestones]
    found += _about_the_change(facts)
    found += _about_detection(facts)
    if not near_miss:
        found += _about_customers(facts)
    found += _about_choices(facts)
    found += _about_the_end(facts)
    return tuple(dict.fromkeys(found))[:MOST]


def _about_the_change(facts: Facts) -> list[str]:
    if not facts.changes:
        return ["What had changed in the days before? The evidence holds no change before the start."]
    first = facts.changes[0]
    what = shortened(first.what, 80).removeprefix("Said: ")
    named = what if what.startswith("“") else f"“{what}”"
    return [
        f"Which test, review or canary could have shown what {named} would do, and what kept it from doing so?",
        "What else had to hold for this to happen, beyond a change?",
    ]


def _about_detection(facts: Facts) -> list[str]:
    rules = {one.rule for one in facts.weak_points}
    if rules & {"late_detection", "found_by_people"}:
        return ["Which signal was there earlier, and what would have brought it to somebody?"]
    if "wrong_receiver" in rules:
        return ["How did the alert come to be sent where it first went, and who else is routed like that?"]
    return []


def _about_customers(facts: Facts) -> list[str]:
    found = []
    told = {"customers_not_told", "customers_told_late"} & {one.rule for one in facts.weak_points}
    if told or not any(event.kind == "customer_update" for event in facts.timeline.events):
        found.append("Who told customers, when, and where is that kept?")
    found.append("How many customers were affected, and what did it cost? What would tell?")
    return found


def _about_choices(facts: Facts) -> list[str]:
    silent = [one for one in facts.decisions if is_a_step(one) and not one.reason]
    if not silent:
        return []
    listed = "; ".join(f"{shortened(one.chosen, 60).rstrip('.')} ({facts.stamp(one.at)})" for one in silent[:4])
    return [f"What was known then, and what made it the best choice? No reason was recorded for: {listed}."]


def _about_the_end(facts: Facts) -> list[str]:
    if facts.at(MilestoneName.MITIGATED) is None and facts.at(MilestoneName.RESOLVED) is None:
        return []
    return ["Is the condition gone, or only its effect? Could the same happen today?"]
