"""What may be read of an artefact by citing it: the places of events and series, and nothing around them outside the ring."""

import io

import pytest
from PIL import Image
from tests.web.conftest import CHAT

from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.keeping import say_when
from juncture.web.evidence.opening import images_for
from juncture.web.evidence.operations import Received, pasted, receive_into_new
from juncture.web.evidence.selectors import evidence_of
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.citing import citable
from juncture.web.timeline.operations import Asked, correct
from juncture.web.timeline.selectors import events_of

BETWEEN = "zzBETWEEN nobody cited this"
LOG = f"""\
{BETWEEN}
2026-03-02T14:01:00Z ERROR checkout answers 500
2026-03-02T14:04:00Z WARN rolling back release 412
2026-03-02T14:09:00Z INFO zzPLAIN error rate is falling
"""


@pytest.fixture
def incident(viewer, work):
    picture = io.BytesIO()
    Image.new("RGB", (40, 20)).save(picture, "PNG")
    given = [Received("shop.log", io.BytesIO(LOG.encode())), Received("grafana.png", io.BytesIO(picture.getvalue()))]
    run = receive_into_new(viewer, [pasted(CHAT), *given], title="x", visibility="organisation", date=None, zone="UTC")
    work()
    return run.incident.public_id


@pytest.fixture
def outsider(person):
    """An author who is not on the incident, and a reader."""
    return viewer_of(person("author", "outside@example.org"))


@pytest.fixture
def postmortem(viewer, incident):
    return selectors.postmortems(viewer)[0][0].id


def written(viewer, postmortem, footnote):
    section = selectors.postmortem(viewer, postmortem).sections[0]
    text = f"{section.markdown}\n\nIt failed at 14:01.[^e99]\n\n[^e99]: {footnote}"
    operations.apply(viewer, postmortem, section.id, base=section.markdown, text=text)


def artefact(viewer, incident, name):
    return next(one for one in evidence_of(viewer, incident) if one.name == name)


def page_for(client, who, postmortem):
    client.force_login(who)
    return client.get(f"/postmortems/{postmortem}/").content.decode()


def test_a_place_that_is_no_event_opens_nothing_whoever_cites_it(viewer, outsider, incident, postmortem):
    log = artefact(viewer, incident, "shop.log").sha256
    event = next(one for one in events_of(viewer, incident)[0] if one.citations[0].artefact == log)
    for place in ("line:1", "line:1-60", "bytes:0-200", ""):
        written(outsider, postmortem, f"14:01:00 UTC, log: x (event {event.id}, {log}, {place})")
    shown = selectors.excerpts_for(selectors.postmortem(viewer, postmortem), around=0)
    assert not any(BETWEEN in line.text for excerpt in shown.values() for line in excerpt.lines)


def test_a_file_that_gives_an_event_another_place_shows_nothing_of_it(viewer, outsider, incident, postmortem):
    log = artefact(viewer, incident, "shop.log").sha256
    text = selectors.markdown_file(outsider, postmortem).decode()
    changed = text.replace(f"{log}, line:2)", f"{log}, line:1-4)").replace('"place":"line:2"', '"place":"line:1-4"')
    assert '"place":"line:1-4"' in changed
    operations.replace_file(outsider, postmortem, changed.encode(), expected_etag="*")
    assert "line:1-4" in {
        each.place for event in selectors.postmortem(viewer, postmortem).record.timeline for each in event.citations
    }
    shown = selectors.excerpts_for(selectors.postmortem(viewer, postmortem))
    assert not any(BETWEEN in line.text for excerpt in shown.values() for line in excerpt.lines)


def test_any_event_that_is_cited_opens_its_own_words(viewer, incident, postmortem):
    for one in citable(viewer, postmortem, ""):
        written(viewer, postmortem, one.definition)
    operations.set_state(viewer, postmortem, "published")
    view = selectors.postmortem(viewer, postmortem, published=True)
    places = {(each.artefact, each.place) for event in events_of(viewer, incident)[0] for each in event.citations[:1]}
    assert places <= {(each.artefact, each.place) for each in selectors.excerpts_for(view)}


def test_what_an_object_cites_without_an_id_is_found(viewer, incident, postmortem):
    event = next(one for one in events_of(viewer, incident)[0] if "zzPLAIN" in one.summary or "rolling" in one.summary)
    operations.add_object(viewer, postmortem, "factors", {"title": "No limit"}, events=[event.id])
    view = selectors.postmortem(viewer, postmortem)
    assert event.citations[0].place in {each.place for each in selectors.excerpts_for(view)}


def test_what_stands_around_is_for_the_ring_alone(client, author, person, viewer, incident, postmortem):
    operations.set_state(viewer, postmortem, "published")
    assert BETWEEN in page_for(client, author, postmortem)
    reader, outside = person("viewer", "reader@example.org"), person("author", "outside@example.org")
    for who in (reader, outside, person("administrator", "all@example.org")):
        page = page_for(client, who, postmortem)
        assert "checkout answers 500" in page
        assert BETWEEN not in page
    assert BETWEEN in page_for(client, person("facilitator", "leads@example.org"), postmortem)


def test_the_slice_beside_the_timeline_says_no_more(client, author, person, viewer, incident):
    event = next(
        one
        for one in events_of(viewer, incident)[0]
        if one.citations[0].artefact == artefact(viewer, incident, "shop.log").sha256
    )
    address = f"/incidents/{incident}/timeline/?event={event.id}"
    client.force_login(author)
    assert BETWEEN in client.get(address, headers={"X-Part": "panel"}).content.decode()
    client.force_login(person("author", "outside@example.org"))
    told = client.get(address, headers={"X-Part": "panel"}).content.decode()
    assert "slice-line hit" in told
    assert BETWEEN not in told


def test_a_file_that_travels_holds_what_every_reader_sees(api, incident, postmortem):
    answer = api("GET", f"postmortems/{postmortem}.html")
    assert answer.status_code == 200
    assert "checkout answers 500" in answer.content.decode()
    assert BETWEEN not in answer.content.decode()


def test_a_picture_is_seen_once_it_is_an_event_and_its_own_people_make_it_one(
    client, person, viewer, outsider, incident, postmortem
):
    picture = artefact(viewer, incident, "grafana.png")
    written(outsider, postmortem, f"14:01:00 UTC, image: x ({picture.sha256}, bytes:0-{picture.size})")
    assert images_for(selectors.postmortem(viewer, postmortem)) == {}
    client.force_login(person("author", "second@example.org"))
    address = f"/incidents/{incident}/artefacts/{picture.digits}/"
    assert client.get(f"{address}image/").status_code == 404
    refused = client.post(f"{address}when/", {"when": "2026-03-02 14:05"})
    assert (refused.status_code, "say when it was" in refused.content.decode()) == (403, True)
    assert "When was it?" not in client.get(f"/incidents/{incident}/evidence/").content.decode()
    say_when(viewer, incident, picture.digits, when="2026-03-02 14:05", zone="UTC")


def test_an_event_that_a_person_adds_cites_what_they_wrote(viewer, outsider, incident, postmortem):
    correct(outsider, incident, Asked(kind="add", time="2026-03-02T14:30:00Z", lane="people", text="Called the provider"))
    one = citable(outsider, postmortem, "Called the provider")[0]
    written(outsider, postmortem, one.definition)
    shown = selectors.excerpts_for(selectors.postmortem(outsider, postmortem))
    assert any("Called the provider" in line.text for excerpt in shown.values() for line in excerpt.lines)
