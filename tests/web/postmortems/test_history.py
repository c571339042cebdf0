"""Who changed what of a postmortem: told in words, folded, filtered, brought back; and nothing of it where it may not be."""

import html
import io
import re
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from tests.web.conftest import CHAT

from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.actions.models import ActionItem
from juncture.web.actions.operations import add_action, assign, set_state
from juncture.web.evidence.keeping import remove_artefact
from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.operations import Received, pasted, receive, receive_into_new
from juncture.web.incidents.editing import Edit, edit_incident
from juncture.web.journal.append_only import guard, unguard
from juncture.web.journal.models import Change, Opening
from juncture.web.people.models import User
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.history.entries import PAGE, Asked, history
from juncture.web.postmortems.history.publications import comparison_of, publications_of
from juncture.web.postmortems.models import Section
from juncture.web.postmortems.proposal_selectors import proposals_of

HOSTILE = '<script>alert("x")</script> & <img src=x onerror=alert(1)>'


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


@pytest.fixture
def section(viewer, drafted):
    return selectors.postmortem(viewer, drafted).sections[0]


@pytest.fixture
def other(person):
    return viewer_of(person("facilitator"))


def write(viewer, postmortem, section, text):
    """Write a section anew; return the change."""
    now = Section.objects.get(pk=section)
    operations.apply(viewer, postmortem, section, base=now.markdown, text=text)
    return Change.objects.latest("id")


def text_of(section):
    return Section.objects.get(pk=section).markdown


def aged(**ages):
    """Say that changes were made earlier: their keys (`c12=minutes`) and how many minutes ago."""
    unguard(connection)
    for key, minutes in ages.items():
        Change.objects.filter(pk=int(key[1:])).update(at=timezone.now() - timedelta(minutes=minutes))
    guard(connection)


def entries(viewer, postmortem, **asked):
    return history(viewer, postmortem, Asked(**asked)).entries


def said(entry):
    return " ".join(word for word in (entry.who, entry.told.did, entry.told.name, entry.told.rest) if word)


def marked(entry):
    return [(run.kind, run.text) for part in entry.told.parts for run in part.runs if run.kind in {"added", "removed"}]


def words_on(page):
    text = re.sub(r"<[^>]+>", "", re.sub(r"<(script|style)\b.*?</\1>", "", page.content.decode(), flags=re.DOTALL))
    return " ".join(html.unescape(text).split())


def test_each_kind_of_change_is_told_as_a_person_would(viewer, drafted, section):
    write(viewer, drafted, section.id, "Nobody could pay for an hour.")
    row = operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    operations.edit_object(viewer, drafted, "factors", row.pk, {"title": "No timeout for locks", "role": "trigger"})
    operations.dismiss_object(viewer, drafted, "factors", row.pk)
    operations.rename(viewer, drafted, "Checkout answers 500")
    action = add_action(viewer, drafted, title="Set lock_timeout")
    assign(viewer, action.public_id, "database team")
    set_state(viewer, action.public_id, "done")
    operations.set_state(viewer, drafted, "published")
    operations.set_state(viewer, drafted, "draft", reason="a number is wrong")
    told = entries(viewer, drafted)
    assert [said(entry) for entry in told] == [
        "Author Sample brought it from published to draft",
        "Author Sample published it as publication 1",
        "Author Sample brought the action Set lock_timeout to “done, proof due”",
        "Author Sample gave the action Set lock_timeout another owner",
        "Author Sample added the action Set lock_timeout",
        "Author Sample gave it another title",
        "Author Sample dismissed the contributing factor No timeout for locks",
        "Author Sample changed the contributing factor No timeout for locks",
        "Author Sample added the contributing factor No lock timeout",
        f"Author Sample wrote in {section.heading}",
        "Author Sample had the postmortem drafted from the evidence",
    ]
    assert told[0].told.note == "a number is wrong"
    assert marked(told[5]) == [("removed", "fails"), ("added", "answers 500")]
    assert [part.label for part in told[7].told.parts] == ["The condition", "The part it played"]
    assert [each.undoes for each in told[6:9]] == [True, False, False]


