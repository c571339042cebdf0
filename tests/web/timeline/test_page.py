import re
from datetime import UTC, datetime, timedelta

import pytest
from tests.web.timeline.conftest import START, sighting

from juncture.web.timeline.models import StoredEvent
from juncture.web.timeline.operations import Asked, correct


def page(client, incident, query=""):
    answer = client.get(f"/incidents/{incident}/timeline/{query}")
    assert answer.status_code == 200, answer.content[:300]
    return answer.content.decode()


def rows(html):
    return re.findall(r'<li class="ev[^"]*" data-event="([0-9a-f]+)"', html)


def crowd(count=700):
    made = [sighting(number, template="canceling statement due to timeout") for number in range(count - 60)]
    made += [
        sighting(count + number, source="slack", said=f"looking at panel {number}", at=START + timedelta(minutes=number))
        for number in range(58)
    ]
    made += [sighting(9000, source="slack", said="the needle in the haystack", at=START + timedelta(minutes=3, seconds=1))]
    return [*made, sighting(9001, source="slack", said="Überlauf im Puffer", at=START + timedelta(hours=2))]


def test_a_page_shows_lanes_list_and_the_state_of_its_filters(signed_in, incident, ids):
    html = page(signed_in, incident)
    assert rows(html) == ids(incident)
    assert 'class="overview"' in html
    assert "Times in UTC" in html


def test_an_incident_without_events_says_where_they_come_from(signed_in, incident_of):
    assert "No events have been read yet" in page(signed_in, incident_of([]).public_id)


def test_many_events_of_one_template_are_one_row_that_opens(signed_in, incident_of):
    incident = incident_of(crowd()).public_id
    html = page(signed_in, incident)
    assert len(rows(html)) < 100
    found = re.search(r'<li class="ev-fold">.*?href="([^"]+)" data-go>([\d,]+) like', html)
    assert int(found[2]) > 600
    opened = page(signed_in, incident, found[1].replace("&amp;", "&"))
    assert len(rows(opened)) == 200
    assert "Later</a>" in opened


def test_what_is_folded_and_what_is_shown_are_all_events(signed_in, incident_of):
    row = incident_of(crowd())
    html = page(signed_in, row.public_id)
    shown, folded = (int(each.replace(",", "")) for each in re.search(r"([\d,]+) shown, ([\d,]+) folded", html).groups())
    assert shown + folded == StoredEvent.objects.filter(incident=row).count() == 700
    assert len(rows(html)) == shown


def test_every_fold_opens_into_as_many_events_as_it_says(signed_in, incident_of):
    incident = incident_of(crowd()).public_id
    for address, count in re.findall(r'<li class="ev-fold">.*?href="([^"]+)" data-go>([\d,]+) ', page(signed_in, incident)):
        opened = page(signed_in, incident, address.replace("&amp;", "&"))
        assert len(rows(opened)) == min(200, int(count.replace(",", ""))), address


def test_a_search_finds_in_all_events_whatever_is_folded(signed_in, incident_of):
    incident = incident_of(crowd()).public_id
    assert len(rows(page(signed_in, incident, "?q=haystack+NEEDLE"))) == 1
    assert len(rows(page(signed_in, incident, "?q=überlauf"))) == 1
    assert "No event has the words" in page(signed_in, incident, "?q=elephant")


def test_filters_leave_lanes_sources_key_events_and_a_window(signed_in, incident_of):
    incident = incident_of(crowd()).public_id
    people = page(signed_in, incident, "?lane=people")
    assert "like “" not in people
    assert 'class="signal"' not in people.partition('id="ev-list"')[2]
    assert "looking at panel" not in page(signed_in, incident, "?source=log").partition('id="ev-list"')[2]
    window = page(signed_in, incident, "?from=2026-03-10T14:03:00Z&to=2026-03-10T14:03:30Z&lane=people")
    assert len(rows(window)) == 2


def test_a_zone_moves_times_and_days(signed_in, incident_of):
    incident = incident_of(
        [sighting(1, at=datetime(2026, 3, 10, 23, 30, tzinfo=UTC)), sighting(2, at=datetime(2026, 3, 10, 22, tzinfo=UTC))]
    )
    html = page(signed_in, incident.public_id, "?zone=Europe/Berlin")
    assert "00:30:00</time>" in html
    assert "Wednesday 11 March 2026" in html
    assert "Times in Europe/Berlin" in html


