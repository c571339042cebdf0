"""Pictures are evidence: on the timeline by their time, or by what somebody says; shown only as drawn anew."""

import io

import pytest
from PIL import Image
from tests.web.conftest import CHAT

from juncture.model.evidence import Event
from juncture.web.access.errors import Invalid
from juncture.web.evidence.keeping import remove_artefact, say_when
from juncture.web.evidence.opening import images_for
from juncture.web.evidence.operations import Received, pasted, receive_into_new
from juncture.web.evidence.selectors import evidence_of, import_run
from juncture.web.postmortems import operations, selectors
from juncture.web.timeline.models import StoredEvent
from juncture.web.timeline.selectors import events_of

NAMED = "Screenshot 2026-03-02 at 14.32.07.png"


def picture(kind="PNG", size=(2400, 100), **more):
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, kind, **more)
    return out.getvalue()


def given(viewer, work, *files, text=""):
    received = [Received(name, io.BytesIO(data)) for name, data in files]
    all_ = [pasted(text), *received] if text else received
    run = receive_into_new(viewer, all_, title="x", visibility="organisation", date=None, zone="Europe/Berlin")
    work()
    return import_run(viewer, run.public_id)


def address_of(viewer, name):
    item = next(one for one in evidence_of(viewer, "1") if one.name == name)
    return f"/incidents/1/artefacts/{item.digits}/image/"


def test_a_screenshot_stands_on_the_timeline_by_its_name(viewer, work):
    assert given(viewer, work, (NAMED, picture())).state == "done"
    (event,), _ = events_of(viewer, "1")
    assert (event.occurred_at.isoformat(), event.source) == ("2026-03-02T13:32:07+00:00", "image")
    assert event.citations[0].place.startswith("bytes:0-")


def test_one_without_a_time_waits_until_somebody_says_when(viewer, work, signed_in):
    given(viewer, work, ("grafana.png", picture()))
    assert events_of(viewer, "1")[0] == []
    assert "When was it?" in signed_in.get("/incidents/1/evidence/").content.decode()
    digits = evidence_of(viewer, "1")[0].digits
    with pytest.raises(Invalid, match="says no time"):
        say_when(viewer, "1", digits, when="later")
    said = {"when": "2026-03-02 around 14:30", "what": "Latency of checkout"}
    assert signed_in.post(f"/incidents/1/artefacts/{digits}/when/", {"when": "soon"}).status_code == 422
    say_when(viewer, "1", digits, when="2026-03-02 14:32", zone="UTC")
    work()
    signed_in.post(f"/incidents/1/artefacts/{digits}/when/", said | {"timezone": "UTC"})
    work()
    (event,), _ = events_of(viewer, "1")
    assert (event.summary, event.occurred_at.isoformat()) == ("Picture: Latency of checkout", "2026-03-02T14:30:00+00:00")
    assert "When was it?" not in signed_in.get("/incidents/1/evidence/").content.decode()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_it_is_shown_as_a_png_drawn_anew(viewer, work, signed_in, tmp_path, kind):
    given(viewer, work, ("a.bin", picture(kind)))
    answer = signed_in.get(address_of(viewer, "a.bin"))
    with Image.open(io.BytesIO(answer.content)) as drawn:
        assert (drawn.format, drawn.size) == ("PNG", (1600, 67))
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/png", "nosniff")
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Cache-Control"].startswith("private")
    assert list((tmp_path / "pictures").rglob("*.png"))
    assert signed_in.get(address_of(viewer, "a.bin")).content == answer.content


def test_what_hides_in_a_picture_is_not_shown(viewer, work, signed_in):
    exif = Image.Exif()
    exif[0x010E] = "zzHIDDEN place"
    given(viewer, work, ("a.jpg", picture("JPEG", exif=exif) + b"zzBEHIND"))
    shown = signed_in.get(address_of(viewer, "a.jpg")).content
    assert b"zzHIDDEN" not in shown
    assert b"zzBEHIND" not in shown


def test_a_bomb_and_a_broken_picture_are_refused_in_words(viewer, work, signed_in):
    bomb = picture(size=(30000, 20000))
    given(viewer, work, ("bomb.png", bomb), ("broken.png", picture()[:200]))
    answer = signed_in.get(address_of(viewer, "bomb.png"))
    assert (answer.status_code, "pixels" in answer.content.decode()) == (422, True)
    assert signed_in.get(address_of(viewer, "broken.png")).status_code == 422


@pytest.fixture
def cited(viewer, work):
    given(viewer, work, (NAMED, picture()), text=CHAT)
    postmortem = selectors.postmortems(viewer)[0][0].id
    event = next(event for event in events_of(viewer, "1")[0] if isinstance(event, Event) and event.source == "image")
    section = selectors.postmortem(viewer, postmortem).sections[0]
    operations.apply(
        viewer,
        postmortem,
        section.id,
        base=section.markdown,
        text=f"It rose.[^e99]\n\n[^e99]: 14:32, image: x (event {event.id}, {event.citations[0].artefact}, {event.citations[0].place})",
    )
    return postmortem


def test_who_may_read_a_postmortem_that_cites_it_may_see_it(viewer, person, client, cited):
    address = address_of(viewer, NAMED)
    client.force_login(person("viewer", "reader@example.org"))
    assert client.get(address).status_code == 404
    client.force_login(person("author", "writer@example.org"))
    assert client.get(address).status_code == 200
    operations.set_state(viewer, cited, "published")
    client.force_login(person("viewer", "second@example.org"))
    assert client.get(address).status_code == 200


def test_who_shows_a_postmortem_is_told_which_citations_are_pictures(viewer, cited):
    view = selectors.postmortem(viewer, cited)
    wanted = [event.citations[0] for event in view.record.timeline if event.source == "image"]
    assert set(images_for(view)) == set(wanted)
    for citation in wanted:
        assert selectors.excerpts_for(view)[citation].image


def test_an_erased_picture_is_gone_from_where_it_was_drawn(viewer, work, signed_in, tmp_path):
    given(viewer, work, (NAMED, picture()))
    address = address_of(viewer, NAMED)
    signed_in.get(address)
    remove_artefact(viewer, "1", evidence_of(viewer, "1")[0].sha256, reason="x")
    assert signed_in.get(address).status_code == 404
    work()
    assert not list((tmp_path / "pictures").rglob("*.png"))
    assert not StoredEvent.objects.exists()