def test_changes_by_one_person_in_one_section_within_ten_minutes_are_one_entry(viewer, other, drafted):
    first, second = selectors.postmortem(viewer, drafted).sections[:2]
    start = text_of(first.id)
    keys = [write(viewer, drafted, first.id, f"Nobody could pay. {number}").pk for number in range(3)]
    write(other, drafted, second.id, "Elsewhere, meanwhile.")
    keys.append(write(viewer, drafted, first.id, "Nobody could pay. 3").pk)
    theirs = write(other, drafted, first.id, "Nobody could pay. 4").pk
    last = write(viewer, drafted, first.id, "Nobody could pay. 5").pk
    told = entries(viewer, drafted)[:4]
    assert [(entry.last, entry.count) for entry in told] == [(last, 1), (theirs, 1), (keys[-1], 4), (theirs - 2, 1)]
    whole = told[2].told.parts[0].runs
    assert "".join(run.text for run in whole if run.kind in {"same", "added"}) == "Nobody could pay. 3"
    assert start.startswith("".join(run.text for run in whole if run.kind in {"same", "removed"})[:20])
    aged(**{f"c{keys[0]}": 25, f"c{keys[1]}": 21, f"c{keys[2]}": 12})
    assert [entry.count for entry in entries(viewer, drafted)[2:6]] == [1, 1, 2, 1]


def test_narrowed_to_a_person_nothing_of_others_is_folded_in(viewer, other, drafted, section):
    write(viewer, drafted, section.id, "Mine.")
    write(other, drafted, section.id, "Mine. Theirs.")
    write(viewer, drafted, section.id, "Mine. Theirs. Mine again.")
    told = entries(viewer, drafted, person=viewer.user_id, section=section.id)
    assert [entry.count for entry in told] == [1, 1]
    assert "Theirs" not in str(marked(told[0]))


def test_the_page_says_it_and_opens_each_change(viewer, drafted, section, signed_in):
    first = write(viewer, drafted, section.id, "Nobody could pay for an hour.").pk
    last = write(viewer, drafted, section.id, "Nobody could pay for 39 minutes.").pk
    write(viewer, drafted, section.id, "Nobody could pay for 39 minutes, it says.")
    page = signed_in.get(f"/postmortems/{drafted}/history/")
    assert page.status_code == 200
    assert f"Author Sample wrote in {section.heading}" in words_on(page)
    assert "3 changes" in words_on(page)
    for address in (f"/postmortems/{drafted}/", f"/postmortems/{drafted}/write/", f"/postmortems/{drafted}/objects/"):
        assert f'href="/postmortems/{drafted}/history/"' in signed_in.get(address).content.decode(), address
    each = signed_in.get(f"/postmortems/{drafted}/history/{last}/?first={first}")
    assert "(removed: an hour) (added: 39 minutes)" in words_on(each).replace(")(", ") (")
    assert "it says" not in words_on(each)
    alone = signed_in.get(f"/postmortems/{drafted}/history/{last}/?first={first}", headers={"HX-Request": "true"})
    assert "<html" not in alone.content.decode()
    assert "39 minutes" in words_on(alone)


def test_hostile_text_is_shown_and_never_run(viewer, drafted, section, signed_in):
    write(viewer, drafted, section.id, HOSTILE)
    operations.rename(viewer, drafted, HOSTILE)
    operations.add_object(viewer, drafted, "questions", {"text": HOSTILE})
    add_action(viewer, drafted, title=HOSTILE, owner=HOSTILE)
    operations.set_state(viewer, drafted, "published", reason=HOSTILE)
    write(viewer, drafted, section.id, f"{HOSTILE} {HOSTILE}")
    last = Change.objects.filter(object_kind="section").latest("id").pk
    for end in ("", f"{last}/", "compare/", "?person=" + str(viewer.user_id)):
        page = signed_in.get(f"/postmortems/{drafted}/history/{end}")
        assert page.status_code == 200
        assert "<script>alert" not in page.content.decode()
        assert "<img src=x" not in page.content.decode()
        assert "alert(" in words_on(page)


