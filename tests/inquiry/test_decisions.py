import pytest

from juncture.inquiry.decisions import candidates


def seconds_off(story, decision, clock):
    return abs((decision.at - story.at(clock)).total_seconds())


def test_one_incident_gives_its_choices_once_each_at_the_moment_of_choosing(story):
    found = candidates(story.checkout_lock().timeline())
    assert [(one.kind, one.at) for one in found] == [
        ("escalate", story.at("14:09")),
        ("declare", story.at("14:11")),
        ("undo", story.at("14:12:40")),
        ("restart", story.at("14:15:20")),
        ("cancel", story.at("14:20:30")),
    ]


def test_a_decision_says_question_options_choice_reason_and_outcome_from_what_was_said(story):
    *_, cancel = candidates(story.checkout_lock().timeline())
    assert cancel.question == "Cancel the migration, or kill the finance export?"
    assert cancel.options == ("Cancel the migration", "Kill the finance export")
    assert cancel.chosen == "Cancel the migration"
    assert cancel.reason == "the migration can run again later"
    assert "errors are falling" in cancel.outcome
    assert cancel.by == "Incident commander"


def test_a_refusal_is_a_choice_with_its_reason(story):
    restart = next(one for one in candidates(story.checkout_lock().timeline()) if one.kind == "restart")
    assert restart.question == "Restart checkout?"
    assert restart.chosen == "Not now: “no, let me look at the db first”"
    assert restart.reason == "we'd lose what it waits for"


def test_what_could_not_be_carried_out_is_told_as_what_followed(story):
    undo = next(one for one in candidates(story.checkout_lock().timeline()) if one.kind == "undo")
    assert undo.question == "Roll back 412?"
    assert "refused" in undo.outcome


def test_every_decision_cites_its_event_and_names_no_person(story):
    incident = story.checkout_lock()
    names = {word.lower() for event in incident.events if event.actor for word in event.actor.split() if len(word) > 3}
    for one in candidates(incident.timeline()):
        assert one.citations
        assert one.event
        said = " ".join(filter(None, (one.question, one.chosen, one.reason, one.outcome, one.by, *one.options))).lower()
        assert not [name for name in names if name in said]


def test_a_proposal_that_nobody_takes_up_is_no_decision(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "should we fail over to the replica?")
    incident.say("14:01", "Wei Zhang", "graphs: https://grafana.example/d/1")
    assert candidates(incident.timeline()) == ()


def test_a_yes_to_another_question_chooses_nothing(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "should we roll back?")
    incident.say("14:00:30", "Wei Zhang", "is the dashboard up to date?")
    incident.say("14:00:40", "Lucia Ferri", "yes")
    assert candidates(incident.timeline()) == ()


def test_a_command_nobody_spoke_of_is_a_decision(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.command("14:03", "kubectl rollout undo deployment/checkout", who="akovac")
    (found,) = candidates(incident.timeline())
    assert found.kind == "undo"
    assert found.chosen == "Run `kubectl rollout undo deployment/checkout`"


@pytest.mark.parametrize(
    "command",
    [
        "kubectl get pods",
        "psql -c \"select pid, query from pg_stat_activity where state <> 'idle'\"",
        "tail -f app.log",
        "git log -3",
    ],
)
def test_a_command_that_only_reads_is_no_decision(story, command):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.command("14:03", command)
    assert candidates(incident.timeline()) == ()


def test_rolling_back_a_second_time_is_a_second_decision(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.say("14:05", "Ana Kovac", "rolling back 2.31.4")
    incident.say("14:07", "Ana Kovac", "rolled back, no change")
    incident.say("14:12", "Wei Zhang", "roll back 2.31.3 too?")
    incident.say("14:12:30", "Ana Kovac", "yes, do it")
    incident.say("14:13", "Ana Kovac", "rolling back 2.31.3")
    found = candidates(incident.timeline())
    assert [(one.kind, one.at) for one in found] == [("undo", story.at("14:05")), ("undo", story.at("14:12:30"))]
    assert "no change" in found[0].outcome


def test_talk_in_channels_beside_the_incident_decides_nothing(story):
    incident = story.checkout_lock()
    before = candidates(incident.timeline())
    incident.say("14:18", "Kofi Mensah", "rolling back to tea", channel="random", key=False)
    assert candidates(incident.timeline()) == before


def test_telling_what_one_did_is_a_decision_and_telling_what_happened_is_none(story):
    incident = story.Story()
    incident.say("10:37", "Ana Kovac", "the import has stopped at file 88")
    incident.say("10:41", "Wei Zhang", "restarted it, watching")
    (found,) = candidates(incident.timeline())
    assert (found.question, found.chosen, found.at) == ("Restart it?", "Restart it", story.at("10:41"))


def test_pages_of_a_program_are_not_choices(story):
    incident = story.Story()
    incident.say("14:00", "Pager", "Paging @Ana Kovac (shop on call)", bot=True)
    incident.say("14:01", "Ana Kovac", "checkout is down")
    assert candidates(incident.timeline()) == ()


def test_records_of_how_a_deploy_went_on_choose_nothing(story):
    incident = story.Story()
    incident.deploy("13:59", "412", state="started")
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.deploy("14:05", "412", state="failed")
    incident.reached("started", "13:59:30")
    assert candidates(incident.timeline()) == ()


def test_an_empty_timeline_has_no_decisions(story):
    assert candidates(story.Story().timeline()) == ()
