import pytest

from juncture.inquiry.naming import prose
from juncture.inquiry.participants import who_took_part
from juncture.inquiry.people import people_of
from juncture.inquiry.roles import roles_of


def test_roles_follow_from_what_people_did(story):
    found = {one.name: one for one in who_took_part(story.checkout_lock().timeline())}
    assert {name: one.role for name, one in found.items()} == {
        "Yuki Mori": "Change author 1",
        "Nils Aasen": "Change author 2",
        "Lucia Ferri": "Responder 2",
        "Ana Kovac": "On-call engineer",
        "Rafael Souza": "Incident commander",
        "Wei Zhang": "Responder 3",
    }
    assert found["Ana Kovac"].took_part.startswith("Acknowledged at 14:10:00 UTC")
    assert found["Rafael Souza"].took_part.startswith("Called it an incident at 14:11:00 UTC")
    assert all(one.citations for one in found.values())


def test_one_person_under_several_names_is_one(story):
    people = people_of(story.checkout_lock().timeline())
    ana = next(person for person in people if "akovac" in person.names)
    assert ana.names == {"Ana Kovac", "akovac"}
    assert ana.name == "Ana Kovac"


def test_a_handle_that_two_could_have_joins_nobody(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down")
    incident.say("14:01", "Ana Kovacs", "seeing it too")
    incident.command("14:02", "kubectl rollout undo deployment/x", who="ana")
    assert len(people_of(incident.timeline())) == 3


def test_who_comes_after_a_call_for_the_database_and_speaks_of_locks_is_the_database_engineer(story):
    incident = story.Story()
    incident.say("14:00", "Ana Kovac", "checkout is down, looking")
    incident.say("14:02", "Ana Kovac", "can somebody page the dba?")
    incident.say("14:05", "Wei Zhang", "it's a lock queue behind the ALTER")
    roles = {one.name: one.role for one in who_took_part(incident.timeline())}
    assert roles["Wei Zhang"] == "Database engineer"


def test_nobody_is_a_database_engineer_without_a_sign_of_it(story):
    roles = {one.role for one in who_took_part(story.checkout_lock().timeline())}
    assert "Database engineer" not in roles


def test_programs_are_nobody(story):
    incident = story.Story()
    incident.say("14:00", "deploybot", "deploy web 4 finished", bot=True)
    incident.command("14:01", "systemctl restart web", who="root")
    incident.event("14:02", "push", "change", "pushed", actor="dependabot[bot]")
    assert people_of(incident.timeline()) == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("handing to @Ana Kovac", "handing to the on-call engineer"),
        ("ana can you look", "The on-call engineer can you look"),
        ("ask akovac about it", "ask the on-call engineer about it"),
        ("akovac@shop.example wrote", "The on-call engineer wrote"),
        ("banana bread", "banana bread"),
        ("see /home/ana/run.sh", "see /home/ana/run.sh"),
        ("@Somebody Else knows", "a colleague knows"),
        ("@dba please", "@dba please"),
    ],
)
def test_names_are_replaced_by_roles_and_other_words_stay(story, text, expected):
    assert roles_of(story.checkout_lock().timeline()).anonymise(text) == expected


def test_names_that_are_words_are_replaced_only_where_they_are_written_as_names(story):
    incident = story.Story()
    incident.say("14:00", "Will Grace", "checkout is down")
    roles = roles_of(incident.timeline())
    assert roles.anonymise("it will recover, ask Will") == f"it will recover, ask {prose(roles.role_of('Will Grace'))}"


def test_how_somebody_took_part_counts_and_ranks_nothing(story):
    for one in who_took_part(story.checkout_lock().timeline()):
        assert not any(word in one.took_part for word in ("messages", "times", "most", "%"))
