"""Adding, editing, assigning, and bringing to a state."""

import datetime as dt

import pytest
from tests.web.conftest import CHAT

from juncture.model import record
from juncture.web.access.errors import InTheWay, Invalid, NotAllowed, NotFound
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import NOBODY
from juncture.web.actions import operations
from juncture.web.actions.models import ActionItem
from juncture.web.actions.operations import Edit
from juncture.web.actions.selectors import record_actions
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.people.models import Identity
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.operations import is_untouched
from juncture.web.postmortems.operations import set_state as set_postmortem_state
from juncture.web.postmortems.selectors import postmortem as seen_postmortem


@pytest.fixture
def postmortem(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return Postmortem.objects.visible_to(viewer).get()


def rows(postmortem):
    return ActionItem.objects.get_queryset().filter(postmortem=postmortem).order_by("position")


def history(row):
    return list(Change.objects.filter(object_kind="action", object_id=row.public_id).values_list("action", "before", "after"))


def test_an_added_action_is_in_the_record(viewer, postmortem):
    row = operations.add_action(
        viewer, postmortem.public_id, title="  Add a  limit ", kind="prevent", due=dt.date(2026, 12, 1), criterion="it stops"
    )
    last = seen_postmortem(viewer, postmortem.public_id).record.actions[-1]
    assert last == record.ActionItem(
        title="Add a limit", kind=record.ActionKind.PREVENT, due=dt.date(2026, 12, 1), criterion="it stops"
    )
    assert history(row)[0][0] == "add"
    assert not is_untouched(postmortem)


@pytest.mark.parametrize(
    "called", ["robin@example.org", "ROBIN@example.org", "@Robin", "robin", "Robin Sample", "robin sample"]
)
def test_the_owner_is_who_is_called_so(viewer, postmortem, person, called):
    robin = person("viewer", "robin@example.org")
    robin.name = "Robin Sample"
    robin.save()
    Identity.objects.create(user=robin, kind="chat", value="robin")
    row = operations.add_action(viewer, postmortem.public_id, title="Look", owner=called)
    assert (row.owner_id, row.owner_text) == (robin.pk, called)


def test_a_name_that_two_people_have_or_nobody_stays_words(viewer, postmortem, person):
    for email in ("a@example.org", "b@example.org"):
        each = person("author", email)
        each.name = "Same Sample"
        each.save()
    for called in ("Same Sample", "database team"):
        row = operations.add_action(viewer, postmortem.public_id, title="Look", owner=called)
        assert (row.owner_id, row.owner_text) == (None, called)


def test_done_is_verified_only_by_what_shows_it(viewer, postmortem):
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit", criterion="the test stops in 3 s")
    with pytest.raises(InTheWay, match="Say that it is done first"):
        operations.set_state(viewer, row.public_id, "verified", proof="the test stopped")
    operations.set_state(viewer, row.public_id, "done")
    with pytest.raises(Invalid, match=r"done is not verified\. It works when the test stops in 3 s"):
        operations.set_state(viewer, row.public_id, "verified", proof="  ")
    verified = operations.set_state(viewer, row.public_id, "verified", proof="the test stopped")
    assert (verified.state, verified.proof) == ("verified", "the test stopped")


def test_an_event_of_the_incident_proves_and_another_does_not(viewer, postmortem):
    event = postmortem.incident.events.first().event_id
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit")
    operations.set_state(viewer, row.public_id, "done")
    with pytest.raises(Invalid, match="no event of this incident"):
        operations.set_state(viewer, row.public_id, "verified", events=["f" * 32])
    operations.set_state(viewer, row.public_id, "verified", events=[event, event])
    assert list(row.proof_events.values_list("event_id", flat=True)) == [event]
    assert history(row)[-1][2] == {"state": "verified", "events": [event]}


def test_wont_do_needs_a_reason_and_reopening_takes_it_back(viewer, postmortem):
    row = operations.add_action(viewer, postmortem.public_id, title="Rewrite it")
    with pytest.raises(Invalid, match="Say why"):
        operations.set_state(viewer, row.public_id, "wont_do")
    operations.set_state(viewer, row.public_id, "wont_do", reason="The part is switched off in May.")
    again = operations.set_state(viewer, row.public_id, "open")
    assert (again.state, again.reason) == ("open", "")
    assert history(row)[-1][1] == {"state": "wont_do", "reason": "The part is switched off in May."}


def test_the_journal_says_what_differs(viewer, postmortem):
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit")
    operations.edit(viewer, row.public_id, Edit(title="Add a limit", due=dt.date(2026, 12, 24)))
    operations.assign(viewer, row.public_id, "database team")
    operations.edit(viewer, row.public_id, Edit(title="Add a limit"))
    assert history(row)[1:] == [
        ("edit", {"due": None}, {"due": "2026-12-24"}),
        ("assign", {"owner_text": None}, {"owner_text": "database team"}),
    ]


def test_who_only_reads_changes_nothing_but_what_they_own(viewer, postmortem, person):
    reader = viewer_of(person("viewer"))
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit")
    with pytest.raises(NotFound):
        operations.set_state(reader, row.public_id, "done")
    set_postmortem_state(viewer, postmortem.public_id, "published")
    with pytest.raises(NotAllowed):
        operations.set_state(reader, row.public_id, "done")
    with pytest.raises(NotAllowed):
        operations.add_action(reader, postmortem.public_id, title="Another")
    operations.assign(viewer, row.public_id, "viewer@example.org")
    assert operations.set_state(reader, row.public_id, "done").state == "done"


def test_what_was_added_since_the_publication_is_not_open_to_readers(viewer, postmortem, person):
    reader = viewer_of(person("viewer"))
    set_postmortem_state(viewer, postmortem.public_id, "published")
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit", owner="viewer@example.org")
    with pytest.raises(NotFound):
        operations.edit(reader, row.public_id, Edit(title="Mine"))
    assert not ActionItem.objects.visible_to(NOBODY).exists()


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"title": " "}, "needs a title"),
        ({"title": "x" * 301}, "at most 300 characters; this has 301"),
        ({"title": "a\0b"}, "NUL"),
        ({"title": "a", "kind": "magic"}, "no kind: prevent"),
        ({"title": "a", "owner": "o" * 201}, "The owner has at most 200"),
    ],
)
def test_what_cannot_be_taken_is_said(viewer, postmortem, values, said):
    with pytest.raises(Invalid, match=said):
        operations.add_action(viewer, postmortem.public_id, **values)
    assert not rows(postmortem).filter(touched=True).exists()


