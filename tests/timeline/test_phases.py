"""Milestones: found where the evidence shows them, and never where it doesn't."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from incidents import ALL, Evidence, Told, clock

from juncture.model.evidence import Kind
from juncture.model.record import Milestone, MilestoneName, MilestoneState, PhaseName
from juncture.timeline.build import build_timeline
from juncture.timeline.phases import phases_of


def milestones(evidence: Evidence) -> dict[MilestoneName, Milestone]:
    return {milestone.name: milestone for milestone in build_timeline(evidence.sightings).milestones}


@pytest.mark.parametrize("make", ALL)
def test_milestones_of_whole_incidents(make: object) -> None:
    told: Told = make()  # type: ignore[operator]
    found = milestones(told.evidence)
    for name, at in told.milestones.items():
        if at is None:
            assert found[name].at is None, f"{name}: {found[name].reason}"
            assert found[name].state is MilestoneState.NOT_APPLICABLE
        else:
            assert found[name].at is not None, f"{name}: {found[name].reason}"
            assert abs(found[name].at - clock(at)) <= timedelta(seconds=60), f"{name}: {found[name].reason}"
            assert found[name].citations


def test_all_six_are_told_even_of_nothing() -> None:
    timeline = build_timeline([])
    assert [milestone.name for milestone in timeline.milestones] == list(MilestoneName)
    assert all(milestone.state is MilestoneState.NOT_APPLICABLE and milestone.reason for milestone in timeline.milestones)
    assert timeline.phases == ()


def test_one_alert_of_a_group_that_still_fires_leaves_it_unresolved() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    evidence.alert("14:02", "OrdersStalled")
    resolved = milestones(evidence)[MilestoneName.RESOLVED]
    assert (resolved.at, resolved.state) == (None, MilestoneState.NOT_APPLICABLE)
    assert "OrdersStalled" in resolved.reason


def test_said_to_be_over_while_an_alert_fires_is_invalid_and_says_so() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate")
    evidence.chat("14:20", "ana", "all clear")
    resolved = milestones(evidence)[MilestoneName.RESOLVED]
    assert (resolved.at, resolved.state) == (None, MilestoneState.INVALID)
    assert "still fires" in resolved.reason


def test_a_heartbeat_that_always_fires_does_not_keep_it_open() -> None:
    evidence = Evidence()
    evidence.alert("13:00", "Watchdog", receiver=None)
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    assert milestones(evidence)[MilestoneName.RESOLVED].at == clock("14:30")


def test_of_a_reopened_incident_the_last_end_counts() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "HighErrorRate", end="14:30")
    evidence.chat("14:05", "ana", "on it")
    evidence.chat("14:31", "ana", "resolved")
    evidence.alert("14:50", "HighErrorRate", end="15:20")
    evidence.chat("14:51", "ana", "it's back, checkout is failing again")
    evidence.chat("15:25", "ana", "ok now it's resolved")
    assert milestones(evidence)[MilestoneName.RESOLVED].at == clock("15:25")


def test_a_page_that_was_opened_again_leaves_it_unresolved() -> None:
    evidence = Evidence()
    evidence.page("14:02", "Paged: checkout errors", "ana")
    evidence.page("14:20", "Resolved: checkout errors", "ana", Kind.RESOLUTION, actor="ana")
    evidence.chat("14:21", "ana", "all clear")
    evidence.page("14:30", "Reopened: checkout errors", "ana")
    resolved = milestones(evidence)[MilestoneName.RESOLVED]
    assert (resolved.at, resolved.state) == (None, MilestoneState.NOT_APPLICABLE)
    assert "still open" in resolved.reason
    evidence.page("14:50", "Resolved: checkout errors", "ana", Kind.RESOLUTION, actor="ana")
    assert milestones(evidence)[MilestoneName.RESOLVED].at == clock("14:50")


def test_one_page_of_two_that_was_resolved_leaves_it_unresolved() -> None:
    evidence = Evidence()
    evidence.page("14:02", "Paged: checkout errors", "ana")
    evidence.page("14:03", "Paged: orders stalled", "ana", incident="P2")
    evidence.page("14:40", "Resolved: orders stalled", "ana", Kind.RESOLUTION, actor="ana", incident="P2")
    assert milestones(evidence)[MilestoneName.RESOLVED].at is None


def test_a_page_that_resolves_by_itself_ends_it() -> None:
    evidence = Evidence()
    evidence.page("14:02", "Paged: checkout errors", "ana")
    evidence.page("14:40", "Resolved: checkout errors", "ana", Kind.RESOLUTION)
    assert milestones(evidence)[MilestoneName.RESOLVED].at == clock("14:40")


def test_an_alert_on_a_machine_is_no_effect_on_users() -> None:
    evidence = Evidence()
    evidence.alert("14:02", "DiskWillFill", end="14:30", service="db")
    evidence.turn("14:00", "pg_locks_waiting", "up", end="14:29", service="db")
    assert milestones(evidence)[MilestoneName.STARTED].at is None


def test_a_change_is_no_start_even_if_it_is_the_cause() -> None:
    evidence = Evidence()
    evidence.deploy("14:00", "deploy shop 412", state="started")
    evidence.turn("14:00:10", "pg_locks_waiting", "up", end="14:19:50", service="db")
    evidence.turn("14:01:30", "http_errors:ratio1m", "up", end="14:20")
    evidence.alert("14:03", "CheckoutErrors", end="14:22")
    assert milestones(evidence)[MilestoneName.STARTED].at == clock("14:01:30")


def test_what_is_said_beside_the_point_is_no_milestone() -> None:
    evidence = Evidence()
    evidence.turn("14:01:30", "http_errors:ratio1m", "up", end="14:20")
    evidence.alert("14:03", "CheckoutErrors", end="14:22")
    evidence.chat("14:05", "sam", "ack, save me a slice", "random")
    evidence.chat("14:06", "sam", "declaring an incident: the coffee is out", "random")
    evidence.chat("14:07", "bo", "staging is down, known", "eng")
    evidence.chat("14:23", "sam", "closing the incident, coffee is back", "random")
    found = milestones(evidence)
    assert found[MilestoneName.ACKNOWLEDGED].at is None
    assert found[MilestoneName.DECLARED].at is None
    assert found[MilestoneName.RESOLVED].at == clock("14:22")


def test_words_of_taking_it_after_somebody_was_at_work_acknowledge_nothing() -> None:
    evidence = Evidence()
    evidence.turn("14:01:30", "http_errors:ratio1m", "up", end="14:20")
    evidence.alert("14:03", "CheckoutErrors", end="14:22")
    evidence.chat("14:05", "ana", "errors at 80 %, this is an incident")
    evidence.chat("14:06", "ana", "checking the db")
    assert milestones(evidence)[MilestoneName.ACKNOWLEDGED].at is None


def test_questions_and_denials_are_no_milestones() -> None:
    evidence = Evidence()
    evidence.turn("14:01:30", "http_errors:ratio1m", "up", end="14:20")
    evidence.alert("14:03", "CheckoutErrors", end="14:22")
    evidence.chat("14:05", "ana", "is this an incident?")
    evidence.chat("14:06", "tom", "not an incident yet i think")
    evidence.chat("14:15", "tom", "are we back to normal?")
    evidence.chat("14:16", "ana", "no, not resolved yet")
    found = milestones(evidence)
    assert found[MilestoneName.DECLARED].at is None
    assert found[MilestoneName.RESOLVED].at == clock("14:22")


def test_slower_but_whole_is_mitigated_when_errors_ended() -> None:
    evidence = Evidence()
    evidence.turn("14:01:30", "http_errors:ratio1m", "up", end="14:20")
    evidence.turn("14:01:40", "http_latency_seconds:p95", "up")
    evidence.alert("14:03", "CheckoutErrors", end="14:22")
    at = milestones(evidence)[MilestoneName.MITIGATED].at
    assert at is not None
    assert abs(at - clock("14:19:30")) <= timedelta(seconds=60)


def test_users_who_still_feel_it_where_the_evidence_ends_leave_it_unmitigated() -> None:
    evidence = Evidence()
    evidence.turn("14:01:30", "http_errors:ratio1m", "up")
    evidence.alert("14:03", "CheckoutErrors")
    mitigated = milestones(evidence)[MilestoneName.MITIGATED]
    assert mitigated.at is None
    assert "where the evidence ends" in mitigated.reason


def test_phases_lie_between_the_found_milestones_in_order() -> None:
    told = ALL[2]()
    phases = build_timeline(told.evidence.sightings).phases
    assert [phase.name for phase in phases] == list(PhaseName)
    assert all(first.to == then.from_ for first, then in pairwise(phases))


def test_the_last_phase_goes_on_until_it_is_resolved() -> None:
    found = [
        Milestone(MilestoneName.STARTED, clock("14:00"), MilestoneState.FOUND, ""),
        Milestone(MilestoneName.DETECTED, clock("14:05"), MilestoneState.FOUND, ""),
        Milestone(MilestoneName.RESOLVED, None, MilestoneState.NOT_APPLICABLE, ""),
    ]
    phases = phases_of(found)
    assert [(phase.name, phase.to) for phase in phases] == [(PhaseName.UNDETECTED, clock("14:05")), (PhaseName.DETECTED, None)]


def test_each_missing_milestone_is_explained_in_a_note() -> None:
    timeline = build_timeline(ALL[3]().evidence.sightings)
    missing = [milestone for milestone in timeline.milestones if milestone.at is None]
    assert missing
    assert [note.why for note in timeline.notes] == [milestone.reason for milestone in missing]
