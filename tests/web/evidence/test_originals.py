"""Who opens an artefact, what they get of it, and that it is written down."""

from datetime import timedelta

import pytest
from tests.web.conftest import CHAT

from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.incidents.models import IncidentPerson
from juncture.web.journal.models import Opening

TEXT = CHAT + "\nSam Sample\n  2:20 PM\npassword=hunter2-long-enough-9 <script>alert(1)</script>\n"


@pytest.fixture
def address(viewer, work):
    run = receive_into_new(viewer, [pasted(TEXT)], title="x", visibility="organisation", date=None, zone="UTC")
    work()
    return f"/incidents/1/artefacts/{run.given[0]['sha256'][7:]}/"


def test_the_page_shows_masked_lines_and_never_the_bytes(signed_in, address):
    answer = signed_in.get(address)
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "rolling back release 412" in text
    assert "hunter2" not in text
    assert "<script>alert" not in text


def test_the_original_comes_as_a_sealed_attachment(signed_in, address):
    answer = signed_in.get(f"{address}?original=1")
    assert b"".join(answer.streaming_content) == TEXT.encode()
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"].startswith("attachment; ")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


@pytest.mark.parametrize(("asked", "start", "end"), [("bytes=3-9", 3, 10), ("bytes=-5", -5, None), ("bytes=7-", 7, None)])
def test_a_part_of_it_can_be_asked_for(signed_in, address, asked, start, end):
    answer = signed_in.get(f"{address}?original=1", headers={"Range": asked})
    assert answer.status_code == 206
    assert b"".join(answer.streaming_content) == TEXT.encode()[start:end]


def test_a_part_that_is_not_there_is_refused(signed_in, address):
    assert signed_in.get(f"{address}?original=1", headers={"Range": "bytes=999999-"}).status_code == 416


def test_each_opening_is_written_down(signed_in, address, author, monkeypatch):
    monkeypatch.setattr("juncture.web.journal.operations.SAME_OPENING", timedelta(0))
    signed_in.get(address)
    b"".join(signed_in.get(f"{address}?original=1").streaming_content)
    b"".join(signed_in.get(f"{address}?original=1", headers={"Range": "bytes=3-"}).streaming_content)
    assert list(Opening.objects.values_list("by", "object_kind")) == [(author.pk, "artefact")] * 2


@pytest.mark.parametrize(("role", "status"), [("viewer", 404), ("author", 404), ("administrator", 404), ("facilitator", 200)])
def test_it_is_open_to_its_ring_alone(client, person, address, role, status):
    client.force_login(person(role, f"other-{role}@example.org"))
    assert client.get(address).status_code == client.get(f"{address}?original=1").status_code == status
    assert Opening.objects.exists() is (status == 200)


def test_who_was_added_to_the_incident_may_open_it(client, person, address):
    someone = person("viewer", "added@example.org")
    IncidentPerson.objects.create(incident_id=EvidenceItem.objects.get().incident_id, user=someone)
    client.force_login(someone)
    assert client.get(address).status_code == 200
    assert client.get("/incidents/1/evidence/").status_code == 200


def test_pages_of_lines_go_on(signed_in, viewer, work):
    lines = "".join(f"2026-03-02T14:{number // 60:02}:{number % 60:02}Z INFO line {number}\n" for number in range(450))
    run = receive_into_new(viewer, [pasted(lines)], title="y", visibility="organisation", date=None, zone="UTC")
    work()
    address = f"/incidents/{run.incident.public_id}/artefacts/{run.given[0]['sha256'][7:]}/"
    assert "Next lines" in signed_in.get(address).content.decode()
    last = signed_in.get(f"{address}?page=3").content.decode()
    assert "INFO line 449" in last
    assert "Next lines" not in last
    assert signed_in.get(f"{address}?page=9").status_code == 404
