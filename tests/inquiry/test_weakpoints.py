from juncture.inquiry.weakness.facts import rules
from juncture.inquiry.weakpoints import _CHECKS, find


def found(incident):
    return {one.rule: one for one in find(incident.timeline())}


def test_a_real_incident_gives_what_its_evidence_shows_and_nothing_else(story):
    points = found(story.checkout_lock())
    assert set(points) == {"wrong_receiver", "step_refused", "customers_not_told"}
    assert "frontend" in points["wrong_receiver"].statement
    assert "refused, another deploy" in points["step_refused"].statement


def test_every_statement_is_cited_and_names_no_person(story):
    for one in find(story.checkout_lock().timeline()):
        assert one.citations
        assert one.action_kind
        assert "Kovac" not in one.statement


def test_each_rule_has_its_check_and_says_where_its_threshold_comes_from():
    assert set(rules()) == set(_CHECKS)
    assert all(rule.why for rule in rules().values())


def test_late_detection_by_people_and_late_acknowledgement(story):
    incident = story.Story()
    incident.log("14:00", "pool timeout")
    seen = incident.say("14:12", "Mara Lindqvist", "customers say checkout is down")
    taken = incident.say("14:19", "Ana Kovac", "looking")
    incident.alert("14:15", "CheckoutErrors")
    incident.reached("started", "14:00")
    incident.reached("detected", "14:12", seen)
    incident.reached("acknowledged", "14:19", taken)
    points = found(incident)
    assert {"late_detection", "found_by_people", "slow_acknowledgement"} <= set(points)
    assert "12\N{NO-BREAK SPACE}min after the start" in points["late_detection"].statement
    assert "The first alert reached a responder 3\N{NO-BREAK SPACE}min later" in points["found_by_people"].statement


def test_an_alert_that_was_only_posted_is_an_alert(story):
    incident = story.Story()
    seen = incident.say("14:01", "Mara Lindqvist", "checkout answers 500")
    incident.post("14:01:20", "PagerDuty", "Triggered: HighErrorRate on checkout")
    incident.reached("started", "14:01", seen)
    incident.reached("detected", "14:01", seen)
    assert "found_by_people" not in found(incident)


def test_below_the_threshold_nothing_is_stated(story):
    incident = story.Story()
    alert = incident.alert("14:01", "CheckoutErrors")
    taken = incident.say("14:02", "Ana Kovac", "looking")
    incident.reached("started", "14:00")
    incident.reached("detected", "14:01", alert)
    incident.reached("acknowledged", "14:02", taken)
    assert found(incident) == {}


def test_silence_between_acknowledging_and_recovery(story):
    incident = story.Story()
    taken = incident.say("14:00", "Ana Kovac", "looking")
    incident.say("14:25", "Ana Kovac", "errors are falling")
    incident.reached("started", "13:59")
    incident.reached("acknowledged", "14:00", taken)
    incident.reached("mitigated", "14:25")
    assert "25\N{NO-BREAK SPACE}min" in found(incident)["silence"].statement


def test_a_step_that_did_not_help_is_stated_with_the_words_that_say_so(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down, looking")
    incident.say("14:05", "Ana Kovac", "restarting checkout")
    incident.say("14:07", "Ana Kovac", "no change after the restart")
    incident.reached("started", "14:00")
    assert "“no change after the restart”" in found(incident)["remedy_in_vain"].statement


def test_a_question_without_an_answer(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down, looking")
    incident.say("14:02", "Mara Lindqvist", "what do i tell customers?", channel="support")
    incident.say("14:10", "Ana Kovac", "found it")
    incident.reached("started", "14:00")
    incident.reached("mitigated", "14:20")
    assert "what do i tell customers?" in found(incident)["unanswered_question"].statement


def test_an_empty_timeline_has_no_weak_points(story):
    assert find(story.Story().timeline()) == ()
