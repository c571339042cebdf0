"""Imports: the draft that follows, stopping, reading again, leases, and what a busy database does to them."""

import io
import os
import socket
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from tests.web.conftest import CHAT

from juncture.web.access.errors import InTheWay, Invalid
from juncture.web.evidence import leases
from juncture.web.evidence.importing import run_import
from juncture.web.evidence.leases import take_import
from juncture.web.evidence.models import ImportRun, StoredSighting
from juncture.web.evidence.operations import Received, cancel_import, pasted, read_again, receive, receive_into_new
from juncture.web.evidence.selectors import import_run
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors
from juncture.web.timeline.selectors import count_of

MORE = "2026-03-02T14:05:00Z ERROR payment capture failed\n"


def new(viewer, text=CHAT, title="", **more):
    files = [pasted(text)] if isinstance(text, str) else text
    return receive_into_new(viewer, files, title=title, visibility="organisation", date=more.get("date"), zone="UTC")


def add(viewer, incident, text=MORE):
    return receive(
        viewer, incident, [Received("app.log", io.BytesIO(text.encode()))], date=None, zone="UTC", draft_follows=True
    )


def only_postmortem(viewer):
    lines, _ = selectors.postmortems(viewer)
    assert len(lines) == 1
    return selectors.postmortem(viewer, lines[0].id)


def test_the_title_is_found_in_the_evidence_for_incident_and_draft_alike(viewer, work):
    run = new(viewer)
    assert incident_of(viewer, run.incident.public_id).untitled
    work()
    draft = only_postmortem(viewer)
    assert draft.title == incident_of(viewer, run.incident.public_id).title
    assert "500" in draft.title


def test_a_title_that_a_person_gave_stays(viewer, work):
    run = new(viewer, title="Nobody could pay")
    work()
    assert only_postmortem(viewer).title == incident_of(viewer, run.incident.public_id).title == "Nobody could pay"


def test_what_was_assumed_of_the_text_stands_in_the_draft(viewer, work):
    run = new(viewer)
    work()
    assumed = import_run(viewer, run.public_id).notes
    assert assumed
    assert {note["why"] for note in assumed} <= {note.why for note in only_postmortem(viewer).record.notes}


def test_evidence_by_the_api_is_followed_by_no_draft(api, viewer, work):
    api("POST", "incidents", {"title": "x"})
    api("POST", "incidents/1/evidence", CHAT, content_type="text/plain")
    work()
    assert selectors.postmortems(viewer)[0] == []


def test_a_draft_that_nobody_touched_is_drafted_anew_from_all_evidence(viewer, work):
    run = new(viewer)
    work()
    before = only_postmortem(viewer)
    more = add(viewer, run.incident.public_id)
    work()
    after = only_postmortem(viewer)
    assert after.id == before.id
    assert [section.id for section in after.sections] == [section.id for section in before.sections]
    assert any("payment capture failed" in event.summary for event in after.record.timeline)
    assert import_run(viewer, more.public_id).remark is None
    assert "draft_anew" in Change.objects.values_list("action", flat=True)


def test_words_that_somebody_wrote_stay_as_they_are_and_the_rest_follows(viewer, work):
    run = new(viewer)
    work()
    draft = only_postmortem(viewer)
    section = draft.sections[0]
    operations.apply(viewer, draft.id, section.id, base=section.markdown, text="My own words.")
    more = add(viewer, run.incident.public_id)
    work()
    assert only_postmortem(viewer).sections[0].markdown == "My own words."
    seen = import_run(viewer, more.public_id)
    assert (seen.state, seen.remark) == ("done", None)
    assert any("payment capture failed" in event.summary for event in only_postmortem(viewer).record.timeline)
    assert count_of(viewer, run.incident.public_id) == 6
    with pytest.raises(InTheWay):
        operations.draft_anew(viewer, draft.id)


@pytest.mark.parametrize("touch", ["publish", "rename"])
def test_what_was_published_or_renamed_is_not_drafted_anew(viewer, work, touch):
    new(viewer)
    work()
    draft = only_postmortem(viewer)
    if touch == "publish":
        operations.set_state(viewer, draft.id, "published")
    else:
        operations.rename(viewer, draft.id, "My own title")
    with pytest.raises(InTheWay):
        operations.draft_anew(viewer, draft.id)


def test_who_writes_while_it_is_drafted_anew_loses_nothing(viewer, work):
    run = new(viewer)
    work()
    section = only_postmortem(viewer).sections[0]
    add(viewer, run.incident.public_id)
    work()
    merged = operations.apply(viewer, "1", section.id, base=section.markdown, text=f"Typed meanwhile.\n\n{section.markdown}")
    assert merged.startswith("Typed meanwhile.")


def test_an_import_with_nothing_to_read_fails_and_makes_no_draft(viewer, work):
    run = new(viewer, [Received("picture.png", io.BytesIO(bytes(range(256))))])
    work()
    seen = import_run(viewer, run.public_id)
    assert (seen.state, seen.was_unreadable, [item["where"] for item in seen.left_out]) == ("failed", True, ["picture.png"])
    assert selectors.postmortems(viewer)[0] == []