def test_long_stretches_that_nobody_changed_are_cut(viewer, drafted, section):
    words = " ".join(f"word{number}" for number in range(2000))
    write(viewer, drafted, section.id, f"{words} end")
    aged(**{f"c{Change.objects.latest('id').pk}": 60})
    write(viewer, drafted, section.id, f"{words} another end")
    (part,) = entries(viewer, drafted)[0].told.parts
    assert [run.kind for run in part.runs] == ["cut", "same", "added", "same"]
    assert sum(len(run.text) for run in part.runs) < 200


def test_a_page_goes_on_where_the_one_before_ended_and_asks_few_questions(viewer, other, drafted, section, signed_in):
    keys = [write(viewer if number % 2 else other, drafted, section.id, f"Text {number}").pk for number in range(2 * PAGE + 3)]
    row = operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    add_action(viewer, drafted, title="Mend it")
    operations.set_state(viewer, drafted, "published")
    seen, before, pages = [], None, 0
    while True:
        found = history(viewer, drafted, Asked(), before=before)
        seen += [entry.last for entry in found.entries]
        pages += 1
        if (before := found.following) is None:
            break
    assert pages == 3
    assert seen == sorted(Change.objects.filter(postmortem_id=row.postmortem_id).values_list("pk", flat=True), reverse=True)
    assert set(keys) < set(seen)
    address = f"/postmortems/{drafted}/history/"
    while address:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            page = signed_in.get(address)
        assert page.status_code == 200
        assert len(asked) <= 15, [query["sql"][:120] for query in asked]
        found = re.search(r'href="(\?[^"]*cursor=[^"]+)">Older', page.content.decode())
        address = f"/postmortems/{drafted}/history/{html.unescape(found[1])}" if found else ""


def test_many_changes_in_one_go_are_never_all_loaded(viewer, drafted, section, signed_in):
    row = Change.objects.latest("id")
    text = "x" * 20_000
    Change.objects.bulk_create(
        Change(
            by_id=viewer.user_id, through="page", action="write", object_kind="section", object_id=str(section.id),
            incident_id=row.incident_id, postmortem_id=row.postmortem_id,
            before={"markdown": f"{number} {text}"}, after={"markdown": f"{number + 1} {text}"},
        )
        for number in range(1000)
    )  # fmt: skip
    found = history(viewer, drafted, Asked())
    assert [entry.count for entry in found.entries] == [600]
    assert found.following is not None
    with CaptureQueriesContext(connection) as asked:
        page = signed_in.get(f"/postmortems/{drafted}/history/")
    assert len(asked) <= 15
    assert len(page.content) < 30_000


def test_restoring_keeps_what_others_have_typed_since(viewer, other, drafted, section):
    old = write(viewer, drafted, section.id, "Nobody could pay for an hour.\n\nSupport called first.\n")
    write(viewer, drafted, section.id, "Nobody could pay for 39 minutes.\n\nSupport called first.\n")
    seen = Change.objects.latest("id").pk
    write(other, drafted, section.id, "Nobody could pay for 39 minutes.\n\nSupport called first, at 14:05.\n")
    done = operations.restore_text(viewer, drafted, old.pk, seen=seen)
    assert done.text == text_of(section.id) == "Nobody could pay for an hour.\n\nSupport called first, at 14:05.\n"
    newest = entries(viewer, drafted)[0]
    assert said(newest) == f"Author Sample restored an earlier text of {section.heading}"
    assert newest.last == done.change
    undone = operations.restore_text(viewer, drafted, done.change, side="before", seen=done.change)
    assert undone.text == "Nobody could pay for 39 minutes.\n\nSupport called first, at 14:05.\n"
    again = operations.restore_text(viewer, drafted, done.change, side="before")
    assert again.change is None


