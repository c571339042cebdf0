"""Incidents that should have a postmortem: judged by criteria that were set beforehand, asked for, waived."""

import pytest
from tests.web.conftest import CHAT

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import Scope
from juncture.web.evidence.operations import pasted, receive
from juncture.web.incidents import needing, severities, standards
from juncture.web.incidents.judging import judge_in_slices
from juncture.web.incidents.models import Criterion, EvidenceSigns, Incident, Severity, StoredVerdict
from juncture.web.incidents.operations import declare
from juncture.web.incidents.rebuilding import rebuild_verdicts
from juncture.web.incidents.selectors import (
    WantedIncidents,
    count_needing_postmortem,
    incident,
    incidents,
    incidents_needing_postmortem,
)
from juncture.web.journal.models import Change
from juncture.web.postmortems.operations import set_state, start_postmortem

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator(person):
    return viewer_of(person("administrator"))


@pytest.fixture
def reader(person):
    return viewer_of(person("viewer"))


def needed_by(viewer):
    return [one.incident.title for one in incidents_needing_postmortem(viewer, limit=10)]


def test_an_incident_of_which_nothing_is_known_needs_none(viewer):
    declare(viewer, title="Checkout fails")
    assert needed_by(viewer) == []


def test_a_grave_severity_is_reason_enough_from_the_moment_of_declaring(viewer):
    declare(viewer, title="Grave", severity="sev-1")
    declare(viewer, title="Small", severity="Sev 3")
    (one,) = incidents_needing_postmortem(viewer, limit=10)
    assert (one.incident.title, one.because) == ("Grave", "Needs one because its severity is sev-1.")
    assert count_needing_postmortem(viewer) == 1


def test_evidence_is_judged_when_it_has_been_read(viewer, work):
    row = declare(viewer, title="Checkout fails")
    receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
    work()
    (one,) = incidents_needing_postmortem(viewer, limit=10)
    assert "a person found it at 14:01 UTC before any alert did" in one.because
    assert "on call rolled something back at 14:04 UTC" in one.because


def test_a_draft_does_not_take_it_from_the_list_and_a_publication_does(viewer, reader):
    row = declare(viewer, title="Grave", severity="Sev 1")
    postmortem = start_postmortem(viewer, row.public_id)
    (one,) = incidents_needing_postmortem(viewer, limit=10)
    assert one.incident.postmortem_state == "draft"
    assert incidents_needing_postmortem(reader, limit=10)[0].incident.postmortem_state is None
    set_state(viewer, postmortem.public_id, "published")
    assert needed_by(viewer) == needed_by(reader) == []
    assert not incident(viewer, row.public_id).needs_postmortem


def test_a_restricted_incident_is_in_nobody_elses_list_or_count(viewer, administrator, person):
    declare(viewer, title="Secret", severity="Sev 1", visibility="restricted")
    other = viewer_of(person("author", "other@example.org"))
    for somebody in (administrator, other):
        assert needed_by(somebody) == []
        assert count_needing_postmortem(somebody) == 0
    assert needed_by(viewer) == ["Secret"]


def test_waiving_needs_a_reason_is_seen_and_can_be_undone(viewer, reader):
    row = declare(viewer, title="Grave", severity="Sev 1")
    with pytest.raises(Invalid, match="Waiving needs a reason"):
        needing.waive(viewer, row.public_id, reason="  ")
    with pytest.raises(NotAllowed):
        needing.waive(reader, row.public_id, reason="Known already")
    needing.waive(viewer, row.public_id, reason="Same as the one before")
    assert needed_by(viewer) == []
    assert incident(viewer, row.public_id).waived
    with pytest.raises(InTheWay):
        needing.waive(viewer, row.public_id, reason="Twice")
    needing.take_up_again(viewer, row.public_id)
    assert needed_by(viewer) == ["Grave"]
    with pytest.raises(InTheWay):
        needing.take_up_again(viewer, row.public_id)
    changes = Change.objects.filter(object_kind="incident").values_list("action", "before", "after")
    assert list(changes)[1:] == [
        ("waive", None, {"reason": "Same as the one before"}),
        ("take_up_again", {"reason": "Same as the one before"}, None),
    ]


def test_any_person_who_sees_it_may_ask_for_one_also_who_only_reads(viewer, reader):
    row = declare(viewer, title="Index rebuild stopped by hand", near_miss=True)
    needing.request_postmortem(reader, row.public_id, reason="We nearly lost the index.")
    (one,) = incidents_needing_postmortem(viewer, limit=10)
    assert one.because == "Needs one because a reader asked for it: “We nearly lost the index”. No user felt it."
    with pytest.raises(InTheWay):
        needing.request_postmortem(reader, row.public_id, reason="Again")
    needing.withdraw_request(reader, row.public_id)
    assert needed_by(viewer) == []


def test_nobody_asks_about_what_they_do_not_see_or_with_a_token_that_reads(viewer, person):
    row = declare(viewer, title="Secret", visibility="restricted")
    other = viewer_of(person("author", "other@example.org"))
    with pytest.raises(NotFound):
        needing.request_postmortem(other, row.public_id, reason="Curious")
    with pytest.raises(NotAllowed):
        needing.request_postmortem(viewer_of(person("viewer"), scope=Scope.READ), row.public_id, reason="Curious")


