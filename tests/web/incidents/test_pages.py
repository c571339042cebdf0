"""Pages and calls of incidents: what they say, to whom, and with how few queries."""

import re

import pytest
from tests.web.conftest import CHAT

from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.operations import pasted, receive
from juncture.web.incidents import needing
from juncture.web.incidents.models import Incident, Severity
from juncture.web.incidents.operations import declare
from juncture.web.incidents.selectors import incident
from juncture.web.postmortems.operations import start_postmortem

pytestmark = pytest.mark.django_db


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_a_title_alone_declares_and_more_is_taken_as_people_say_it(signed_in, viewer):
    answer = signed_in.post("/incidents/new/", {"title": "Checkout fails"})
    assert answer["Location"].startswith("/incidents/")
    form = {
        "title": "Search is slow",
        "severity": "Sev 2",
        "services": "search, catalogue; search",
        "date": "2026-03-02",
        "started": "around 14:30",
        "timezone": "Europe/Berlin",
        "near_miss": "yes",
        "data_lost": "no",
    }
    number = signed_in.post("/incidents/new/", form)["Location"].split("/")[2]
    seen = incident(viewer, number)
    assert (seen.severity, seen.services, seen.near_miss, seen.data_lost) == ("Sev 2", ("search", "catalogue"), True, False)
    assert seen.started_at.isoformat() == "2026-03-02T13:30:00+00:00"


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({}, "give it a title"),
        ({"title": "x", "started": "soon"}, "Write it such as 14:30"),
        ({"title": "x", "people": "nobody@example.org"}, "Nobody here is called nobody@example.org"),
        ({"title": "x", "visibility": "team"}, "needs the name of that team"),
        ({"title": "x", "visibility": "all"}, "is no visibility"),
        ({"title": "x" * 301}, "300 are the most"),
        (
            {"title": "x", "text": "Sam Sample\n 2:01 PM\nhello", "team": "a\x00b", "visibility": "team"},
            "characters that can be stored",
        ),
    ],
)
def test_what_cannot_be_declared_is_refused_in_words_and_nothing_is_left_behind(signed_in, form, said):
    answer = signed_in.post("/incidents/new/", form)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Incident.objects.get_queryset().exists()


def test_the_first_sentence_of_an_incident_says_what_is_known(signed_in, viewer, work):
    row = declare(viewer, title="Checkout fails")
    page = text_of(signed_in.get(f"/incidents/{row.public_id}/"))
    assert "It has been declared; nothing else is known yet. Add what it left behind" in page
    assert "What to do next" in page
    receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
    work()
    page = text_of(signed_in.get(f"/incidents/{row.public_id}/"))
    assert "Users felt it for 14 min, from 14:01 to 14:15 on" in page, page[400:1200]
    assert "There is no postmortem yet." in page
    assert "Needs a postmortem" in page
    assert "What to do next" not in page


def test_who_only_reads_sees_no_people_evidence_or_draft(client, viewer, person, work):
    row = declare(viewer, title="Checkout fails", severity="Sev 1")
    receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
    work()
    start_postmortem(viewer, row.public_id)
    client.force_login(person("viewer"))
    page = text_of(client.get(f"/incidents/{row.public_id}/"))
    assert "Its severity is Sev 1." in page
    for hidden in ("Who is on it", "Author Sample", "Latest imports", "Add evidence", "being written", "draft"):
        assert hidden not in page, hidden


def test_incident_pages_take_at_most_fifteen_queries(signed_in, viewer, work, django_assert_max_num_queries):
    rows = [declare(viewer, title=f"Checkout {n}", severity="Sev 1", services=["a", "b"], team="Platform") for n in range(30)]
    for row in rows[:3]:
        receive(viewer, row.public_id, [pasted(CHAT)], date=None, zone="UTC")
        work()
        start_postmortem(viewer, row.public_id)
    needing.waive(viewer, rows[1].public_id, reason="Small")
    needing.request_postmortem(viewer, rows[0].public_id, reason="To learn")
    at = rows[0].public_id
    pages = ("incidents/", "incidents/?state=needed&q=check&service=a&severity=Sev+1&team=platform", "incidents/new/",
             f"incidents/{at}/", f"incidents/{rows[1].public_id}/", f"incidents/{rows[9].public_id}/",
             f"incidents/{at}/waive/", f"incidents/{at}/edit/", "settings/criteria/")  # fmt: skip
    for page in pages:
        with django_assert_max_num_queries(15):
            assert signed_in.get(f"/{page}").status_code == 200


def test_the_list_keeps_its_filter_over_pages(signed_in, viewer):
    for n in range(32):
        declare(viewer, title=f"Checkout {n}", near_miss=True)
    declare(viewer, title="Something else")
    first = signed_in.get("/incidents/?near_miss=1&q=checkout").content.decode()
    assert "32 incidents are like this." in first
    older = re.search(r'href="(\?[^"]+cursor=[^"]+)"', first)[1].replace("&amp;", "&")
    second = signed_in.get(f"/incidents/{older}").content.decode()
    assert second.count('class="row-title"') == 2
    assert "Something else" not in first + second


