from itertools import pairwise

import pytest
from tests.web.conftest import CHAT

from juncture.web.access.errors import Invalid, NotFound
from juncture.web.actions.operations import add_action
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.journal.models import Change
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.object_selectors import objects_of
from juncture.web.postmortems.pieces import KINDS
from juncture.web.timeline.selectors import events_of


@pytest.fixture
def drafted(viewer, work):
    receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return selectors.postmortems(viewer)[0][0].id


TITLES = {
    "decisions": {"question": "Roll back?"},
    "factors": {"title": "No lock timeout"},
    "lessons": {"text": "Rehearse it."},
    "participants": {"role": "Support lead"},
    "figures": {"name": "Orders not placed", "mid": "1200"},
    "not-known": {"text": "Revenue"},
    "questions": {"text": "Who told customers?"},
    "weak-points": {"title": "Found late"},
}


@pytest.mark.parametrize("kind", TITLES)
def test_a_title_is_all_that_an_object_needs_and_undo_takes_it_away_and_brings_it_back(viewer, drafted, kind):
    before = selectors.postmortem(viewer, drafted).record
    row = operations.add_object(viewer, drafted, kind, TITLES[kind])
    added = selectors.postmortem(viewer, drafted).record
    assert added != before
    assert operations.undo_object(viewer, drafted, kind, row.pk) is None
    assert selectors.postmortem(viewer, drafted).record == before
    operations.undo_object(viewer, drafted, kind, row.pk)
    assert selectors.postmortem(viewer, drafted).record == added


@pytest.mark.parametrize("kind", TITLES)
def test_each_operation_is_one_change_with_before_and_after(viewer, drafted, kind):
    row = operations.add_object(viewer, drafted, kind, TITLES[kind])
    title = next(iter(TITLES[kind]))
    operations.edit_object(viewer, drafted, kind, row.pk, {title: "Another title"})
    operations.dismiss_object(viewer, drafted, kind, row.pk)
    operations.accept_object(viewer, drafted, kind, row.pk)
    operations.remove_object(viewer, drafted, kind, row.pk)
    operations.undo_object(viewer, drafted, kind, row.pk)
    changes = list(Change.objects.filter(object_id=str(row.pk), object_kind=KINDS[kind].one))
    assert [change.action for change in changes] == ["add", "edit", "dismiss", "accept", "remove", "undo"]
    for change, following in pairwise(changes):
        assert change.after == following.before
    assert changes[-1].after[title] == "Another title"


def test_a_proposal_is_accepted_dismissed_and_brought_back(viewer, drafted):
    one = objects_of(viewer, drafted).decisions[0]
    assert one.standing == "proposed"
    operations.accept_object(viewer, drafted, "decisions", one.id)
    assert selectors.postmortem(viewer, drafted).record.decisions[0].standing == "accepted"
    operations.dismiss_object(viewer, drafted, "decisions", one.id)
    assert len(selectors.postmortem(viewer, drafted).record.decisions) == len(objects_of(viewer, drafted).decisions) - 1
    operations.undo_object(viewer, drafted, "decisions", one.id)
    assert selectors.postmortem(viewer, drafted).record.decisions[0].standing == "accepted"


def test_an_object_made_from_an_event_cites_it(viewer, drafted):
    incident = selectors.postmortem(viewer, drafted).incident
    event = events_of(viewer, incident)[0][2]
    row = operations.add_object(viewer, drafted, "decisions", {"question": "Roll back?"}, events=[event.id])
    value = next(one for one in objects_of(viewer, drafted).decisions if one.id == row.pk).value
    assert (value["event"], value["citations"][0]["place"]) == (event.id, event.citations[0].place)
    with pytest.raises(Invalid, match="no event"):
        operations.add_object(viewer, drafted, "factors", {"title": "x"}, events=["f" * 32])