def test_criteria_apply_to_what_is_declared_after_they_were_set(viewer, administrator):
    early = declare(viewer, title="Early", severity="Sev 3")
    least = Severity.objects.get(name="Sev 3")
    standards.set_criterion(administrator, "severity", is_on=True, severity=least.pk)
    declare(viewer, title="Late", severity="Sev 3")
    judge_in_slices([early.pk])
    assert needed_by(viewer) == ["Late"]
    standards.set_criterion(administrator, "severity", is_on=False, severity=least.pk)
    declare(viewer, title="Later", severity="Sev 1")
    assert needed_by(viewer) == ["Late"]


def test_only_an_administrator_sets_criteria_and_severities(viewer):
    with pytest.raises(NotAllowed):
        standards.set_criterion(viewer, "downtime", is_on=False, threshold=5)
    with pytest.raises(NotAllowed):
        standards.set_objective(viewer, service="checkout", percent="99.9", days=28)
    with pytest.raises(NotAllowed):
        severities.add_severity(viewer, name="Sev 0")


@pytest.mark.parametrize(
    ("kind", "values"), [("downtime", {}), ("downtime", {"threshold": 0}), ("severity", {}), ("nothing", {})]
)
def test_a_criterion_that_cannot_be_judged_is_refused(administrator, kind, values):
    with pytest.raises(Invalid):
        standards.set_criterion(administrator, kind, is_on=True, **values)


@pytest.mark.parametrize("percent", ["100", "0", "-1", "nan", "a lot", "1e400"])
def test_an_objective_without_an_error_budget_is_refused(administrator, percent):
    with pytest.raises(Invalid):
        standards.set_objective(administrator, service="checkout", percent=percent, days=28)


def test_a_severity_that_is_renamed_is_renamed_on_its_incidents(viewer, administrator):
    row = declare(viewer, title="Grave", severity="SEV1")
    severity = Severity.objects.get(name="Sev 1")
    severities.edit_severity(administrator, severity.pk, name="Critical", description="", tone="bad")
    seen = incident(viewer, row.public_id)
    assert (seen.severity, seen.severity_tone, seen.because) == (
        "Critical",
        "bad",
        "Needs one because its severity is Critical.",
    )
    with pytest.raises(InTheWay):
        severities.edit_severity(administrator, severity.pk, name="sev-2", description="", tone="bad")


def test_moving_a_severity_changes_what_is_grave_and_one_in_force_cannot_be_removed(viewer, administrator):
    declare(viewer, title="Third", severity="Sev 3")
    third = Severity.objects.get(name="Sev 3")
    severities.move_severity(administrator, third.pk, up=True)
    assert needed_by(viewer) == ["Third"]
    with pytest.raises(InTheWay):
        severities.remove_severity(administrator, Severity.objects.get(name="Sev 2").pk)
    severities.remove_severity(administrator, third.pk)
    assert needed_by(viewer) == []


def test_judging_again_changes_nothing_and_rebuilds_what_is_missing(viewer, work):
    row = declare(viewer, title="Checkout fails", severity="Sev 1")
    receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
    work()
    told = list(StoredVerdict.objects.values_list("kind", "outcome", "why"))
    judge_in_slices([row.pk])
    assert list(StoredVerdict.objects.values_list("kind", "outcome", "why")) == told
    StoredVerdict.objects.all().delete()
    Incident.objects.get_queryset().update(is_needed=False)
    judge_in_slices([row.pk])
    assert list(StoredVerdict.objects.values_list("kind", "outcome", "why")) == told
    assert needed_by(viewer) == ["Checkout fails"]


def test_lists_by_state_severity_service_and_words(viewer, reader):
    first = declare(viewer, title="Checkout fails", severity="Sev 1", services=["checkout", "payments"])
    second = declare(viewer, title="Search is slow", severity="Sev 3", services=["search"], team="Platform")
    declare(viewer, title="Disk nearly full", near_miss=True)
    needing.waive(viewer, second.public_id, reason="Small")
    drafted = start_postmortem(viewer, first.public_id)

    def titles(by=viewer, **wanted):
        return [one.title for one in incidents(by, wanted=WantedIncidents(**wanted))[0]]

    assert titles(state="needed") == titles(state="draft") == ["Checkout fails"]
    assert titles(reader, state="draft") == titles(state="nowhere") == []
    assert titles(reader, state="none") == ["Disk nearly full", "Search is slow", "Checkout fails"]
    assert titles(state="waived") == ["Search is slow"]
    assert titles(state="none") == ["Disk nearly full", "Search is slow"]
    set_state(viewer, drafted.public_id, "published")
    assert titles(state="published") == titles(reader, state="published") == ["Checkout fails"]
    assert titles(severity="SEV-3") == titles(service="Search") == titles(team="platform") == ["Search is slow"]
    assert titles(near_miss=True) == ["Disk nearly full"]
    assert titles(text="paym check") == titles(text=f"inc-{first.public_id}") == ["Checkout fails"]
    assert titles(text="\x00") == titles()


def test_criteria_begin_with_those_of_the_sre_book():
    assert set(Criterion.objects.values_list("kind", flat=True)) == {
        "downtime", "data_loss", "by_hand", "intervention", "resolution", "error_budget", "severity", "request",
    }  # fmt: skip


def test_rebuilding_gives_the_rows_that_the_changes_made(viewer, work):
    row = declare(viewer, title="Checkout fails", severity="Sev 1")
    declare(viewer, title="No evidence")
    receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
    work()
    told = list(StoredVerdict.objects.order_by("incident", "kind").values_list("incident", "kind", "outcome", "why"))
    StoredVerdict.objects.all().delete()
    EvidenceSigns.objects.all().delete()
    assert rebuild_verdicts() == 2
    assert list(StoredVerdict.objects.order_by("incident", "kind").values_list("incident", "kind", "outcome", "why")) == told