@pytest.mark.parametrize(
    "query",
    [
        "?zone=Mars/Olympus",
        "?zone=../../etc/passwd",
        "?from=never",
        "?lane=left",
        "?from=2026-03-10T14:00:00Z&to=2026-03-10T13:00:00Z",
    ],
)
def test_what_an_address_asks_wrongly_is_said_and_nothing_breaks(signed_in, incident, query):
    assert signed_in.get(f"/incidents/{incident}/timeline/{query}").status_code == 422


def test_events_of_two_clocks_that_overlap_have_no_certain_order(signed_in, incident_of):
    at = START + timedelta(minutes=1)
    one = sighting(1, source="slack", said="a minute", at=at)
    wide = type(one)(**{name: getattr(one, name) for name in one.__struct_fields__} | {"latest": at + timedelta(minutes=1)})
    html = page(signed_in, incident_of([wide, sighting(2, template="x", at=at + timedelta(seconds=20))]).public_id)
    assert "unsure-first" in html
    assert "unsure-then" in html
    assert "Order uncertain" in html


def test_an_open_event_shows_where_it_stands_and_the_very_words(signed_in, incident, ids):
    html = page(signed_in, incident, f"?event={ids(incident)[0]}")
    panel = html.partition('id="panel"')[2]
    assert "checkout answers 500 since the deploy" in panel
    assert "slice-line hit" in panel
    assert "sha256" in panel


def test_a_deep_link_to_a_joined_event_still_opens_it(signed_in, viewer, incident, ids):
    one, other = ids(incident)[:2]
    correct(viewer, incident, Asked(kind="join", event=one, other=other))
    assert f'id="panel" aria-labelledby="h-panel" data-event="{one}"' in page(signed_in, incident, f"?event={other}")


def test_an_event_that_there_is_not_is_not_found(signed_in, incident):
    assert signed_in.get(f"/incidents/{incident}/timeline/?event={'f' * 32}").status_code == 404


def test_corrections_stand_in_the_panel_and_on_the_row(signed_in, viewer, incident, ids):
    one = ids(incident)[0]
    correct(viewer, incident, Asked(kind="text", event=one, text="checkout answers 503", why="It was 503 in the log"))
    correct(viewer, incident, Asked(kind="annotate", event=one, annotation="First sign."))
    html = page(signed_in, incident, f"?event={one}")
    assert "<del>checkout answers 500 since the deploy</del><ins>checkout answers 503</ins>" in html
    assert "It was 503 in the log" in html
    assert '<span class="chip">corrected</span>' in html
    assert '<span class="ev-note">First sign.</span>' in html


def test_who_only_reads_sees_that_it_was_corrected_and_not_what_stood_there(as_role, viewer, incident, ids):
    one = ids(incident)[0]
    correct(viewer, incident, Asked(kind="text", event=one, text="checkout answers 503"))
    client, _ = as_role("viewer")
    html = page(client, incident, f"?event={one}")
    assert "Words corrected" in html
    assert "checkout answers 500" not in html.partition("<h3>Corrections</h3>")[2]
    assert "data-correct" not in html
    assert 'form="pins"' not in html


def test_hidden_events_are_revealed_to_who_may_write_and_to_nobody_else(as_role, signed_in, viewer, incident, ids):
    one = ids(incident)[0]
    correct(viewer, incident, Asked(kind="hide", event=one))
    assert one not in rows(page(signed_in, incident))
    assert rows(page(signed_in, incident, "?hidden=true")) == [one]
    client, _ = as_role("viewer")
    assert one not in rows(page(client, incident, "?hidden=true"))
    assert client.get(f"/incidents/{incident}/timeline/?event={one}").status_code == 404


def test_a_form_corrects_without_a_script_and_comes_back_to_where_it_stood(signed_in, incident, ids):
    one = ids(incident)[0]
    answer = signed_in.post(
        f"/incidents/{incident}/timeline/corrections/",
        {"kind": "text", "event": one, "text": "other words", "next": f"?q=words&event={one}"},
    )
    assert answer.status_code == 302
    assert answer["Location"] == f"/incidents/{incident}/timeline/?q=words&event={one}"
    assert "other words" in page(signed_in, incident)