def test_an_administrator_sets_criteria_and_severities_by_form(client, person):
    client.force_login(person("administrator"))
    second = Severity.objects.get(key="sev2")
    form = {f"{kind}-on": "yes" for kind in ("downtime", "severity")}
    form |= {"downtime-threshold": "5", "resolution-threshold": "60", "error_budget-threshold": "20"}
    assert client.post("/settings/criteria/", form | {"severity-severity": second.pk}).status_code == 302
    page = text_of(client.get("/settings/criteria/"))
    assert "Visible downtime over 5" in page
    refused = client.post("/settings/criteria/", form | {"severity-severity": second.pk, "downtime-threshold": "five"})
    assert refused.status_code == 422
    assert "whole number" in text_of(refused)
    client.post("/settings/criteria/objectives/", {"service": "checkout", "percent": "99,9", "days": "28"})
    assert "checkout 99.9" in text_of(client.get("/settings/criteria/"))
    client.post(f"/settings/severities/{second.pk}/", {"name": "Major", "tone": "warn", "description": ""})
    assert "Major" in text_of(client.get("/settings/severities/"))
    assert client.post("/settings/severities/", {"name": "sev-1"}).status_code == 409


def test_everybody_reads_the_criteria_and_only_administrators_get_a_form(client, person):
    client.force_login(person("viewer"))
    page = client.get("/settings/criteria/").content.decode()
    assert "Somebody asked for it" in page
    assert "Save criteria" not in page


def test_the_api_declares_filters_edits_waives_and_adds_people(api, person, author):
    person("author", "other@example.org")
    body = {"title": "Checkout fails", "severity": "SEV-1", "near_miss": False, "people": ["other@example.org"]}
    at = api("POST", "incidents", body).json()["id"]
    api("POST", "incidents", {"title": "Disk nearly full", "near_miss": True})
    seen = api("GET", f"incidents/{at}").json()
    assert (seen["severity"], seen["needs_postmortem"], seen["reasons"]) == ("SEV-1", True, ["its severity is SEV-1"])
    assert [one["title"] for one in api("GET", "incidents?state=needed").json()["items"]] == ["Checkout fails"]
    assert [one["title"] for one in api("GET", "incidents?near_miss=true").json()["items"]] == ["Disk nearly full"]
    edited = api("PATCH", f"incidents/{at}", {"severity": None, "services": ["checkout"], "data_lost": True}).json()
    assert (edited["severity"], edited["services"], edited["reasons"]) == (None, ["checkout"], ["data was lost"])
    assert api("POST", f"incidents/{at}/waive", {"reason": "Known"}).json()["waived"] is True
    assert api("GET", "incidents?state=waived").json()["items"][0]["id"] == at
    assert api("DELETE", f"incidents/{at}/waive").json()["needs_postmortem"] is True
    assert api("POST", f"incidents/{at}/request", {"reason": "To learn"}).json()["needs_postmortem"] is True
    assert api("GET", f"incidents/{at}/people").json() == [author.email, "other@example.org"]
    assert api("DELETE", f"incidents/{at}/people", {"person": "other@example.org"}).json() == [author.email]
    moved = api("PATCH", f"incidents/{at}", {"visibility": "restricted"}).json()
    assert len(moved["id"]) == 24
    assert api("GET", f"incidents/{at}").status_code == 308


def test_a_reader_asks_over_the_api_and_changes_nothing_else(api, viewer, person):
    row = declare(viewer, title="Checkout fails")
    token = new_token(person("viewer"), scope="write", days=1)
    asked = api("POST", f"incidents/{row.public_id}/request", {"reason": "To learn"}, token=token)
    assert (asked.status_code, asked.json()["needs_postmortem"]) == (200, True)
    for call, body in (("waive", {"reason": "No"}), ("people", {"person": "viewer@example.org"})):
        assert api("POST", f"incidents/{row.public_id}/{call}", body, token=token).status_code == 403
    assert api("GET", f"incidents/{row.public_id}/people", token=token).status_code == 404


def test_severity_and_services_that_the_draft_found_are_those_of_an_incident_that_had_none(viewer, work):
    row = declare(viewer, title="Checkout fails")
    said = CHAT.replace("checkout answers 500 since the deploy", "SEV-2: checkout answers 500, declaring an incident")
    receive(viewer, row.public_id, [pasted(said)], date=None, zone="UTC")
    work()
    start_postmortem(viewer, row.public_id)
    assert incident(viewer, row.public_id).severity == "Sev 2"
    kept = declare(viewer, title="Another", severity="Sev 4")
    receive(viewer, kept.public_id, [pasted(said)], date=None, zone="UTC")
    work()
    start_postmortem(viewer, kept.public_id)
    assert incident(viewer_of(kept.created_by), kept.public_id).severity == "Sev 4"


def test_once_a_draft_is_begun_nobody_is_offered_to_waive_or_to_ask(signed_in, viewer):
    number = declare(viewer, title="Checkout fails", severity="Sev 1").public_id
    page = signed_in.get(f"/incidents/{number}/").content.decode()
    assert "Waive…" in page
    assert "Ask for a postmortem…" in page
    start_postmortem(viewer, number)
    page = signed_in.get(f"/incidents/{number}/").content.decode()
    assert "Waive…" not in page
    assert "Ask for a postmortem…" not in page


def test_a_key_event_leads_to_itself_on_the_timeline(signed_in, viewer, work):
    number = declare(viewer, title="Checkout fails").public_id
    receive(viewer, number, [pasted(CHAT)], date=None, zone="UTC")
    work()
    page = signed_in.get(f"/incidents/{number}/").content.decode()
    address = re.search(rf'href="(/incidents/{number}/timeline/\?event=[^"]+)">checkout answers 500', page)[1]
    assert "checkout answers 500" in text_of(signed_in.get(address)).partition("Happened")[0].rpartition("Key event")[2]