def test_restored_by_the_page_and_undone_by_it(viewer, drafted, section, signed_in):
    start = text_of(section.id)
    write(viewer, drafted, section.id, "All is lost.")
    address = f"/postmortems/{drafted}/history/"
    page = signed_in.get(address).content.decode()
    assert "Restore this text" not in page, "it says that now"
    form = re.search(r'action="([^"]+/restore/)".*?name="seen" value="(\d+)".*?name="side" value="before"', page, re.DOTALL)
    answer = signed_in.post(form[1], {"seen": form[2], "side": "before"}, follow=True)
    assert text_of(section.id) == start
    assert f"“{section.heading}” says again what it said." in words_on(answer)
    bar = answer.content.decode().split("undo-bar")[1]
    form = re.search(r'action="([^"]+/restore/)".*?name="seen" value="(\d+)"', bar, re.DOTALL)
    signed_in.post(form[1], {"seen": form[2], "side": "before"})
    assert text_of(section.id) == "All is lost."


def test_a_section_that_a_file_took_away_is_put_back_at_the_end(viewer, drafted, section):
    write(viewer, drafted, section.id, "Nobody could pay.")
    written = Change.objects.latest("id").pk
    operations.replace_file(viewer, drafted, b"# Checkout fails\n\n## Another\n\nWords.\n", expected_etag="*")
    assert not Section.objects.filter(pk=section.id).exists()
    gone = next(one for one in entries(viewer, drafted) if (one.kind, one.object_id) == ("section", str(section.id)))
    assert (said(gone), gone.restores_this, gone.restores_before) == (
        f"Author Sample removed the section {section.heading}", False, True,
    )  # fmt: skip
    done = operations.restore_text(viewer, drafted, written)
    now = selectors.postmortem(viewer, drafted).sections
    assert [(one.heading, one.markdown) for one in now][-1] == (section.heading, "Nobody could pay.")
    assert now[-1].id == section.id
    assert said(entries(viewer, drafted)[0]) == f"Author Sample put back the section {section.heading}"
    operations.restore_text(viewer, drafted, done.change, side="before")
    assert [one.heading for one in selectors.postmortem(viewer, drafted).sections] == ["Another"]
    back = operations.restore_text(viewer, drafted, written)
    write(viewer, drafted, section.id, "Nobody could pay, again.")
    with pytest.raises(InTheWay, match="written in this section"):
        operations.restore_text(viewer, drafted, back.change, side="before")


def test_a_section_of_the_same_heading_takes_the_text_of_one_that_is_gone(viewer, drafted, section):
    written = write(viewer, drafted, section.id, "Nobody could pay.").pk
    operations.replace_file(viewer, drafted, b"# Checkout fails\n\n## Another\n\nWords.\n", expected_etag="*")
    text = f"# Checkout fails\n\n## {section.heading}\n\nNewer words.\n".encode()
    operations.replace_file(viewer, drafted, text, expected_etag="*")
    done = operations.restore_text(viewer, drafted, written)
    assert done.section != section.id
    assert [(one.heading, one.markdown) for one in selectors.postmortem(viewer, drafted).sections] == [
        (section.heading, "Nobody could pay.")
    ]


