"""The evidence page: what came, what was made of it, and whether it is intact."""

import io
import os
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web.conftest import CHAT

from juncture.web.access.errors import Invalid
from juncture.web.evidence.keeping import verify_now
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.operations import Received, receive, receive_into_new
from juncture.web.evidence.selectors import evidence_of
from juncture.web.evidence.showing import evidence_page, grouped
from juncture.web.evidence.store import artefact_store
from juncture.web.pages.templatetags.saying import coded

LEAKY = CHAT + "\nSam Sample\n  2:20 PM\npassword=hunter2-long-enough-9\n"


def packed(**files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.txt", text)
    out.seek(0)
    return out


@pytest.fixture
def incident(viewer, work):
    files = [Received("day/export.zip", packed(a=LEAKY, b="no time in it")), Received("odd.bin", io.BytesIO(bytes(range(256))))]
    run = receive_into_new(viewer, files, title="x", visibility="organisation", date=None, zone="UTC")
    work()
    return run.incident


def test_every_artefact_says_what_it_gave(viewer, incident):
    found = {item.name: item for item in evidence_of(viewer, incident.public_id)}
    member = found["day/export.zip!/a.txt"]
    assert (member.recognised, member.events, member.masked) == ("Pasted conversation", 6, 1)
    assert member.archive == found["day/export.zip"].sha256
    assert (found["odd.bin"].recognised, found["odd.bin"].left_out, found["odd.bin"].events) == (None, 1, 0)


def test_the_page_names_them_all_and_what_was_left_out(signed_in, incident):
    text = signed_in.get("/incidents/1/evidence/").content.decode()
    for said in ("day/export.zip", "Pasted conversation", "odd.bin", "Author Sample", "Left out", "Masked"):
        assert said in text


def test_what_no_reader_knows_leads_to_what_can_be_read_and_to_no_command(signed_in, incident):
    text = signed_in.get("/incidents/1/evidence/").content.decode()
    assert "no reader knows this format" in text
    assert "juncture sources" not in text
    assert '/incidents/new/#h-reads">What can be read</a>' in text
    assert 'id="h-reads"' in signed_in.get("/incidents/new/").content.decode()


def test_left_out_is_grouped_by_its_reason_the_damaged_first():
    lines = [{"where": f"a, line {number}", "why": "no time", "count": 1, "damaged": False} for number in range(9)]
    groups = grouped([*lines, {"where": "b", "why": "ends early", "count": 2, "damaged": True}])
    assert [(group.why, group.count, len(group.where)) for group in groups] == [("ends early", 2, 1), ("no time", 9, 5)]


def test_folders_keep_their_paths_and_hostile_names_stay_names(signed_in, incident):
    sent = {"file": [SimpleUploadedFile("x.txt", CHAT.encode())], "paths": ["../../etc/pass\x00wd!/logs/x.txt"]}
    assert signed_in.post("/incidents/1/evidence/", sent).status_code == 302
    assert EvidenceItem.objects.filter(name="etc/passwd! /logs/x.txt").exists()


def test_verifying_says_intact(viewer, incident, work, signed_in):
    assert signed_in.post("/incidents/1/evidence/verify/").status_code == 302
    assert verify_now(viewer, "1").pk == verify_now(viewer, "1").pk
    assert "Verifying" in signed_in.get("/incidents/1/evidence/live/").content.decode()
    work()
    seen = evidence_page(viewer, "1").verification
    assert (seen.state, seen.artefacts, seen.broken) == ("done", 3, ())
    answer = signed_in.get("/incidents/1/evidence/live/")
    assert "Intact: 3 artefacts" in answer.content.decode()
    assert answer["HX-Refresh"] == "true"


def test_verifying_names_what_is_broken_and_nothing_of_other_incidents(viewer, incident, work):
    other = receive_into_new(
        viewer, [Received("other.txt", io.BytesIO(b"14:00 other\n"))], title="y", visibility="restricted", date=None, zone="UTC"
    )
    work()
    mine = EvidenceItem.objects.get(name="odd.bin").sha256
    for sha256 in (mine, other.given[0]["sha256"]):
        path = artefact_store()._path_of(sha256)
        path.chmod(0o600)
        path.write_bytes(b"changed")
    verify_now(viewer, "1")
    work()
    (broken,) = evidence_page(viewer, "1").verification.broken
    assert broken.where == "odd.bin"
    assert "was changed" in broken.what


def test_a_page_with_many_artefacts_asks_few_questions(signed_in, viewer, incident, django_assert_max_num_queries):
    rows = [EvidenceItem(incident=incident, sha256=f"sha256:{n:064x}", name=f"f{n}", size=1) for n in range(300)]
    EvidenceItem.objects.bulk_create(rows)
    with django_assert_max_num_queries(15):
        assert signed_in.get("/incidents/1/evidence/").status_code == 200


def test_a_large_upload_lies_on_the_disk_under_no_name(signed_in, incident, tmp_path, monkeypatch):
    seen = []

    def look(viewer, incident_id, files, **named):
        seen.extend((os.fstat(file.stream.fileno()).st_nlink, file.stream.size) for file in files)
        raise Invalid("enough")

    monkeypatch.setattr("juncture.web.incidents.views.receive", look)
    big = SimpleUploadedFile("big.log", b"x" * 3_000_000)
    assert signed_in.post("/incidents/1/evidence/", {"file": big}).status_code == 422
    assert seen == [(0, 3_000_000)]
    assert list((tmp_path / "uploads").iterdir()) == []


def test_what_a_reader_sends_is_not_even_written(client, person, incident, tmp_path):
    client.force_login(person("viewer"))
    big = SimpleUploadedFile("big.log", b"x" * 3_000_000)
    assert client.post("/incidents/1/evidence/", {"file": big}).status_code == 403
    assert not (tmp_path / "uploads").exists()


def test_the_list_comes_over_the_api_and_a_reason_removes(api, incident, work):
    items = {item["name"]: item for item in api("GET", "incidents/1/evidence").json()["items"]}
    digits = items["day/export.zip!/a.txt"]["sha256"]
    assert api("DELETE", f"incidents/1/evidence/{digits}").status_code == 422
    answer = api("DELETE", f"incidents/1/evidence/{digits}?reason=asked")
    assert (answer.status_code, len(answer.json()["removing"])) == (202, 2)
    work()
    assert api("GET", "incidents/1/timeline").json()["items"] == []


def test_an_import_that_waits_is_stopped_from_the_page(signed_in, viewer, incident):
    run = receive(viewer, "1", [Received("more.txt", io.BytesIO(CHAT.encode()))], date=None, zone="UTC")
    text = signed_in.get("/incidents/1/evidence/live/").content.decode()
    assert f"/imports/{run.public_id}/cancel/" in text
    assert "every 1s" in text
    assert ImportRun.objects.get(pk=run.pk).state == "queued"


def test_what_is_typed_stands_as_code_and_nothing_else_of_a_sentence_is_markup():
    assert coded("Give what `git log <x>` prints & more") == "Give what <code>git log &lt;x&gt;</code> prints &amp; more"
    assert coded("an odd ` stays") == "an odd ` stays"
    assert coded("`a` and `b") == "<code>a</code> and `b"
