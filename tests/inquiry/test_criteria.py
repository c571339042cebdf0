from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.inquiry.criteria import (
    Case,
    CriterionKind,
    Objective,
    Outcome,
    Request,
    Signs,
    Standard,
    because,
    judge,
    severity_key,
)
from juncture.inquiry.signs import signs_of

START = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
SEVERITIES = ("Sev 1", "Sev 2", "Sev 3")


def after(minutes):
    return START + timedelta(minutes=minutes)


def verdict(kind, case, threshold=None, severity=""):
    (found,) = judge([Standard(CriterionKind(kind), threshold, severity)], case)
    return found.outcome, found.why.replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize(
    ("minutes", "outcome"), [(26, Outcome.MET), (15, Outcome.NOT_MET), (9, Outcome.NOT_MET)], ids=["longer", "equal", "shorter"]
)
def test_downtime_is_what_users_felt_and_has_to_be_longer_than_the_threshold(minutes, outcome):
    case = Case(signs=Signs(started_at=START, mitigated_at=after(minutes)))
    assert verdict("downtime", case, 15) == (outcome, f"users felt it for {minutes} min")


def test_downtime_begins_when_people_said_so_where_the_evidence_does_not():
    case = Case(signs=Signs(mitigated_at=after(30)), started_at=START)
    assert verdict("downtime", case, 15)[0] is Outcome.MET


@pytest.mark.parametrize("signs", [Signs(), Signs(started_at=START), Signs(mitigated_at=START)])
def test_what_nothing_shows_is_not_known(signs):
    for kind in ("downtime", "resolution", "by_hand"):
        assert verdict(kind, Case(signs=signs), 15)[0] is Outcome.NOT_KNOWN


def test_an_end_before_the_start_is_not_known_and_never_negative():
    case = Case(signs=Signs(started_at=START, mitigated_at=after(-5), resolved_at=after(-1)))
    assert verdict("downtime", case, 15)[0] is Outcome.NOT_KNOWN
    assert verdict("resolution", case, 15)[0] is Outcome.NOT_KNOWN


def test_a_near_miss_has_no_downtime_and_uses_no_budget_but_may_be_asked_for():
    signs = Signs(started_at=START, mitigated_at=after(100), resolved_at=after(100))
    objective = Objective("search", 99.9, 28)
    case = Case(signs, near_miss=True, services=("search",), objectives=(objective,), requests=(Request("a reader", "why"),))
    assert verdict("downtime", case, 15)[0] is Outcome.NOT_MET
    assert verdict("error_budget", case, 20)[0] is Outcome.NOT_MET
    assert verdict("request", case) == (Outcome.MET, "a reader asked for it: “why”")


def test_the_share_of_an_error_budget_is_that_of_the_service_it_hurt_most():
    case = Case(
        signs=Signs(started_at=START, mitigated_at=after(26)),
        services=("checkout", "search"),
        objectives=(Objective("checkout", 99.9, 28), Objective("search", 99.0, 28), Objective("other", 99.999, 28)),
    )
    # 28 days at 99.9 % leave 40.32 min.
    assert verdict("error_budget", case, 20) == (
        Outcome.MET,
        "it used 64 % of the 28-day error budget of checkout (99.9 %)",
    )
    assert verdict("error_budget", case, 70)[0] is Outcome.NOT_MET
    bare = Case(signs=case.signs, services=("mail",), objectives=case.objectives)
    assert verdict("error_budget", bare, 20) == (Outcome.NOT_KNOWN, "no objective of mail is given")


def test_a_severity_counts_from_its_place_in_the_list_however_it_is_written():
    for name, outcome in (("SEV-1", Outcome.MET), ("sev2", Outcome.MET), ("Sev 3", Outcome.NOT_MET)):
        case = Case(severity=name, severities=SEVERITIES)
        assert verdict("severity", case, severity="Sev 2") == (outcome, f"its severity is {name}")
    assert verdict("severity", Case(severity="P7", severities=SEVERITIES), severity="Sev 2")[0] is Outcome.NOT_KNOWN
    assert verdict("severity", Case(severities=SEVERITIES), severity="Sev 2")[0] is Outcome.NOT_KNOWN
    assert severity_key("SEV-1") == severity_key("Sev 1") == "sev1"


def test_reasons_stand_in_one_sentence():
    case = Case(
        signs=Signs(
            started_at=START, detected_at=after(7), mitigated_at=after(26), found_by="person",
            intervention="on call rolled something back at 14:20 UTC",
        ),
        data_lost=True,
    )  # fmt: skip
    standards = [Standard(kind, 15) for kind in reversed(CriterionKind) if kind != CriterionKind.SEVERITY]
    said = because(judge(standards, case)).replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Needs one because users felt it for 26 min, data was lost, a person found it at 14:12 UTC before any alert did and "
        "on call rolled something back at 14:20 UTC."
    )
    assert because(judge(standards, Case())) == ""


moments = st.none() | st.integers(-10_000, 10_000).map(after)


@given(
    st.builds(Signs, moments, moments, moments, moments, st.sampled_from(["", "alert", "person"]), st.sampled_from(["", "x"])),
    st.booleans(),
    st.none() | st.booleans(),
)
def test_every_criterion_in_force_gets_one_verdict_with_words(signs, near_miss, data_lost):
    verdicts = judge([Standard(kind, 15, "Sev 2") for kind in CriterionKind], Case(signs, None, near_miss, data_lost))
    assert [one.kind for one in verdicts] == list(CriterionKind)
    assert all(one.why and one.label for one in verdicts)


def test_the_evidence_tells_who_found_it_and_what_on_call_did(story):
    incident = story.Story()
    incident.log("14:00", "pool timeout")
    seen = incident.say("14:12", "Mara Lindqvist", "customers say checkout is down")
    incident.say("14:15", "Ana Kovac", "rolling back release 412 now")
    incident.reached("started", "14:00")
    incident.reached("detected", "14:12", seen)
    incident.reached("mitigated", "14:26")
    signs = signs_of(incident.timeline())
    assert signs.found_by == "person"
    assert signs.intervention == "on call rolled something back at 14:15 UTC"
    assert (signs.mitigated_at - signs.started_at) == timedelta(minutes=26)


def test_the_recorded_incident_was_found_by_an_alert(story):
    signs = signs_of(story.checkout_lock().timeline())
    assert signs.found_by == "alert"
    assert signs.intervention.endswith("UTC")