def test_what_newer_evidence_changed_and_proposed_is_told(viewer, work):
    run = receive_into_new(viewer, [pasted(CHAT)], title="", visibility="organisation", date="2026-03-02", zone="UTC")
    work()
    drafted = selectors.postmortems(viewer)[0][0].id
    section = selectors.postmortem(viewer, drafted).sections[0]
    write(viewer, drafted, section.id, f"My own words. {section.markdown}")
    errors = b"2026-03-02T13:55:00Z ERROR payment capture failed\n2026-03-02T13:56:00Z ERROR payment capture failed\n"
    file = Received("app.log", io.BytesIO(errors))
    receive(viewer, run.incident.public_id, [file], date="2026-03-02", zone="UTC", draft_follows=True)
    work()
    told = [said(entry) for entry in entries(viewer, drafted)]
    assert any(one.startswith("Author Sample had it follow newer evidence") for one in told), told
    proposed = proposals_of(viewer, drafted).proposals
    assert proposed
    operations.dismiss_proposal(viewer, drafted, proposed[0].id)
    operations.undo_proposal(viewer, drafted, proposed[0].id)
    undone, dismissed = (said(entry) for entry in entries(viewer, drafted)[:2])
    assert dismissed.startswith("Author Sample dismissed what newer evidence proposed of ")
    assert undone.startswith("Author Sample took back what was decided")


def test_only_texts_of_this_postmortem_are_brought_back_by_who_may_write(viewer, person, drafted, section):
    incident = selectors.postmortem(viewer, drafted).incident
    second, _ = operations.import_file(viewer, b"# Another\n\n## Summary\n\nWords.\n", incident_id=incident)
    change = write(viewer, drafted, section.id, "Nobody could pay.").pk
    with pytest.raises(NotFound):
        operations.restore_text(viewer, second.public_id, change)
    operations.rename(viewer, drafted, "Checkout")
    with pytest.raises(NotFound):
        operations.restore_text(viewer, drafted, Change.objects.latest("id").pk)
    with pytest.raises(Invalid):
        operations.restore_text(viewer, drafted, change, side="middle")
    with pytest.raises(NotAllowed):
        operations.restore_text(viewer_of(person("viewer")), drafted, change)
    assert text_of(section.id) == "Nobody could pay."


def test_each_of_two_postmortems_of_an_incident_has_its_own_history(viewer, drafted, section):
    incident = selectors.postmortem(viewer, drafted).incident
    second, _ = operations.import_file(viewer, b"# Another\n\n## Summary\n\nWords.\n", incident_id=incident)
    write(viewer, drafted, section.id, "Nobody could pay.")
    operations.add_object(viewer, second.public_id, "factors", {"title": "No lock timeout"})
    operations.replace_file(viewer, second.public_id, b"# Another\n\n## Other\n\nWords.\n", expected_etag="*")
    first, other = ([said(entry) for entry in entries(viewer, one)] for one in (drafted, second.public_id))
    assert [one for one in first if "factor" in one or "Another" in one or "file" in one] == []
    assert len(first) == 2
    assert [one.removeprefix("Author Sample ") for one in other] == [
        "replaced the document by a file",
        "removed the section Summary",
        "added the section Other",
        "added the contributing factor No lock timeout",
        "imported it from a file",
    ]


def test_a_postmortem_that_became_restricted_keeps_its_history_at_its_new_address(viewer, other, drafted, section, client):
    write(viewer, drafted, section.id, "zzSECRET")
    add_action(viewer, drafted, title="Mend it")
    before = [said(entry) for entry in entries(viewer, drafted)]
    edit_incident(viewer, selectors.postmortem(viewer, drafted).incident, Edit(visibility="restricted"))
    now = selectors.postmortems(viewer)[0][0].id
    told = entries(viewer, now)
    assert [said(entry) for entry in told] == before
    assert told[0].url == f"/actions/{ActionItem.objects.visible_to(viewer).get().public_id}/"
    with pytest.raises(NotFound):
        history(other, now, Asked())
    client.force_login(User.objects.get(pk=viewer.user_id))
    assert client.get(f"/postmortems/{drafted}/history/")["Location"] == f"/postmortems/{now}/history/"
    assert Opening.objects.count() == 0
    client.get(f"/postmortems/{now}/history/")
    assert Opening.objects.get().object_id == now


