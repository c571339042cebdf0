"""New evidence proposes: what nobody touched follows, what a person touched waits for a person."""

import io
import json
import re

import pytest
from tests.web.conftest import CHAT

from juncture.document.redraft import text_of
from juncture.web.access.errors import InTheWay, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.keeping import remove_artefact
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.library.desk import my_drafts
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.diagnosing import diagnostics
from juncture.web.postmortems.models import Decision, Participant, Postmortem, Section
from juncture.web.postmortems.object_selectors import objects_of
from juncture.web.postmortems.operations.starting import drafted_from_evidence
from juncture.web.postmortems.proposal_selectors import proposals_of
from juncture.web.timeline.operations import Asked, correct

EARLIER = "2026-03-02T13:55:00Z ERROR payment capture failed\n2026-03-02T13:56:00Z ERROR payment capture failed\n"
OLDER = EARLIER.replace("13:55", "13:52").replace("13:56", "13:53")
LATER = """\
Kim Sample
  2:17 PM
should we roll back 411 as well?
2:18
rolling back release 411 now

Robin Sample
  2:25 PM
now it is really resolved
"""
WORDS = "People could not pay, and we heard it from them. "


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="", visibility="organisation", date="2026-03-02", zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


@pytest.fixture
def arrives(viewer, work, drafted):
    def bring(text, name="app.log"):
        incident = Postmortem.objects.get_queryset().get(public_id=drafted).incident.public_id
        file = pasted(text) if name is None else Received(name, io.BytesIO(text.encode()))
        receive(viewer, incident, [file], date="2026-03-02", zone="UTC", draft_follows=True)
        work()
        return ImportRun.objects.get_queryset().order_by("-pk").first()

    return bring


def section_of(viewer, drafted, heading="Summary"):
    return next(one for one in selectors.postmortem(viewer, drafted).sections if one.heading == heading)


def write(viewer, drafted, words=WORDS, heading="Summary"):
    section = section_of(viewer, drafted, heading)
    operations.apply(viewer, drafted, section.id, base=section.markdown, text=words + section.markdown)


def whole(viewer, drafted):
    return "\n".join(section.markdown for section in selectors.postmortem(viewer, drafted).sections)


def proposed(viewer, drafted):
    return proposals_of(viewer, drafted).proposals


def test_what_a_person_wrote_stays_and_what_nobody_touched_follows(viewer, drafted, arrives):
    write(viewer, drafted)
    before = section_of(viewer, drafted).markdown
    run = arrives(EARLIER)
    assert section_of(viewer, drafted).markdown == before
    assert "6\xa0min after the start" in section_of(viewer, drafted, "Detection").markdown
    view = selectors.postmortem(viewer, drafted)
    assert f"{view.record.incident.started_at:%H:%M}" == "13:55"
    assert view.proposals == len(proposed(viewer, drafted)) == 2
    assert run.remark == "What somebody wrote in the postmortem stays as it is. 2 changes are proposed to it."
    assert my_drafts(viewer, limit=5)[0].why == "New evidence proposes 2 changes."


