"""What is removed is gone: from the store, the timeline, documents, search and history; and the ledger says so."""

import io
import json
import zipfile

import pytest
from django.db import connection
from tests.web.conftest import CHAT

from juncture.casework.verification import verify_store
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.keeping import remove_artefact
from juncture.web.evidence.models import EvidenceItem, StoredSighting
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.evidence.selectors import evidence_of
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.operations import declare
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.object_selectors import objects_of
from juncture.web.timeline.models import Correction, StoredEvent
from juncture.web.timeline.operations import Asked, correct

SECRET = "zzPLANTED the customer Robin Sample wrote from robin.sample@example.org that checkout answers 500"
PLANTED = CHAT.replace("checkout answers 500 since the deploy", SECRET)
OTHER = "Kim Sample\n  2:20 PM\npayment capture failed too\n"


def incident_with(viewer, *texts, name="chat"):
    files = [Received(f"{name}-{number}.txt", io.BytesIO(text.encode())) for number, text in enumerate(texts)]
    run = receive_into_new(viewer, files, title="", visibility="organisation", date=None, zone="UTC")
    return run.incident


def the(incident, name):
    return EvidenceItem.objects.get(incident=incident, name=name)


def everything_stored(folder):
    """Yield all bytes that the database and the data folder hold."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for value in row:
                    yield table, bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
    for path in folder.rglob("*"):
        if path.is_file():
            yield str(path), path.read_bytes()


def removed(viewer, work, incident, name, reason="asked for by the person"):
    remove_artefact(viewer, incident.public_id, the(incident, name).sha256, reason=reason)
    assert work()


def test_no_byte_of_what_was_erased_is_left_anywhere(viewer, work, tmp_path):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    section = selectors.postmortem(viewer, postmortem).sections[0]
    operations.apply(viewer, postmortem, section.id, base=section.markdown, text=f"{section.markdown}\n\nMy own words.")
    operations.set_state(viewer, postmortem, "published")
    assert any(b"zzPLANTED" in data for _, data in everything_stored(tmp_path))
    removed(viewer, work, incident, "chat-0.txt")
    left = [where for where, data in everything_stored(tmp_path) if b"zzPLANTED" in data or b"robin.sample@" in data]
    assert left == []
    assert "My own words." in selectors.postmortem(viewer, postmortem).sections[0].markdown


def test_no_byte_of_an_event_that_was_added_by_hand_is_left_anywhere(viewer, work, tmp_path):
    incident = incident_with(viewer, OTHER)
    work()
    words = "zzADDED Robin"
    asked = Asked(kind="add", time="14:30", lane="people", text=words, why=f"because {words}")
    added = correct(viewer, incident.public_id, asked).event_id
    for change in ({"kind": "text", "text": f"{words} again"}, {"kind": "annotate", "annotation": f"said by {words}"}):
        correct(viewer, incident.public_id, Asked(event=added, why=f"so said {words}", **change))
    assert any(b"zzADDED" in data for _, data in everything_stored(tmp_path))
    name = EvidenceItem.objects.get(incident=incident, name__startswith="added-").name
    removed(viewer, work, incident, name)
    assert [where for where, data in everything_stored(tmp_path) if b"zzADDED" in data] == []
    kinds = Correction.objects.of_incident(incident).values_list("kind", flat=True)
    assert list(kinds) == ["add", "text", "annotate"]
    assert list(StoredEvent.objects.values_list("summary", flat=True)) == ["payment capture failed too"]


def test_what_persons_corrected_goes_with_the_event_that_it_was_said_of(viewer, work, tmp_path):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    event = StoredEvent.objects.get(incident=incident, summary__startswith="zzPLANTED").event_id
    correct(viewer, incident.public_id, Asked(kind="text", event=event, text="zzSHORT", why="zzWHY"))
    removed(viewer, work, incident, "chat-0.txt")
    planted = (b"zzPLANTED", b"zzSHORT", b"zzWHY")
    assert [where for where, data in everything_stored(tmp_path) if any(one in data for one in planted)] == []


def test_a_correction_stays_where_a_newer_export_says_the_same(viewer, work):
    incident = incident_with(viewer, CHAT, f"{CHAT}\n{OTHER}")
    work()
    event = StoredEvent.objects.get(incident=incident, summary__contains="error rate").event_id
    correct(viewer, incident.public_id, Asked(kind="text", event=event, text="errors fell", why="in fewer words"))
    removed(viewer, work, incident, "chat-0.txt")
    assert StoredEvent.objects.get(incident=incident, event_id=event).summary == "errors fell"
    assert Correction.objects.of_incident(incident).get().why == "in fewer words"


def test_the_ledger_keeps_the_entry_and_the_reason_and_is_whole(viewer, work):
    incident = incident_with(viewer, PLANTED)
    work()
    removed(viewer, work, incident, "chat-0.txt")
    findings = list(verify_store(artefact_store()))
    assert [finding.broken for finding in findings] == [False]
    assert "asked for by the person" in findings[0].what
    seen = evidence_of(viewer, incident.public_id)[0]
    assert (seen.erased_reason, seen.erased_by, seen.events) == ("asked for by the person", viewer.name, 0)


def test_events_that_rested_on_it_alone_go_and_others_stay(viewer, work):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    assert StoredEvent.objects.filter(incident=incident).count() == 6
    removed(viewer, work, incident, "chat-0.txt")
    assert list(StoredEvent.objects.values_list("summary", flat=True)) == ["payment capture failed too"]


def test_what_a_newer_export_says_as_well_keeps_its_event_and_its_id(viewer, work):
    incident = incident_with(viewer, CHAT, f"{CHAT}\n{OTHER}")
    work()
    before = set(StoredEvent.objects.filter(incident=incident).values_list("event_id", flat=True))
    removed(viewer, work, incident, "chat-0.txt")
    assert set(StoredEvent.objects.filter(incident=incident).values_list("event_id", flat=True)) == before
    gone = the(incident, "chat-0.txt").sha256.encode()
    assert not any(gone in bytes(body) for body in StoredSighting.objects.values_list("body", flat=True))


def test_a_draft_that_nobody_touched_is_drafted_anew_without_it(viewer, work):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    removed(viewer, work, incident, "chat-0.txt")
    record = selectors.postmortem(viewer, selectors.postmortems(viewer)[0][0].id).record
    assert [event.summary for event in record.timeline] == ["payment capture failed too"]


def test_a_publication_that_cites_it_says_that_it_was_erased(viewer, work):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    operations.set_state(viewer, postmortem, "published")
    head = selectors.postmortem(viewer, postmortem, published=True).ledger_head
    removed(viewer, work, incident, "chat-0.txt")
    seen = selectors.postmortem(viewer, postmortem, published=True)
    assert any(event.summary.endswith("asked for by the person") for event in seen.record.timeline)
    assert seen.ledger_head == head
    cited = the(incident, "chat-0.txt").sha256
    excerpts = [one for citation, one in selectors.excerpts_for(seen).items() if citation.artefact == cited]
    assert excerpts
    assert all("asked for by the person" in line.text for one in excerpts for line in one.lines)


def test_bytes_that_another_incident_holds_stay_for_it_alone(viewer, work):
    first = incident_with(viewer, PLANTED)
    second = incident_with(viewer, PLANTED)
    work()
    sha256 = the(first, "chat-0.txt").sha256
    removed(viewer, work, first, "chat-0.txt")
    assert artefact_store().open(sha256).read() == PLANTED.encode()
    assert StoredEvent.objects.filter(incident=second).count() == 5
    assert not StoredEvent.objects.filter(incident=first).exists()
    removed(viewer, work, second, "chat-0.txt")
    assert list(artefact_store().held()) == []


def test_a_member_takes_its_archive_with_it_and_the_other_members_stay(viewer, work):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", PLANTED)
        archive.writestr("b.txt", OTHER)
    packed.seek(0)
    run = receive_into_new(
        viewer, [Received("export.zip", packed)], title="x", visibility="organisation", date=None, zone="UTC"
    )
    work()
    removed(viewer, work, run.incident, "export.zip!/a.txt")
    held = {item.name: item.erased_at is None for item in EvidenceItem.objects.filter(incident=run.incident)}
    assert held == {"export.zip": False, "export.zip!/a.txt": False, "export.zip!/b.txt": True}
    assert list(StoredEvent.objects.values_list("summary", flat=True)) == ["payment capture failed too"]


def test_what_was_erased_does_not_come_back(viewer, work):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    removed(viewer, work, incident, "chat-0.txt")
    with pytest.raises(Invalid, match="not kept again"):
        receive(viewer, incident.public_id, [Received("again.txt", io.BytesIO(PLANTED.encode()))], date=None, zone="UTC")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("hidden.txt", PLANTED)
    packed.seek(0)
    receive(viewer, incident.public_id, [Received("again.zip", packed)], date=None, zone="UTC")
    work()
    assert list(StoredEvent.objects.values_list("summary", flat=True)) == ["payment capture failed too"]


def test_the_refusal_does_not_say_whose_it_was(viewer, work):
    incident = incident_with(viewer, PLANTED)
    work()
    removed(viewer, work, incident, "chat-0.txt", reason="zzREASON of the other incident")
    other = declare(viewer, title="Another")
    with pytest.raises(Invalid) as refused:
        receive(viewer, other.public_id, [pasted(PLANTED)], date=None, zone="UTC")
    assert "zzREASON" not in refused.value.sentence


def test_a_reason_is_needed_and_only_creator_and_facilitators_remove(viewer, work, person):
    incident = incident_with(viewer, CHAT)
    work()
    sha256 = the(incident, "chat-0.txt").sha256
    with pytest.raises(Invalid, match="Say why"):
        remove_artefact(viewer, incident.public_id, sha256, reason="  ")
    for role in ("administrator", "viewer"):
        with pytest.raises(NotAllowed):
            remove_artefact(viewer_of(person(role)), incident.public_id, sha256, reason="x")
    remove_artefact(viewer_of(person("facilitator")), incident.public_id, sha256, reason="x")
    with pytest.raises(InTheWay, match="already"):
        remove_artefact(viewer, incident.public_id, sha256, reason="again")


def test_nothing_is_removed_while_evidence_is_read(viewer):
    incident = incident_with(viewer, CHAT)
    with pytest.raises(InTheWay, match="being read"):
        remove_artefact(viewer, incident.public_id, the(incident, "chat-0.txt").sha256, reason="x")


def test_a_removal_whose_worker_died_goes_on(viewer, work, monkeypatch):
    incident = incident_with(viewer, PLANTED, OTHER)
    work()
    remove_artefact(viewer, incident.public_id, the(incident, "chat-0.txt").sha256, reason="x")

    def killed(*arguments, **named):
        raise SystemExit

    for place in ("read_only", "end"):
        with monkeypatch.context() as patch:
            patch.setattr(f"juncture.web.evidence.importing.{place}", killed)
            with pytest.raises(SystemExit):
                work()
    work()
    assert list(StoredEvent.objects.values_list("summary", flat=True)) == ["payment capture failed too"]
    assert not any(finding.broken for finding in verify_store(artefact_store()))


def test_who_removed_what_and_why_is_in_the_journal(viewer, work):
    incident = incident_with(viewer, CHAT)
    work()
    removed(viewer, work, incident, "chat-0.txt")
    change = Change.objects.get(action="remove")
    assert change.by_id == viewer.user_id
    assert json.dumps(change.after) == '{"reason": "asked for by the person"}'


@pytest.mark.parametrize("accepted", [False, True])
def test_what_was_proposed_of_erased_words_goes_also_where_a_person_accepted_it(viewer, work, accepted):
    asked = CHAT.replace(
        "rolling back release 412 now", "should we roll back the zzPLANTED release?\n2:05\nrolling back release 412"
    )
    incident = incident_with(viewer, asked, OTHER)
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    (decision,) = objects_of(viewer, postmortem).decisions
    assert "zzplanted" in str(decision.value).casefold()
    if accepted:
        operations.accept_object(viewer, postmortem, "decisions", decision.id)
    mine = operations.add_object(viewer, postmortem, "factors", {"title": "Should we roll back the release? Nobody knew."})
    said = operations.add_object(
        viewer, postmortem, "lessons", {"text": "“should we roll back the zzPLANTED release?” is late."}
    )
    operations.set_state(viewer, postmortem, "published")
    removed(viewer, work, incident, "chat-0.txt")
    now = objects_of(viewer, postmortem)
    assert "zzplanted" not in str(now).casefold()
    assert mine.title in [one.title for one in now.factors], "words of a person stay"
    assert "“[erased]” is late." in [one.title for one in now.lessons if one.id == said.pk]
    assert "zzplanted" not in str(list(Change.objects.values())).casefold()
    for published in (False, True):
        assert "zzplanted" not in str(selectors.postmortem(viewer, postmortem, published=published)).casefold()