def test_a_pin_is_one_button_on_the_row(signed_in, incident, ids):
    one = (
        next(each for each in ids(incident) if not StoredEvent.objects.get(event_id=each).key)
        if StoredEvent.objects.filter(key=False).exists()
        else ids(incident)[0]
    )
    was = StoredEvent.objects.get(event_id=one).key
    signed_in.post(f"/incidents/{incident}/timeline/corrections/", {"unpin" if was else "pin": one, "next": ""})
    assert StoredEvent.objects.get(event_id=one).key is not was


def test_what_a_form_gives_wrongly_is_said_beside_it_and_stays_there(signed_in, incident):
    answer = signed_in.post(
        f"/incidents/{incident}/timeline/corrections/",
        {"kind": "add", "time": "soon", "lane": "people", "text": "called them", "next": "?lane=people"},
    )
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "is not read as a time" in html
    assert 'value="called them"' in html
    assert '<details class="add-event" id="add" open>' in html


def test_an_event_is_added_with_one_form(signed_in, incident):
    answer = signed_in.post(
        f"/incidents/{incident}/timeline/corrections/",
        {"kind": "add", "time": "around 14:30", "lane": "people", "text": "Called the provider", "next": ""},
        follow=True,
    )
    html = answer.content.decode()
    assert "Called the provider" in html
    assert "± 5" in html
    assert "Added" in html


def test_a_part_of_the_page_is_only_that_part(signed_in, incident, ids):
    address = f"/incidents/{incident}/timeline/?event={ids(incident)[0]}"
    panel = signed_in.get(address, headers={"X-Part": "panel"})
    assert panel.content.decode().startswith("<aside")
    assert "X-Part" in panel["Vary"]
    bench = signed_in.get(address, headers={"X-Part": "bench"}).content.decode()
    assert "<html" not in bench
    assert 'id="bench-main"' in bench
    assert 'id="panel"' in bench


def test_words_of_evidence_stay_words(signed_in, incident_of):
    html = page(signed_in, incident_of([sighting(1, source="slack", said='<script>alert(1)</script> "><img src=x>')]).public_id)
    assert "<script>alert" not in html
    assert "<img src=x" not in html


@pytest.mark.parametrize("query", ["", "?q=panel", "?lane=people&from=2026-03-10T14:00:00Z", "?key=true", "?event={event}"])
def test_a_page_takes_at_most_fifteen_queries(signed_in, incident_of, query, django_assert_max_num_queries):
    row = incident_of(crowd())
    address = (
        f"/incidents/{row.public_id}/timeline/{query.format(event=StoredEvent.objects.filter(incident=row).first().event_id)}"
    )
    signed_in.get(address)
    with django_assert_max_num_queries(15):
        assert signed_in.get(address).status_code == 200


def test_decisions_stand_in_their_lane_and_in_the_list_below_it(viewer, author, client, work):
    from tests.web.conftest import CHAT

    from juncture.web.evidence.operations import pasted, receive_into_new
    from juncture.web.postmortems.selectors import postmortem, postmortems

    run = receive_into_new(viewer, [pasted(CHAT)], title="", visibility="organisation", date=None, zone="UTC")
    work()
    decided = postmortem(viewer, postmortems(viewer)[0][0].id).record.decisions
    assert decided
    client.force_login(author)
    page = client.get(f"/incidents/{run.incident.public_id}/timeline/").content.decode()
    assert page.count('#decision-1"') == 2, "one in the lane, one in the list"
    assert decided[0].question in page
    lanes = client.get(f"/incidents/{run.incident.public_id}/timeline/?lane=people").content.decode()
    assert "#decision-1" not in lanes


def test_readers_see_the_decisions_that_were_published(viewer, person, client, work):
    from tests.web.conftest import CHAT

    from juncture.web.evidence.operations import pasted, receive_into_new
    from juncture.web.postmortems.operations import set_state
    from juncture.web.postmortems.selectors import postmortems

    run = receive_into_new(viewer, [pasted(CHAT)], title="", visibility="organisation", date=None, zone="UTC")
    work()
    client.force_login(person("viewer"))
    address = f"/incidents/{run.incident.public_id}/timeline/"
    assert "#decision-1" not in client.get(address).content.decode()
    set_state(viewer, postmortems(viewer)[0][0].id, "published")
    assert "#decision-1" in client.get(address).content.decode()