def test_accepting_merges_what_the_evidence_says_into_what_the_person_wrote(viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    for one in proposed(viewer, drafted):
        operations.accept_proposal(viewer, drafted, one.id)
    text = section_of(viewer, drafted).markdown
    assert text.startswith(WORDS)
    assert "from 13:55:00 to 14:15:00 UTC" in text
    assert "14:01:00 to" not in text
    assert proposed(viewer, drafted) == ()
    assert selectors.postmortem(viewer, drafted).proposals == 0


def test_every_citation_stays_bound_to_the_event_that_it_had(viewer, drafted, arrives):
    write(viewer, drafted)
    before = bound(whole(viewer, drafted))
    arrives(EARLIER)
    for one in proposed(viewer, drafted):
        operations.accept_proposal(viewer, drafted, one.id)
    after = bound(whole(viewer, drafted))
    assert before.items() < after.items()
    found = diagnostics(viewer, selectors.postmortem(viewer, drafted), objects_of(viewer, drafted))
    assert [one for one in found if one.rule.startswith(("citation/", "footnote/"))] == []


def bound(text):
    return dict(re.findall(r"^\[\^([^\]]+)\]: .*\(event ([0-9a-f]{32})", text, re.MULTILINE))


def test_a_label_that_was_given_meanwhile_is_not_taken_by_a_proposal(viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    row = Postmortem.objects.get_queryset().get()
    other = next(one for one in selectors.postmortem(viewer, drafted).record.timeline if "error rate" in one.summary)
    section = section_of(viewer, drafted, "Lessons learned")
    operations.cite(viewer, drafted, section.id, other.id)
    mine = bound(whole(viewer, drafted))
    assert other.id in mine.values()
    for one in proposed(viewer, drafted):
        operations.accept_proposal(viewer, drafted, one.id)
    assert mine.items() < bound(whole(viewer, drafted)).items()
    assert row.pk


def test_what_was_dismissed_is_not_proposed_again_and_what_is_new_is(viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    for one in proposed(viewer, drafted):
        operations.dismiss_proposal(viewer, drafted, one.id)
    assert proposed(viewer, drafted) == ()
    operations.follow_evidence(viewer, drafted)
    assert proposed(viewer, drafted) == ()
    arrives(OLDER, "older.log")
    again = proposed(viewer, drafted)
    assert "from 13:52:00 to 14:15:00 UTC, for 23\xa0min." in " ".join(line.after for one in again for line in one.lines)


@pytest.mark.parametrize("act", [operations.accept_proposal, operations.dismiss_proposal])
def test_one_key_undoes_what_one_key_did_and_twice_is_refused(viewer, drafted, arrives, act):
    write(viewer, drafted)
    arrives(EARLIER)
    text, ids = whole(viewer, drafted), [one.id for one in proposed(viewer, drafted)]
    for identity in ids:
        act(viewer, drafted, identity)
    for identity in ids:
        operations.undo_proposal(viewer, drafted, identity)
    assert sorted(one.id for one in proposed(viewer, drafted)) == sorted(ids)
    assert whole(viewer, drafted) == text
    with pytest.raises(InTheWay, match="already"):
        operations.undo_proposal(viewer, drafted, ids[0])
    operations.accept_proposal(viewer, drafted, ids[0])


def test_what_was_written_after_accepting_stays_when_that_is_undone(viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    first = proposed(viewer, drafted)[0].id
    operations.accept_proposal(viewer, drafted, first)
    write(viewer, drafted, "Written later. ")
    operations.undo_proposal(viewer, drafted, first)
    text = section_of(viewer, drafted).markdown
    assert text.startswith(f"Written later. {WORDS}")
    assert "from 14:01:00 to 14:15:00" in text


def test_who_wrote_the_same_meanwhile_is_asked_nothing(viewer, drafted, arrives, signed_in):
    write(viewer, drafted)
    arrives(EARLIER)
    section = section_of(viewer, drafted)
    before = proposed(viewer, drafted)
    for one in before:
        operations.accept_proposal(viewer, drafted, one.id)
    accepted = section_of(viewer, drafted).markdown
    for one in before:
        operations.undo_proposal(viewer, drafted, one.id)
    operations.apply(viewer, drafted, section.id, base=section_of(viewer, drafted).markdown, text=accepted)
    assert b"Nothing waits here" in signed_in.get(f"/postmortems/{drafted}/proposals/").content
    assert selectors.postmortem(viewer, drafted).proposals == 0


def test_a_published_text_follows_in_nothing_and_all_is_proposed(viewer, drafted, arrives):
    operations.set_state(viewer, drafted, "published")
    before = selectors.postmortem(viewer, drafted)
    arrives(EARLIER)
    after = selectors.postmortem(viewer, drafted)
    assert (after.record, after.changed) == (before.record, False)
    about = [one.about for one in proposed(viewer, drafted)]
    assert {"facts", "sections/Summary", "sections/Detection"} <= set(about)
    facts = next(one for one in proposed(viewer, drafted) if one.about == "facts")
    started = next(line for line in facts.lines if line.label == "Started")
    assert (started.before[11:19], started.after[11:19]) == ("14:01:00", "13:55:00")
    operations.accept_proposal(viewer, drafted, facts.id)
    assert f"{selectors.postmortem(viewer, drafted).record.incident.started_at:%H:%M}" == "13:55"
    operations.undo_proposal(viewer, drafted, facts.id)
    assert selectors.postmortem(viewer, drafted).record == before.record


def test_all_that_is_proposed_leads_to_what_a_fresh_draft_says(viewer, drafted, arrives):
    operations.set_state(viewer, drafted, "published")
    arrives(EARLIER)
    arrives(LATER, None)
    for one in proposed(viewer, drafted):
        operations.accept_proposal(viewer, drafted, one.id)
    record = selectors.postmortem(viewer, drafted).record
    fresh = drafted_from_evidence(viewer, Postmortem.objects.get_queryset().get().incident, "google")
    prose = {one.heading: text_of(one.markdown).prose for one in fresh.sections}
    plain = {name: re.sub(r"\[\^[^\]]+\]", "", text) for name, text in prose.items()}
    assert {one.heading: re.sub(r"\[\^[^\]]+\]", "", text_of(one.markdown).prose) for one in record.sections} == plain
    assert (record.timeline, record.milestones, record.phases) == (fresh.timeline, fresh.milestones, fresh.phases)
    assert sorted(record.questions) == sorted(fresh.questions)
    assert {one.chosen for one in record.decisions} == {one.chosen for one in fresh.decisions}
    assert {one.took_part for one in record.participants} == {one.took_part for one in fresh.participants}
    assert proposed(viewer, drafted) == ()


def test_objects_that_nobody_touched_follow_and_others_wait(viewer, drafted, arrives):
    mine = Decision.of(Postmortem.objects.get_queryset().get()).first()
    operations.edit_object(viewer, drafted, "decisions", mine.pk, {"reason": "It had helped the last time."})
    role = Participant.of(Postmortem.objects.get_queryset().get()).first()
    operations.edit_object(viewer, drafted, "participants", role.pk, {"took_part": "Saw it first, and said so."})
    arrives(LATER, None)
    decisions = selectors.postmortem(viewer, drafted).record.decisions
    assert next(one for one in decisions if one.reason).reason == "It had helped the last time."
    assert any("411" in one.chosen for one in decisions)
    assert Participant.objects.get_queryset().get(pk=role.pk).took_part == "Saw it first, and said so."


def test_an_object_that_was_put_aside_or_taken_away_does_not_come_back(viewer, drafted, arrives):
    row = Postmortem.objects.get_queryset().get()
    aside = Decision.of(row).first()
    operations.dismiss_object(viewer, drafted, "decisions", aside.pk)
    gone = Participant.of(row).first()
    operations.remove_object(viewer, drafted, "participants", gone.pk)
    arrives(LATER, None)
    assert aside.question not in [one.question for one in selectors.postmortem(viewer, drafted).record.decisions]
    assert gone.role not in [one.role for one in selectors.postmortem(viewer, drafted).record.participants]


def test_a_person_decides_about_an_object_field_by_field(viewer, drafted, arrives):
    operations.set_state(viewer, drafted, "published")
    arrives(LATER, None)
    new = next(one for one in proposed(viewer, drafted) if one.about == "decisions" and one.what == "new")
    operations.accept_proposal(viewer, drafted, new.id)
    accepted = Decision.of(Postmortem.objects.get_queryset().get()).order_by("-pk").first()
    assert (accepted.standing, accepted.touched) == ("accepted", True)
    operations.undo_proposal(viewer, drafted, new.id)
    assert not Decision.objects.get_queryset().filter(pk=accepted.pk).exists()
    operations.accept_proposal(viewer, drafted, new.id)
    again = Decision.of(Postmortem.objects.get_queryset().get()).order_by("-pk").first()
    operations.edit_object(viewer, drafted, "decisions", again.pk, {"reason": "Mine."})
    with pytest.raises(InTheWay, match="changed it since"):
        operations.undo_proposal(viewer, drafted, new.id)


def test_what_is_not_proposed_any_more_is_refused_and_nothing_changes(viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    old = proposed(viewer, drafted)[0].id
    arrives(OLDER, "older.log")
    before = whole(viewer, drafted)
    with pytest.raises(InTheWay, match="not proposed any more"):
        operations.accept_proposal(viewer, drafted, old)
    with pytest.raises(NotFound):
        operations.undo_proposal(viewer, drafted, old)
    assert whole(viewer, drafted) == before


def test_a_correction_of_the_timeline_is_looked_at_on_request(viewer, drafted, signed_in):
    write(viewer, drafted)
    incident = Postmortem.objects.get_queryset().get().incident.public_id
    first = next(one for one in selectors.postmortem(viewer, drafted).record.timeline if "500" in one.summary)
    correct(viewer, incident, Asked(kind="time", event=first.id, time="2026-03-02T13:58:00Z", why="late"))
    answer = signed_in.post(f"/postmortems/{drafted}/proposals/again/", follow=True)
    assert answer.status_code == 200
    history = signed_in.get(f"/postmortems/{drafted}/history/").content.decode()
    assert "had newer evidence change" in history
    assert "from 13:58:00 to" in "".join(line.after for one in proposed(viewer, drafted) for line in one.lines)


def test_who_may_not_write_sees_and_does_nothing(viewer, drafted, arrives, person):
    write(viewer, drafted)
    arrives(EARLIER)
    one = proposed(viewer, drafted)[0].id
    operations.set_state(viewer, drafted, "published")
    reader = viewer_of(person("viewer"))
    with pytest.raises(NotFound):
        proposals_of(reader, drafted)
    for act in (operations.accept_proposal, operations.dismiss_proposal, operations.undo_proposal):
        with pytest.raises(NotAllowed):
            act(reader, drafted, one)


def test_nothing_that_was_erased_is_kept_for_a_proposal(viewer, drafted, arrives, work):
    write(viewer, drafted)
    arrives("2026-03-02T13:55:00Z ERROR zzPLANTED the customer Robin Sample could not pay\n")
    one = proposed(viewer, drafted)[0]
    operations.accept_proposal(viewer, drafted, one.id)
    operations.undo_proposal(viewer, drafted, one.id)
    row = Postmortem.objects.get_queryset().get()
    assert b"zzPLANTED" in bytes(row.newest)
    item = EvidenceItem.objects.get(incident=row.incident, name="app.log")
    remove_artefact(viewer, row.incident.public_id, item.sha256, reason="asked for")
    assert work()
    row.refresh_from_db()
    held = [bytes(row.newest), bytes(row.drafted), bytes(row.derived)]
    held += [json.dumps([one.before, one.after]).encode() for one in Change.objects.all()]
    held += [section.markdown.encode() for section in Section.objects.filter(postmortem=row)]
    assert not [one for one in held if b"zzPLANTED" in one]


def test_the_page_shows_words_that_come_and_go_and_lets_decide(viewer, drafted, arrives, signed_in):
    write(viewer, drafted, "<script>alert(1)</script> ")
    arrives(EARLIER)
    address = f"/postmortems/{drafted}/proposals/"
    page = signed_in.get(address).content.decode()
    assert re.search(r"<del>.*removed.*14:01</del><ins>.*added.*13:55</ins>:00 to 14:15:00 UTC", page)
    assert "<script>alert" not in page
    assert "13:55:00 UTC, log: ERROR payment capture failed" in page
    assert b"New evidence proposes 2 changes" in signed_in.get(f"/postmortems/{drafted}/").content
    assert b"New evidence proposes 2 changes" in signed_in.get(f"/postmortems/{drafted}/write/").content
    one = proposed(viewer, drafted)[0]
    answer = signed_in.post(f"{address}{one.id}/accept/", follow=True).content.decode()
    assert "Accepted. It is in the text." in answer
    assert "Decided lately" in answer
    assert "Undone." in signed_in.post(f"{address}{one.id}/undo/", follow=True).content.decode()
    assert signed_in.post(f"{address}{one.id}/burn/").status_code == 404
    assert signed_in.post(f"{address}nothing/accept/").status_code == 409


def test_the_page_asks_few_questions_of_the_database(viewer, drafted, arrives, signed_in, django_assert_max_num_queries):
    operations.set_state(viewer, drafted, "published")
    arrives(EARLIER)
    with django_assert_max_num_queries(15):
        assert signed_in.get(f"/postmortems/{drafted}/proposals/").status_code == 200


def test_the_api_lists_and_decides(api, viewer, drafted, arrives):
    write(viewer, drafted)
    arrives(EARLIER)
    listed = api("GET", f"postmortems/{drafted}/proposals").json()
    assert [one["what"] for one in listed["proposals"]] == ["changed", "changed"]
    one = listed["proposals"][0]["id"]
    after = api("POST", f"postmortems/{drafted}/proposals/{one}/accept").json()
    assert (len(after["proposals"]), after["decided"][0]["accepted"]) == (1, True)
    assert api("POST", f"postmortems/{drafted}/proposals").json() == {"updated": 0, "proposed": 1}


def test_what_was_written_elsewhere_has_nothing_to_compare_with(viewer, drafted, arrives, signed_in, work):
    row, _ = operations.import_file(viewer, b"# Old one\n\n## Summary\n\nIt broke.\n")
    assert b"written elsewhere" in signed_in.get(f"/postmortems/{row.public_id}/proposals/").content
    run = receive(viewer, row.incident.public_id, [pasted(CHAT)], date="2026-03-02", zone="UTC", draft_follows=True)
    work()
    assert "written elsewhere" in ImportRun.objects.get_queryset().get(pk=run.pk).remark