def test_a_stopped_import_keeps_what_it_read_and_is_read_again_on_demand(viewer, work):
    run = new(viewer)
    cancel_import(viewer, run.public_id)
    work()
    assert import_run(viewer, run.public_id).state == "cancelled"
    assert selectors.postmortems(viewer)[0] == []
    with pytest.raises(InTheWay):
        cancel_import(viewer, run.public_id)
    read_again(viewer, run.public_id)
    work()
    assert (import_run(viewer, run.public_id).state, count_of(viewer, "1")) == ("done", 5)
    assert only_postmortem(viewer).state == "draft"
    with pytest.raises(InTheWay):
        read_again(viewer, run.public_id)


def test_nothing_is_declared_where_the_evidence_is_refused(viewer):
    for refused in ({"zone": "Mars/Base"}, {"visibility": "secret"}, {"files": []}):
        given = {"files": [pasted(CHAT)], "visibility": "organisation", "zone": "UTC"} | refused
        with pytest.raises(Invalid):
            receive_into_new(viewer, given.pop("files"), title="", date=None, **given)
    assert not Incident.objects.get_queryset().exists()


def test_reading_that_goes_on_after_midnight_reads_the_same_days(viewer, work):
    run = new(viewer)
    ImportRun.objects.filter(pk=run.pk).update(requested_at=timezone.now() - timedelta(days=3))
    work()
    before = set(StoredSighting.objects.values_list("sighting_id", flat=True))
    ImportRun.objects.filter(pk=run.pk).update(state="queued")
    work()
    assert set(StoredSighting.objects.values_list("sighting_id", flat=True)) == before


def test_a_busy_database_puts_an_import_off_and_fails_nothing(viewer, work, monkeypatch):
    run = new(viewer)

    def busy(*arguments, **named):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr("juncture.web.evidence.importing.rebuild_timeline", busy)
        run_import(take_import())
    assert import_run(viewer, run.public_id).state == "running"
    assert take_import() is None
    ImportRun.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    work()
    assert import_run(viewer, run.public_id).state == "done"


def test_an_import_that_kills_its_worker_each_time_is_given_up_in_words(viewer, work):
    run = new(viewer)
    ImportRun.objects.update(attempts=10)
    work()
    seen = import_run(viewer, run.public_id)
    assert (seen.state, "begun 10 times" in seen.failure) == ("failed", True)


@pytest.mark.parametrize(
    ("holder", "is_free"),
    [
        (f"{socket.gethostname()}:4194305:abc", True),
        (f"{socket.gethostname()}:{os.getpid()}:of-an-earlier-life", True),
        (f"{socket.gethostname()}:{os.getppid()}:abc", False),
        ("another-host:4194305:abc", False),
    ],
    ids=["gone", "reused", "alive", "elsewhere"],
)
def test_a_lease_ends_with_the_worker_that_held_it(viewer, holder, is_free):
    new(viewer)
    run = take_import()
    ImportRun.objects.filter(pk=run.pk).update(lease_by=holder)
    assert (take_import() is not None) is is_free


def test_two_imports_of_one_incident_are_not_read_at_once(viewer):
    run = new(viewer)
    add(viewer, run.incident.public_id)
    new(viewer, title="Another")
    assert take_import().pk == run.pk
    assert take_import().incident.title == "Another"
    assert take_import() is None


def test_a_worker_whose_lease_was_taken_writes_nothing_more(viewer):
    run = new(viewer)
    mine = take_import()
    ImportRun.objects.filter(pk=mine.pk).update(lease_by="another-host:1:abc", lease_until=timezone.now() + leases.LEASE)
    run_import(mine)
    assert import_run(viewer, run.public_id).state == "running"
    assert not StoredSighting.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "said", "next_step"),
    [
        ("report.pdf", b"%PDF-1.7\n" + bytes(range(256)), "Nothing in it could be read.", "Copy the text out of it"),
        ("notes.txt", b"no instant stands in here\nnor here\n", "Left out", "Copy the text out of it"),
    ],
)
def test_an_import_that_gave_nothing_says_what_to_do_next(signed_in, viewer, work, name, content, said, next_step):
    run = new(viewer, [Received(name, io.BytesIO(content))])
    work()
    page = signed_in.get(f"/imports/{run.public_id}/").content.decode()
    assert said in page
    assert next_step in page
    assert '<a href="/incidents/new/#h-reads">What can be read</a>' in page


def test_an_import_that_was_stopped_says_what_to_do_next(signed_in, viewer, work):
    run = new(viewer)
    cancel_import(viewer, run.public_id)
    work()
    page = signed_in.get(f"/imports/{run.public_id}/").content.decode()
    assert "Read it again to read the rest, or go on with what is there." in page