def test_replacing_keeps_what_is_the_same_and_what_was_reworded(viewer, postmortem):
    first = operations.add_action(viewer, postmortem.public_id, title="Add a limit on waiting")
    second = operations.add_action(viewer, postmortem.public_id, title="Alert on long locks")
    values = (
        record.ActionItem(title="Alert on long locks", owner="database team"),
        record.ActionItem(title="Something else entirely"),
        record.ActionItem(title="Add a limit on all waiting", state=record.ActionState.DONE),
    )
    operations.replace_actions(viewer, postmortem, values)
    assert record_actions(postmortem) == values
    kept = list(rows(postmortem).values_list("pk", flat=True))
    assert (kept[0], kept[2]) == (second.pk, first.pk)
    assert history(first)[-1] == (
        "edit",
        {"title": "Add a limit on waiting", "state": "open"},
        {"title": "Add a limit on all waiting", "state": "done"},
    )


def test_what_is_replaced_by_nothing_is_gone_with_a_line_in_the_journal(viewer, postmortem):
    row = operations.add_action(viewer, postmortem.public_id, title="Add a limit")
    operations.replace_actions(viewer, postmortem, ())
    assert record_actions(postmortem) == ()
    assert history(row)[-1][0] == "remove"


def test_a_restricted_incident_has_actions_with_ids_that_count_nothing(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Secret", visibility="restricted", date=None, zone="UTC")
    work()
    row = operations.add_action(viewer, Postmortem.objects.visible_to(viewer).get().public_id, title="Quietly")
    assert row.number is None
    assert len(row.public_id) == 24
