"""Where the evidence shows that the system was weak: one rule a statement, each with its citations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from juncture.inquiry.roles import Roles, roles_of
from juncture.inquiry.weakness import response, shipping, steps, telling
from juncture.inquiry.weakness.facts import Facts, Stated, rules
from juncture.model.evidence import Series
from juncture.model.record import Timeline, WeakPoint

MOST_OF_A_RULE = 3
"""A rule states no more than so many cases: a list of all is no help."""


def find(timeline: Timeline, series: Sequence[Series] = (), roles: Roles | None = None) -> tuple[WeakPoint, ...]:
    """Return the candidate weak points that the evidence shows, in the order of the rules.

    Each is a candidate: it states facts, cites them, and suggests a kind of action. What the evidence cannot show is not
    stated. `series` is there for rules that need samples; the present ones read the timeline alone.
    """
    del series
    facts = Facts(timeline, roles or roles_of(timeline))
    found: list[WeakPoint] = []
    for name, check in _CHECKS.items():
        for statement, citations in list(check(facts))[:MOST_OF_A_RULE]:
            rule = rules()[name]
            if citations:
                found.append(
                    WeakPoint(
                        rule=name,
                        title=rule.title,
                        statement=f"{facts.roles.anonymise(statement).rstrip('.')}.",
                        suggestion=rule.suggestion,
                        action_kind=rule.kind,
                        citations=tuple(dict.fromkeys(citations)),
                    )
                )
    return tuple(found)


_CHECKS: dict[str, Callable[[Facts], Iterable[Stated]]] = {
    "late_detection": response.late_detection,
    "found_by_people": response.found_by_people,
    "slow_acknowledgement": response.slow_acknowledgement,
    "wrong_receiver": response.wrong_receiver,
    "late_declaration": response.late_declaration,
    "unreviewed_change": shipping.unreviewed,
    "failed_check": shipping.failed_check,
    "several_at_once": shipping.several_at_once,
    "remedy_in_vain": steps.in_vain,
    "step_refused": steps.refused,
    "silence": telling.silence,
    "customers_not_told": telling.customers_not_told,
    "customers_told_late": telling.customers_told_late,
    "unanswered_question": telling.unanswered,
}