@pytest.mark.parametrize(
    ("kind", "values", "says"),
    [
        ("factors", {"title": " "}, "needs a title"),
        ("factors", {"title": "x", "role": "root cause"}, "cannot be taken"),
        ("factors", {"title": "x", "citations": []}, "has no 'citations'"),
        ("figures", {"name": "Orders"}, "needs a number"),
        ("figures", {"name": "Orders", "mid": "nan"}, "finite"),
        ("figures", {"name": "Orders", "low": 3, "mid": 2, "high": 4}, "middle"),
        ("lessons", {"text": "x", "kind": "question"}, "is one of"),
        ("decisions", {"question": "x\x00"}, "NUL"),
    ],
)
def test_what_cannot_be_taken_is_said_in_one_line(viewer, drafted, kind, values, says):
    with pytest.raises(Invalid, match=says) as refused:
        operations.add_object(viewer, drafted, kind, values)
    assert "\n" not in refused.value.sentence


def test_objects_of_another_postmortem_are_not_there(viewer, drafted):
    row = operations.add_object(viewer, drafted, "factors", {"title": "x"})
    other, _ = operations.import_file(viewer, b"# Other\n")
    with pytest.raises(NotFound):
        operations.edit_object(viewer, other.public_id, "factors", row.pk, {"title": "y"})
    with pytest.raises(NotFound):
        operations.undo_object(viewer, other.public_id, "factors", row.pk)
    with pytest.raises(NotFound):
        operations.edit_object(
            viewer,
            drafted,
            "questions",
            objects_of(viewer, drafted).lessons[0].id if objects_of(viewer, drafted).lessons else 0,
            {"text": "y"},
        )


@pytest.mark.parametrize("removed", [False, True])
def test_undoing_moves_nothing_from_another_postmortem_of_the_same_incident(viewer, drafted, removed):
    incident = selectors.postmortem(viewer, drafted).incident
    other, _ = operations.import_file(viewer, b"# Another\n\n## Summary\n\nWords.\n", incident_id=incident)
    row = operations.add_object(viewer, drafted, "factors", {"title": "No lock timeout"})
    operations.edit_object(viewer, drafted, "factors", row.pk, {"title": "No timeout for locks"})
    if removed:
        operations.remove_object(viewer, drafted, "factors", row.pk)
    before = selectors.postmortem(viewer, drafted).record
    with pytest.raises(NotFound):
        operations.undo_object(viewer, other.public_id, "factors", row.pk)
    assert selectors.postmortem(viewer, drafted).record == before
    assert selectors.postmortem(viewer, other.public_id).record.factors == ()
    operations.undo_object(viewer, drafted, "factors", row.pk)
    assert any(factor.title.startswith("No ") for factor in selectors.postmortem(viewer, drafted).record.factors)


def test_an_action_is_taken_back_only_in_the_postmortem_that_it_belongs_to(viewer, drafted):
    incident = selectors.postmortem(viewer, drafted).incident
    other, _ = operations.import_file(viewer, b"# Another\n\n## Summary\n\nWords.\n", incident_id=incident)
    action = add_action(viewer, drafted, title="Add a lock timeout")
    with pytest.raises(NotFound):
        operations.take_back(viewer, other.public_id, action.public_id)
    assert [one.title for one in selectors.postmortem(viewer, drafted).record.actions] == ["Add a lock timeout"]
    operations.take_back(viewer, drafted, action.public_id)
    assert selectors.postmortem(viewer, drafted).record.actions == ()


def test_over_the_api(api, drafted):
    made = api("POST", f"postmortems/{drafted}/objects/factors", {"values": {"title": "No lock timeout", "role": "enabler"}})
    assert made.status_code == 201, made.content
    piece = made.json()["object"]
    assert piece["value"]["id"] == "F1"
    path = f"postmortems/{drafted}/objects/factors/{piece['id']}"
    assert api("PATCH", path, {"values": {"role": "trigger"}}).json()["object"]["value"]["role"] == "trigger"
    assert api("POST", f"{path}/dismiss").json()["object"]["standing"] == "dismissed"
    assert api("DELETE", path).json() == {"object": None}
    assert api("POST", f"{path}/undo").json()["object"]["standing"] == "dismissed"
    listed = api("GET", f"postmortems/{drafted}/objects").json()
    assert [one["title"] for one in listed["factors"]] == ["No lock timeout"]
    assert api("POST", f"{path}/frobnicate").status_code == 404