def test_an_object_is_undone_as_long_as_it_is_the_last_change_of_it(viewer, drafted, signed_in):
    row = operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    operations.edit_object(viewer, drafted, "factors", row.pk, {"title": "No timeout"})
    shown = entries(viewer, drafted)[0]
    operations.edit_object(viewer, drafted, "factors", row.pk, {"title": "No timeout at all"})
    with pytest.raises(InTheWay, match="changed again"):
        operations.undo_change(viewer, drafted, shown.last)
    newest = entries(viewer, drafted)[0].last
    answer = signed_in.post(f"/postmortems/{drafted}/history/{newest}/undo/", follow=True)
    assert "Undone." in words_on(answer)
    assert selectors.postmortem(viewer, drafted).record.factors[-1].title == "No timeout"
    assert said(entries(viewer, drafted)[0]).startswith("Author Sample undid the last change of the contributing factor")


def test_of_what_was_erased_no_word_is_in_the_history(viewer, work, signed_in):
    secret = "zzPLANTED the customer Robin Sample wrote from robin.sample@example.org that checkout answers 500"
    chat = CHAT.replace("checkout answers 500 since the deploy", secret)
    run = receive_into_new(viewer, [pasted(chat)], title="Checkout", visibility="organisation", date=None, zone="UTC")
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    section = selectors.postmortem(viewer, postmortem).sections[0].id
    first = write(viewer, postmortem, section, f"My own words. “{secret}”").pk
    last = write(viewer, postmortem, section, f"My own words. “{secret}” So it began.").pk
    row = operations.add_object(viewer, postmortem, "lessons", {"text": f"It said: {secret}"})
    operations.set_state(viewer, postmortem, "published")
    operations.remove_object(viewer, postmortem, "lessons", row.pk)
    addresses = [f"/postmortems/{postmortem}/history/{end}" for end in ("", f"{last}/?first={first}", "compare/")]
    addresses += [f"/api/v1/postmortems/{postmortem}/{end}" for end in ("history?limit=100", "compare")]
    assert "zzPLANTED" in signed_in.get(addresses[0]).content.decode()
    item = EvidenceItem.objects.get(incident=run.incident)
    remove_artefact(viewer, run.incident.public_id, item.sha256, reason="asked for by the person")
    assert work()
    for address in addresses:
        page = signed_in.get(address)
        assert page.status_code == 200, address
        assert "zzPLANTED" not in page.content.decode(), address
        assert "robin.sample" not in page.content.decode(), address
    assert "My own words." in words_on(signed_in.get(addresses[0]))
    operations.restore_text(viewer, postmortem, first)
    assert "zzPLANTED" not in text_of(section)


def test_publications_are_listed_and_compared(viewer, drafted, section, signed_in):
    write(viewer, drafted, section.id, "Nobody could pay for an hour.")
    row = operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    add_action(viewer, drafted, title="Mend it", owner="database team")
    with pytest.raises(Invalid, match="not published"):
        comparison_of(viewer, drafted, None, None)
    operations.set_state(viewer, drafted, "published")
    assert comparison_of(viewer, drafted, 1, None).same
    write(viewer, drafted, section.id, "Nobody could pay for 39 minutes.")
    operations.edit_object(viewer, drafted, "factors", row.pk, {"role": "trigger"})
    operations.add_object(viewer, drafted, "lessons", {"text": "Set a lock timeout."})
    operations.rename(viewer, drafted, "Checkout answers 500")
    operations.set_state(viewer, drafted, "published", reason="The duration was wrong.")
    operations.replace_file(viewer, drafted, b"# Checkout answers 500\n\n## Another\n\nWords.\n", expected_etag="*")
    assert [(one.number, one.by) for one in publications_of(viewer, drafted)] == [(2, "Author Sample"), (1, "Author Sample")]
    one = comparison_of(viewer, drafted, 1, 2)
    assert [part.label for part in one.fields] == ["Title"]
    assert [(each.change, each.title) for each in one.sections] == [("changed", section.heading)]
    assert [(each.change, each.of, each.title) for each in one.objects] == [
        ("changed", "contributing factor", "No lock timeout"),
        ("added", "lesson", "Set a lock timeout."),
    ]
    working = comparison_of(viewer, drafted, 2, None)
    assert [each.title for each in working.sections if each.change == "added"] == ["Another"]
    assert ("removed", "action", "Mend it") in [(each.change, each.of, each.title) for each in working.objects]
    page = signed_in.get(f"/postmortems/{drafted}/history/compare/?from=1&to=2")
    assert "(removed: an hour)(added: 39 minutes)" in words_on(page)
    assert "Compare with publication 1" in words_on(signed_in.get(f"/postmortems/{drafted}/history/"))
    for query in ("from=9", "from=x", "from=1&to=9", "to=-1", "from=" + "9" * 30):
        assert signed_in.get(f"/postmortems/{drafted}/history/compare/?{query}").status_code == 422, query


