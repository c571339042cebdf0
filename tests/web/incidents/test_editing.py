"""Changing an incident: its facts, who sees it, who is on it; and what a restricted one is called."""

from datetime import UTC, datetime

import pytest

from juncture.web.access.errors import InTheWay, Invalid, Moved, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.actions.listing import Wanted, page_of
from juncture.web.actions.operations import add_action, set_state
from juncture.web.actions.selectors import history_of
from juncture.web.incidents.editing import Edit, add_person_to_incident, edit_incident, remove_person_from_incident
from juncture.web.incidents.operations import declare
from juncture.web.incidents.selectors import incident
from juncture.web.journal.models import Change
from juncture.web.people.models import Identity
from juncture.web.postmortems.operations import start_postmortem
from juncture.web.postmortems.selectors import postmortem

pytestmark = pytest.mark.django_db


@pytest.fixture
def other(person):
    return viewer_of(person("author", "other@example.org"))


@pytest.fixture
def facilitator(person):
    return viewer_of(person("facilitator"))


def test_what_is_said_of_an_incident_is_changed_and_what_is_not_said_stays(viewer):
    row = declare(viewer, title="Checkout fails", severity="Sev 2", services=["checkout"])
    at = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    edit_incident(viewer, row.public_id, Edit(title=" Card payments\nrefused ", services=["payments"], started_at=at))
    seen = incident(viewer, row.public_id)
    assert (seen.title, seen.severity, seen.services, seen.started_at) == ("Card payments refused", "Sev 2", ("payments",), at)
    change = Change.objects.get(action="edit")
    assert change.before == {"title": "Checkout fails", "services": ["checkout"], "started_at": None}
    edit_incident(viewer, row.public_id, Edit(title="Card payments refused"))
    assert Change.objects.filter(action="edit").count() == 1
    with pytest.raises(Invalid):
        edit_incident(viewer, row.public_id, Edit(title=""))


def test_only_who_is_on_it_and_facilitators_change_it(viewer, other, facilitator, person):
    row = declare(viewer, title="Checkout fails")
    with pytest.raises(NotAllowed):
        edit_incident(other, row.public_id, Edit(title="Mine"))
    add_person_to_incident(viewer, row.public_id, "other@example.org")
    edit_incident(other, row.public_id, Edit(title="Ours"))
    with pytest.raises(NotAllowed):
        edit_incident(other, row.public_id, Edit(visibility="restricted"))
    with pytest.raises(NotAllowed):
        add_person_to_incident(other, row.public_id, "facilitator@example.org")
    edit_incident(facilitator, row.public_id, Edit(title="Facilitated"))
    with pytest.raises(NotAllowed):
        edit_incident(viewer_of(person("viewer")), row.public_id, Edit(title="Read"))


def test_restricting_gives_new_ids_and_the_former_ones_lead_on_for_who_may_see_it(viewer, other):
    row = declare(viewer, title="Checkout fails")
    former = start_postmortem(viewer, row.public_id).public_id
    public_id = edit_incident(viewer, row.public_id, Edit(visibility="restricted"))
    assert len(public_id) == 24
    seen = incident(viewer, public_id)
    assert len(seen.postmortems[0]) == 24
    assert seen.postmortems[0] != public_id
    for read, old in ((incident, row.public_id), (postmortem, former)):
        with pytest.raises(Moved):
            read(viewer, old)
        with pytest.raises(NotFound):
            read(other, old)
    edit_incident(viewer, public_id, Edit(visibility="organisation"))
    assert incident(other, public_id).title == "Checkout fails"
    again = edit_incident(viewer, public_id, Edit(visibility="restricted"))
    with pytest.raises(Moved) as moved:
        incident(viewer, row.public_id)
    assert moved.value.public_id == again
    assert declare(viewer, title="Next").public_id == str(int(row.public_id) + 1)


