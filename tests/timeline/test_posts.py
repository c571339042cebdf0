"""Alerts that are known only by what a program posted of them."""

from __future__ import annotations

import msgspec
import pytest
from incidents import Evidence, clock

from juncture.model.evidence import Lane, Sighting
from juncture.model.record import Milestone, MilestoneName, MilestoneState
from juncture.timeline.build import build_timeline


def told(evidence: Evidence) -> dict[MilestoneName, Milestone]:
    sightings = [as_posted(one) for one in evidence.sightings]
    return {milestone.name: milestone for milestone in build_timeline(sightings).milestones}


def as_posted(sighting: Sighting) -> Sighting:
    """As readers give what a program posts of alerts."""
    if not getattr(sighting.details, "bot", False):
        return sighting
    return msgspec.structs.replace(sighting, lane=Lane.SIGNAL, known_at=sighting.occurred_at)


def copied_channel(fired: str, over: str | None) -> Evidence:
    one = Evidence()
    one.chat("14:02", "PagerDuty", fired, None, bot=True)
    one.chat("14:04", "ana", "ack, looking", None)
    one.chat("14:10", "ana", "rolled back 412", None)
    if over:
        one.chat("14:15", "PagerDuty", over, None, bot=True)
    return one


@pytest.mark.parametrize(
    ("fired", "over"),
    [
        ("Triggered: HighErrorRate on checkout", "Resolved: HighErrorRate on checkout"),
        ("[FIRING:1] HighErrorRate (checkout prod)", "[RESOLVED] HighErrorRate (checkout prod)"),
        (
            "Triggered #88: HighErrorRate Service: checkout Assigned: Ana Kovac Urgency: High",
            "Resolved #88: HighErrorRate Service: checkout by Ana Kovac",
        ),
        (":red_circle: Alert: checkout errors at 7 %", ":white_check_mark: Alert: checkout errors at 0 %"),
    ],
)
def test_a_copied_channel_tells_detection_and_end_by_what_was_posted(fired: str, over: str) -> None:
    found = told(copied_channel(fired, over))
    assert {name: one.at for name, one in found.items() if one.at} == {
        MilestoneName.STARTED: clock("14:02"),
        MilestoneName.DETECTED: clock("14:02"),
        MilestoneName.ACKNOWLEDGED: clock("14:04"),
        MilestoneName.MITIGATED: clock("14:15"),
        MilestoneName.RESOLVED: clock("14:15"),
    }
    assert "posted" in found[MilestoneName.DETECTED].reason


def test_an_alert_whose_end_was_not_posted_leaves_it_open() -> None:
    one = copied_channel("[FIRING:1] HighErrorRate (checkout)", "[RESOLVED] OrdersStalled (shop)")
    resolved = told(one)[MilestoneName.RESOLVED]
    assert (resolved.at, resolved.state) == (None, MilestoneState.NOT_APPLICABLE)
    assert "HighErrorRate" in resolved.reason


def test_an_acknowledgement_that_a_program_posts_is_no_new_alert() -> None:
    one = Evidence()
    one.chat("14:02", "PagerDuty", "Acknowledged: HighErrorRate on checkout by ana", None, bot=True)
    assert told(one)[MilestoneName.DETECTED].at is None


def test_posts_say_nothing_where_the_alerts_themselves_are_in_the_evidence() -> None:
    one = copied_channel("[FIRING:1] HighErrorRate (checkout)", None)
    one.alert("14:03", "HighErrorRate", end="14:15")
    assert told(one)[MilestoneName.DETECTED].at == clock("14:03")
