"""Actions over the API."""

import json

import pytest
from tests.web.conftest import CHAT

from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.postmortems.models import Postmortem


@pytest.fixture
def postmortem(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return Postmortem.objects.visible_to(viewer).get()


def value(answer, status=200):
    assert answer.status_code == status, answer.content
    return json.loads(answer.content)


def test_an_action_goes_from_added_to_verified(api, author, postmortem):
    body = {"title": "Add a limit", "kind": "prevent", "owner": author.email, "due": "2020-01-31", "criterion": "it stops"}
    added = value(api("POST", f"postmortems/{postmortem.public_id}/actions", body), 201)
    assert (added["owner"], added["due"], added["state"]) == (author.name, "2020-01-31", "open")
    assert (added["postmortem"], added["url"]) == (postmortem.public_id, f"/actions/{added['id']}/")
    at = f"actions/{added['id']}"
    assert value(api("PATCH", at, {"state": "verified", "proof": "seen"}), 409)["detail"].startswith("It is open")
    assert value(api("PATCH", at, {"state": "done", "due": None}))["due"] is None
    assert "done is not verified" in value(api("PATCH", at, {"state": "verified"}), 422)["detail"]
    assert value(api("PATCH", at, {"state": "verified", "proof": "seen"}))["proof"] == "seen"
    assert value(api("GET", at))["state"] == "verified"


def test_a_change_that_is_refused_in_part_changes_nothing(api, postmortem):
    added = value(api("POST", f"postmortems/{postmortem.public_id}/actions", {"title": "Add a limit"}), 201)
    value(api("PATCH", f"actions/{added['id']}", {"title": "Another", "state": "wont_do"}), 422)
    assert value(api("GET", f"actions/{added['id']}"))["title"] == "Add a limit"


def test_the_list_narrows_and_goes_on(api, author, postmortem):
    for number in range(5):
        body = {"title": f"Step {number}", "owner": "me?" if number % 2 else author.email, "due": f"2020-01-0{number + 1}"}
        value(api("POST", f"postmortems/{postmortem.public_id}/actions", body), 201)
    mine = value(api("GET", "actions?owner=me&overdue=true"))["items"]
    assert [each["title"] for each in mine] == ["Step 0", "Step 2", "Step 4"]
    first = value(api("GET", "actions?limit=2&q=step"))
    second = value(api("GET", f"actions?limit=2&q=step&cursor={first['next']}"))
    assert [each["title"] for each in first["items"] + second["items"]] == ["Step 0", "Step 1", "Step 2", "Step 3"]
    assert value(api("GET", "actions?owner=nobody@example.org"))["items"] == []


@pytest.mark.parametrize(
    ("query", "said"),
    [("state=x", "'x' is no state"), ("kind=x", "'x' is no kind"), ("overdue=maybe", "true or false"), ("cursor=%", "cursor")],
)
def test_what_is_no_query_is_said(api, query, said):
    assert said in value(api("GET", f"actions?{query}"), 422)["detail"]


def test_what_is_no_body_is_said(api, postmortem):
    at = f"postmortems/{postmortem.public_id}/actions"
    assert "kind" in value(api("POST", at, {"title": "a", "kind": "magic"}), 422)["detail"]
    assert "due" in value(api("POST", at, {"title": "a", "due": "soon"}), 422)["detail"]
    assert "NUL" in value(api("POST", at, {"title": "a\0"}), 422)["detail"]
