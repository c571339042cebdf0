"""The list, the board and the page of one action."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from tests.web.conftest import CHAT

from juncture.web.access.selectors import viewer_of
from juncture.web.actions import operations, selectors
from juncture.web.actions.models import ActionItem
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.incidents.editing import Edit, edit_incident
from juncture.web.postmortems.models import Postmortem

TODAY = dt.date.today


@pytest.fixture
def postmortem(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return Postmortem.objects.visible_to(viewer).get()


def add(viewer, postmortem, title, **more):
    days = more.pop("in_days", None)
    due = None if days is None else timezone.now().date() + dt.timedelta(days=days)
    return operations.add_action(viewer, postmortem.public_id, title=title, due=due, **more)


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_the_list_says_how_things_stand_and_shows_late_first(signed_in, viewer, postmortem):
    add(viewer, postmortem, "Later one", in_days=10, criterion="the alert fires")
    add(viewer, postmortem, "Late one", in_days=-4)
    done = add(viewer, postmortem, "Done one")
    operations.set_state(viewer, done.public_id, "done")
    told = text_of(signed_in.get("/actions/"))
    assert "2 are open. 1 is late. 1 is done and waits for proof." in told
    assert told.index("Late one") < told.index("Done one") < told.index("Later one")
    assert "4 days late" in told
    assert "Done, proof due" in told
    assert "Works when the alert fires" in told
    assert "Nobody has said how we will know that it worked" in told


def test_each_row_names_the_services_of_its_incident_and_leads_to_their_actions(signed_in, viewer, postmortem, api):
    edit_incident(viewer, postmortem.incident.public_id, Edit(services=["checkout", "payments & more"]))
    row = add(viewer, postmortem, "Add a limit")
    page = signed_in.get("/actions/").content.decode()
    assert '<a href="/actions/?service=checkout">checkout</a>' in page
    assert '<a href="/actions/?service=payments%20%26%20more">payments &amp; more</a>' in page
    assert api("GET", f"actions/{row.public_id}").json()["services"] == ["checkout", "payments & more"]


def test_the_board_has_a_column_a_state_and_buttons_that_move(signed_in, viewer, postmortem):
    row = add(viewer, postmortem, "Add a limit")
    assert "Add a limit" in text_of(signed_in.get("/actions/?view=board"))
    answer = signed_in.post(f"/actions/{row.public_id}/state/?view=board&kind=", {"to": "in_progress", "from": "board"})
    assert answer["Location"] == "/actions/?view=board"
    assert "“Add a limit”: In progress." in text_of(signed_in.get(answer["Location"]))
    row.refresh_from_db()
    assert row.state == "in_progress"


def test_the_list_narrows_by_whose_kind_service_state_words_and_lateness(signed_in, author, viewer, postmortem):
    add(viewer, postmortem, "Mine to prevent", owner=author.email, kind="prevent")
    add(viewer, postmortem, "Somebody detects", kind="detect", in_days=-1)
    postmortem.incident.services.create(name="orders")
    shown = {
        "owner=me": {"Mine to prevent"},
        "kind=detect": {"Somebody detects"},
        "overdue=1": {"Somebody detects"},
        "service=orders": {"Mine to prevent", "Somebody detects"},
        "service=other": set(),
        "q=prevent+MINE": {"Mine to prevent"},
        "state=open": {"Mine to prevent", "Somebody detects"},
        "state=done": set(),
    }
    for query, titles in shown.items():
        told = text_of(signed_in.get(f"/actions/?{query}"))
        assert {title for title in ("Mine to prevent", "Somebody detects") if title in told} == titles, query


def test_a_state_that_there_is_not_is_refused_in_one_line(signed_in):
    answer = signed_in.get("/actions/?state=magic")
    assert answer.status_code == 422
    assert "'magic' is no state: open, in_progress" in answer.content.decode().replace("&#x27;", "'")


def test_from_done_to_verified_on_its_page_with_what_shows_it(signed_in, viewer, postmortem):
    row = add(viewer, postmortem, "Add a limit", criterion="the test stops")
    at = f"/actions/{row.public_id}/"
    signed_in.post(f"{at}state/", {"to": "done"})
    assert "Nothing shows yet that it worked" in text_of(signed_in.get(at))
    refused = signed_in.post(f"{at}state/", {"to": "verified", "proof": " "})
    assert refused.status_code == 422
    assert "done is not verified. It works when the test stops" in text_of(refused)
    event = postmortem.incident.events.first().event_id
    signed_in.post(f"{at}state/", {"to": "verified", "proof": "See https://ci.example/run/7", "event": [event]})
    told = signed_in.get(at)
    assert 'href="https://ci.example/run/7"' in told.content.decode()
    assert "State: Done, proof due Verified" in text_of(told)


def test_what_is_refused_stays_in_the_form(signed_in, viewer, postmortem):
    row = add(viewer, postmortem, "Add a limit")
    at = f"/actions/{row.public_id}/"
    answer = signed_in.post(at, {"title": "", "criterion": "kept words", "due": "2026-12-24"})
    assert answer.status_code == 422
    assert "needs a title" in text_of(answer)
    assert 'value="kept words"' in answer.content.decode()
    answer = signed_in.post(f"{at}state/", {"to": "wont_do", "reason": ""})
    assert "Say why it will not be done" in text_of(answer)
    assert "is not a day" in text_of(signed_in.post(at, {"title": "a", "due": "tomorrow"}))


def test_the_form_that_shows_a_person_s_name_does_not_change_what_the_record_says(signed_in, author, viewer, postmortem):
    row = add(viewer, postmortem, "Add a limit", owner=author.email)
    signed_in.post(f"/actions/{row.public_id}/", {"title": "Add a limit", "owner": author.name})
    row.refresh_from_db()
    assert (row.owner_id, row.owner_text) == (author.pk, author.email)


def test_an_action_is_added_from_its_postmortem(signed_in, viewer, postmortem):
    answer = signed_in.post(f"/postmortems/{postmortem.public_id}/actions/", {"title": "Drill it", "kind": "process"})
    assert answer.status_code == 302
    assert "Drill it" in text_of(signed_in.get(answer["Location"]))


def test_hostile_titles_are_words(signed_in, viewer, postmortem):
    row = add(viewer, postmortem, "<script>alert(1)</script>", ticket="javascript:alert(1)", owner="<b>x</b>")
    for at in ("/actions/", "/actions/?view=board", f"/actions/{row.public_id}/"):
        body = signed_in.get(at).content.decode()
        assert "<script>alert" not in body
        assert 'href="javascript' not in body
        assert "<b>x</b>" not in body


def test_readers_see_what_is_published_without_history_or_buttons(client, viewer, person, postmortem):
    from juncture.web.postmortems.operations.publishing import set_state

    row = add(viewer, postmortem, "Add a limit")
    set_state(viewer, postmortem.public_id, "published")
    add(viewer, postmortem, "Not published yet")
    client.force_login(person("viewer"))
    told = text_of(client.get("/actions/"))
    assert "Add a limit" in told
    assert "Not published yet" not in told
    assert "1 is open." in told
    page = client.get(f"/actions/{row.public_id}/").content.decode()
    assert "History" not in page
    assert "/state/" not in page


def test_nobody_else_sees_or_counts_what_is_restricted(client, viewer, person, work):
    receive_into_new(viewer, [pasted(CHAT)], title="zzSECRET", visibility="restricted", date=None, zone="UTC")
    work()
    hidden = Postmortem.objects.visible_to(viewer).get()
    row = add(viewer, hidden, "zzSECRET step", in_days=-3)
    other = person("administrator")
    operations.assign(viewer, row.public_id, other.email)
    client.force_login(other)
    for at in ("/actions/", "/actions/?view=board", "/actions/?overdue=1", "/actions/?owner=me", "/actions/?q=zzSECRET"):
        body = client.get(at).content.decode()
        assert "zzSECRET step" not in body
        assert "late." not in body
    assert client.get(f"/actions/{row.public_id}/").status_code == 404
    seen = viewer_of(other)
    assert selectors.my_open_actions(seen, 9) == []
    assert selectors.open_actions_of([hidden.public_id], seen) == {}


def many(viewer, postmortem, count):
    today = timezone.now().date()
    states = ("open", "in_progress", "done", "verified")
    rows = [
        ActionItem(
            postmortem=postmortem, incident=postmortem.incident, public_id=str(place + 100), number=place + 100, position=place,
            title=f"Step {place}", state=states[place % 4], state_at=timezone.now(), owner_id=viewer.user_id,
            due=today + dt.timedelta(days=place % 90 - 45) if place % 5 else None,
        )
        for place in range(count)
    ]  # fmt: skip
    ActionItem.objects.bulk_create(rows, batch_size=200)


@pytest.mark.parametrize("query", ["", "?view=board", "?state=open", "?q=step", "?owner=me&kind=prevent", "?state=verified"])
def test_a_page_asks_fifteen_times_at_most(signed_in, viewer, postmortem, query, django_assert_max_num_queries):
    many(viewer, postmortem, 300)
    with django_assert_max_num_queries(15):
        assert signed_in.get(f"/actions/{query}").status_code == 200


def test_one_action_asks_fifteen_times_at_most(signed_in, viewer, postmortem, django_assert_max_num_queries):
    row = add(viewer, postmortem, "Add a limit")
    operations.set_state(viewer, row.public_id, "done")
    with django_assert_max_num_queries(15):
        assert signed_in.get(f"/actions/{row.public_id}/").status_code == 200


def test_pages_follow_one_another_and_each_action_comes_once(signed_in, viewer, postmortem):
    many(viewer, postmortem, 260)
    for query in ("state=open", "state=verified", "q=step"):
        at, titles = f"/actions/?{query}", []
        while at:
            body = signed_in.get(at).content.decode()
            titles += re.findall(r">(Step \d+)</a>", body)
            more = re.search(r'href="(\?[^"]*cursor=[^"]*)"', body)
            at = f"/actions/{more[1].replace('&amp;', '&')}" if more else None
        expected = 65 if query != "q=step" else 260
        assert len(titles) == len(set(titles)) == expected, query


def test_selectors_of_the_front_page_give_what_is_due_first_first(author, viewer, postmortem):
    add(viewer, postmortem, "Undated", owner=author.email)
    add(viewer, postmortem, "Soon", owner=author.email, in_days=1)
    add(viewer, postmortem, "Late", in_days=-2)
    assert [one.title for one in selectors.my_open_actions(viewer, 5)] == ["Soon", "Undated"]
    of = selectors.open_actions_of([postmortem.public_id], viewer)[postmortem.public_id]
    assert [one.title for one in of][-3:] == ["Undated", "Soon", "Late"]


@pytest.mark.parametrize("view", ["", "?view=board"])
def test_where_there_is_no_action_the_page_says_how_one_is_written(signed_in, view):
    assert "add a lock timeout by Friday" in signed_in.get(f"/actions/{view}").content.decode()