@pytest.mark.parametrize("query", ["cursor=x", "section=x", "person=-1", "restored=x", "section=" + "9" * 40])
def test_what_cannot_be_asked_for_is_one_clear_line(drafted, signed_in, query):
    assert signed_in.get(f"/postmortems/{drafted}/history/?{query}").status_code == 422


def test_who_may_not_write_finds_nothing(person, client, viewer, drafted, section):
    change = write(viewer, drafted, section.id, "zzWORKING").pk
    operations.set_state(viewer, drafted, "published")
    client.force_login(person("viewer"))
    for end in ("", f"{change}/", "compare/?from=1"):
        answer = client.get(f"/postmortems/{drafted}/history/{end}")
        assert (answer.status_code, "zzWORKING" in answer.content.decode()) == (404, False), end
    assert "/history/" not in client.get(f"/postmortems/{drafted}/").content.decode()


def test_over_the_api(api, viewer, drafted, section):
    first = write(viewer, drafted, section.id, "Nobody could pay for an hour.").pk
    write(viewer, drafted, section.id, "Nobody could pay.")
    operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    page = api("GET", f"postmortems/{drafted}/history?limit=2").json()
    assert [item["said"] for item in page["items"]] == [
        "Author Sample added the contributing factor No lock timeout",
        f"Author Sample wrote in {section.heading}",
    ]
    assert set(page["items"][0]["after"]).isdisjoint({"postmortem_id", "position"})
    rest = api("GET", f"postmortems/{drafted}/history?limit=2&cursor={page['next']}").json()
    ids = [item["id"] for item in (*page["items"], *rest["items"])]
    assert all(a > b for a, b in pairwise(ids))
    assert rest["next"] is None
    narrowed = api("GET", f"postmortems/{drafted}/history?section={section.id}&person={viewer.user_id}").json()
    assert [item["after"]["markdown"] for item in narrowed["items"]] == ["Nobody could pay.", "Nobody could pay for an hour."]
    done = api("POST", f"postmortems/{drafted}/sections/{section.id}/restore", {"change": first})
    assert done.json()["text"] == text_of(section.id) == "Nobody could pay for an hour."
    body = {"change": done.json()["change"], "side": "before", "seen": done.json()["change"]}
    assert api("POST", f"postmortems/{drafted}/sections/{section.id}/restore", body).json()["text"] == "Nobody could pay."
    assert api("POST", f"postmortems/{drafted}/sections/{section.id + 1}/restore", {"change": first}).status_code == 404
    assert api("POST", f"postmortems/{drafted}/sections/{section.id}/restore", body | {"side": "x"}).status_code == 422
    assert api("GET", f"postmortems/{drafted}/compare").status_code == 422
    api("POST", f"postmortems/{drafted}/state", {"to": "published"})
    assert [one["number"] for one in api("GET", f"postmortems/{drafted}/publications").json()["items"]] == [1]
    assert api("GET", f"postmortems/{drafted}/compare?from=1").json()["sections"] == []
