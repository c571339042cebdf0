"""How changes went out before the start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from juncture.inquiry.changes import what_was_shipped
from juncture.inquiry.shipments import FAILED_STATES, Shipment
from juncture.inquiry.weakness.facts import Facts, Stated, at, cite, rules
from juncture.model.evidence import ChangeDetails, Kind


def unreviewed(facts: Facts) -> Iterator[Stated]:
    """Say which change has no review, where other changes have."""
    if not any(event.kind is Kind.REVIEW for event in facts.events):
        return
    for one in facts.shipped():
        if any(event.kind is Kind.COMMIT for event in one.events) and not any(
            event.kind is Kind.REVIEW for event in one.events
        ):
            yield (
                f"The evidence holds reviews, and none of the change of {at(one.at)}: {what_was_shipped(one)}",
                cite(*one.events[:3]),
            )


def failed_check(facts: Facts) -> Iterator[Stated]:
    """Say which check had failed."""
    for one in facts.shipped():
        for event in one.events:
            if event.kind is Kind.CHECK and isinstance(event.details, ChangeDetails) and event.details.state in FAILED_STATES:
                yield f"A check of the change of {at(one.at)} had failed: {event.summary}", cite(event, one.anchor)


def several_at_once(facts: Facts) -> Iterator[Stated]:
    """Say which changes went out together."""
    close = timedelta(seconds=rules()["several_at_once"].threshold)
    groups: list[list[Shipment]] = []
    for one in facts.shipped():
        if groups and one.at - groups[-1][-1].at <= close:
            groups[-1].append(one)
        else:
            groups.append([one])
    for group in groups:
        if len(group) > 1:
            listed = "; ".join(f"{at(one.at)}, {what_was_shipped(one)}" for one in group)
            yield f"{len(group)} changes went out shortly after one another: {listed}", cite(*(one.anchor for one in group))