def test_actions_of_an_incident_that_is_restricted_get_new_ids_and_keep_their_history(client, author, viewer, api, person):
    row = declare(viewer, title="Checkout fails")
    written = start_postmortem(viewer, row.public_id).public_id
    former = add_action(viewer, written, title="Limit the pool").public_id
    set_state(viewer, former, "done")
    edit_incident(viewer, row.public_id, Edit(visibility="restricted"))
    ((action,), _) = page_of(viewer, Wanted(), limit=5)
    assert len(action.id) == 24
    assert len(history_of(viewer, action.id)) == 2
    client.force_login(author)
    answer = client.get(f"/actions/{former}/")
    assert (answer.status_code, answer["Location"]) == (307, f"/actions/{action.id}/")
    answer = api("PATCH", f"actions/{former}", {"title": "Limit the pools"})
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/actions/{action.id}")
    hit = api("GET", "search?q=pool&kind=action").json()["items"]
    assert [one["id"] for one in hit] == [action.id]
    client.force_login(person("author", "other@example.org"))
    assert client.get(f"/actions/{former}/").status_code == 404
    next_one = add_action(viewer, start_postmortem(viewer, declare(viewer, title="Next").public_id).public_id, title="Test it")
    assert next_one.public_id == str(int(former) + 1)


def test_a_page_and_a_call_under_the_former_address_lead_on(client, author, viewer, api, person):
    row = declare(viewer, title="Checkout fails")
    public_id = edit_incident(viewer, row.public_id, Edit(visibility="restricted"))
    client.force_login(author)
    for end in ("", "timeline/"):
        answer = client.get(f"/incidents/{row.public_id}/{end}?q=a")
        assert (answer.status_code, answer["Location"]) == (307, f"/incidents/{public_id}/{end}?q=a")
    answer = api("GET", f"incidents/{row.public_id}")
    assert (answer.status_code, answer["Location"]) == (308, f"/api/v1/incidents/{public_id}")
    client.force_login(person("author", "other@example.org"))
    assert client.get(f"/incidents/{row.public_id}/").status_code == 404


def test_whoever_restricts_an_incident_goes_on_seeing_it(viewer, facilitator, other):
    row = declare(viewer, title="Checkout fails")
    public_id = edit_incident(facilitator, row.public_id, Edit(visibility="restricted"))
    assert incident(facilitator, public_id).visibility == "restricted"
    assert incident(viewer, public_id)
    with pytest.raises(NotFound):
        incident(other, public_id)


def test_an_incident_of_one_team_needs_the_name_of_the_team(viewer, other):
    row = declare(viewer, title="Checkout fails")
    with pytest.raises(Invalid, match="name of that team"):
        edit_incident(viewer, row.public_id, Edit(visibility="team"))
    edit_incident(viewer, row.public_id, Edit(visibility="team", team="Platform"))
    with pytest.raises(NotFound):
        incident(other, row.public_id)


def test_people_are_named_by_address_handle_or_name_and_then_see_it(viewer, other, person):
    row = declare(viewer, title="Secret", visibility="restricted")
    Identity.objects.create(user_id=other.person, kind="chat", value="Otto")
    add_person_to_incident(viewer, row.public_id, "@otto")
    assert incident(other, row.public_id).title == "Secret"
    with pytest.raises(InTheWay):
        add_person_to_incident(viewer, row.public_id, "OTHER@example.org")
    with pytest.raises(Invalid, match="Nobody here is called"):
        add_person_to_incident(viewer, row.public_id, "Nobody Sample")
    person("author", "twin@example.org")
    with pytest.raises(Invalid, match="Several people"):
        add_person_to_incident(viewer, row.public_id, "author sample")
    remove_person_from_incident(viewer, row.public_id, other.person)
    with pytest.raises(NotFound):
        incident(other, row.public_id)
    with pytest.raises(InTheWay):
        remove_person_from_incident(viewer, row.public_id, other.person)
