import msgspec
import pytest
from django.utils import timezone
from tests.web.timeline.conftest import derived, sighting

from juncture.evidence.places import resolves
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.journal.models import Change
from juncture.web.timeline import selectors
from juncture.web.timeline.history import corrections
from juncture.web.timeline.models import Correction, StoredEvent, StoredTimeline
from juncture.web.timeline.operations import Asked, correct, rebuild_timeline
from juncture.web.timeline.rebuilding import rebuild_due


@pytest.fixture
def first(incident, ids):
    return ids(incident)[0]


def event(viewer, incident, event_id):
    return selectors.event_of(viewer, incident, event_id)


def test_a_corrected_time_is_shown_with_its_doubt_and_what_it_was_before_stays(viewer, incident, first):
    was = event(viewer, incident, first).occurred_at
    correct(viewer, incident, Asked(kind="time", event=first, time="around 14:20", why="Zone of the log was read as UTC+1"))
    now = event(viewer, incident, first)
    assert (now.occurred_at.hour, now.occurred_at.minute) == (14, 20)
    assert (now.latest - now.earliest).total_seconds() == 600
    (told,), _ = corrections(viewer, incident)
    assert told.before["occurred_at"] == msgspec.to_builtins(was)
    assert told.why == "Zone of the log was read as UTC+1"
    assert told.by == "author"


def test_every_correction_is_one_change_in_the_journal(viewer, incident, first):
    correct(viewer, incident, Asked(kind="text", event=first, text="checkout answers 503"))
    change = Change.objects.filter(object_kind="event").get()
    assert (change.action, change.object_id, change.after["summary"]) == ("correct text", first, "checkout answers 503")


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "pin"}, {"kind": "unpin"}, {"kind": "hide"}, {"kind": "lane", "lane": "decision"}, {"kind": "text", "text": "other words"},
        {"kind": "time", "time": "13:00"}, {"kind": "annotate", "annotation": "look here"},
    ],
)  # fmt: skip
def test_what_a_correction_leaves_is_what_a_rebuild_gives(viewer, incident, first, asked):
    correct(viewer, incident, Asked(event=first, **asked))
    row = Incident.objects.get_queryset().get(public_id=incident)
    left = derived(row)
    StoredEvent.objects.filter(incident=row).delete()
    StoredTimeline.objects.filter(incident=row).delete()
    rebuild_timeline(row)
    assert derived(row) == left


def test_milestones_are_those_of_the_corrected_events(viewer, incident, ids):
    before = selectors.timeline_of(viewer, incident).phases
    for each in ids(incident):
        correct(viewer, incident, Asked(kind="hide", event=each))
    assert before
    assert selectors.timeline_of(viewer, incident).phases == ()


def test_a_hidden_event_is_on_no_list_until_it_is_shown_again(viewer, incident, first, ids):
    count = len(ids(incident))
    correct(viewer, incident, Asked(kind="hide", event=first))
    assert selectors.count_of(viewer, incident) == count - 1
    assert first not in {each.id for each in selectors.timeline_of(viewer, incident).events}
    correct(viewer, incident, Asked(kind="show", event=first))
    assert selectors.count_of(viewer, incident) == count


def test_a_hidden_event_is_not_there_for_who_only_reads(viewer, incident, first, person):
    correct(viewer, incident, Asked(kind="hide", event=first))
    reader = Viewer(person("viewer").pk, "viewer")
    assert selectors.event_of(reader, incident, first) is None
    assert corrections(reader, incident) == ([], None)


def test_joined_events_are_one_whose_other_id_still_leads_to_it(viewer, incident, ids):
    one, other = ids(incident)[:2]
    correct(viewer, incident, Asked(kind="join", event=one, other=other))
    assert event(viewer, incident, other).id == one
    assert other not in ids(incident)


def test_a_split_event_stands_alone_and_both_ids_lead_to_it(viewer, incident, ids):
    one, other = ids(incident)[:2]
    correct(viewer, incident, Asked(kind="join", event=one, other=other))
    split = correct(viewer, incident, Asked(kind="split", event=one, sightings=(other,)))
    new = split.after["other"]
    assert event(viewer, incident, other).id == new != other
    assert event(viewer, incident, one).aliases == ()
    row = Incident.objects.get_queryset().get(public_id=incident)
    left = derived(row)
    rebuild_timeline(row)
    assert derived(row) == left


def test_what_was_split_can_be_joined_again(viewer, incident, ids):
    one, other = ids(incident)[:2]
    correct(viewer, incident, Asked(kind="join", event=one, other=other))
    new = correct(viewer, incident, Asked(kind="split", event=one, sightings=(other,))).after["other"]
    correct(viewer, incident, Asked(kind="join", event=one, other=new))
    assert {event(viewer, incident, each).id for each in (one, other, new)} == {one}


def test_an_added_event_cites_what_was_written_and_survives_a_rebuild(viewer, incident):
    added = correct(
        viewer, incident, Asked(kind="add", time="around 14:30", lane="people", text="Called the provider; no fault")
    )
    found = event(viewer, incident, added.event_id)
    assert found.key
    assert (found.latest - found.earliest).total_seconds() == 600
    (citation,) = found.citations
    assert resolves(artefact_store().artefact(citation.artefact), citation.place)
    row = Incident.objects.get_queryset().get(public_id=incident)
    rebuild_timeline(row)
    assert event(viewer, incident, added.event_id) == found


def test_an_added_event_goes_when_its_words_are_erased_and_nothing_tells_them(viewer, incident):
    asked = Asked(kind="add", time="14:30", lane="people", text="words to be forgotten")
    added = correct(viewer, incident, asked)
    row = Incident.objects.get_queryset().get(public_id=incident)
    EvidenceItem.objects.filter(incident=row, name__startswith="added-").update(erased_at=timezone.now())
    rebuild_timeline(row)
    assert event(viewer, incident, added.event_id) is None
    assert "forgotten" not in str(corrections(viewer, incident))
    assert "forgotten" not in str(list(Change.objects.values_list("after", flat=True)))


def test_a_secret_in_an_added_event_is_masked(viewer, incident):
    asked = Asked(kind="add", time="14:30", lane="people", text="used AKIAIOSFODNN7EXAMPLE to log in")
    assert "AKIAIOSFODNN7EXAMPLE" not in event(viewer, incident, correct(viewer, incident, asked).event_id).summary


def test_two_corrections_of_one_event_both_stay_and_the_later_is_shown(viewer, incident, first):
    correct(viewer, incident, Asked(kind="text", event=first, text="one"))
    correct(viewer, incident, Asked(kind="text", event=first, text="two"))
    assert event(viewer, incident, first).summary == "two"
    assert [each.after["summary"] for each in corrections(viewer, incident)[0]] == ["one", "two"]


def test_a_large_timeline_is_corrected_at_once_and_rebuilt_by_the_worker(viewer, incident_of, monkeypatch):
    monkeypatch.setattr("juncture.web.timeline.operations._AT_ONCE", 5)
    row = incident_of([sighting(number, source="slack", said=f"word {number}") for number in range(8)])
    one = StoredEvent.objects.filter(incident=row).order_by("moment").first().event_id
    correct(viewer, row.public_id, Asked(kind="time", event=one, time="18:00"))
    assert event(viewer, row.public_id, one).occurred_at.hour == 18
    assert StoredTimeline.objects.get(incident=row).due
    assert rebuild_due()
    assert not rebuild_due()
    assert event(viewer, row.public_id, one).occurred_at.hour == 18


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"kind": "paint"}, "no kind of correction"),
        ({"kind": "time", "time": "soon"}, "around 14:30"),
        ({"kind": "time", "time": "14:30", "zone": "Mars/Olympus"}, "Europe/Berlin"),
        ({"kind": "text", "text": "  "}, "hide it"),
        ({"kind": "text", "text": "x" * 1001}, "1,000 are the most"),
        ({"kind": "text", "text": "a\x00b"}, "cannot be stored"),
        ({"kind": "lane", "lane": "left"}, "signal, change"),
        ({"kind": "split"}, "Choose which sightings"),
        ({"kind": "split", "sightings": ("f" * 32,)}, "not one of this event"),
        ({"kind": "join"}, "Choose the event"),
        ({"kind": "annotate", "annotation": "x" * 2001}, "at most 2,000"),
        ({"kind": "pin", "why": "x" * 501}, "500 are the most"),
        ({"kind": "add", "text": "words", "lane": "people"}, "needs a time"),
        ({"kind": "add", "time": "14:30", "lane": "people"}, "needs words"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_what_to_do(viewer, incident, first, asked, said):
    with pytest.raises(Invalid, match=said):
        correct(viewer, incident, Asked(**({"event": first} | asked)))
    assert not Correction.objects.get_queryset().exists()


def test_an_event_cannot_be_joined_with_itself_or_lose_its_first_sighting(viewer, incident, first):
    with pytest.raises(Invalid, match="itself"):
        correct(viewer, incident, Asked(kind="join", event=first, other=first))
    with pytest.raises(Invalid, match="first sighting keeps"):
        correct(viewer, incident, Asked(kind="split", event=first, sightings=(first,)))


def test_an_event_of_another_incident_is_not_there(viewer, incident, first, incident_of):
    row = incident_of([sighting(1)])
    with pytest.raises(NotFound):
        correct(viewer, row.public_id, Asked(kind="pin", event=first))


def test_corrections_over_the_api_are_listed_as_they_were_made(api, incident, ids):
    one = ids(incident)[0]
    made = api("POST", f"incidents/{incident}/corrections", {"kind": "time", "event": one, "time": "2026-03-10T14:05:00Z"})
    assert made.status_code == 201
    assert made.json()["after"]["occurred_at"] == "2026-03-10T14:05:00Z"
    listed = api("GET", f"incidents/{incident}/corrections").json()
    assert [each["id"] for each in listed["items"]] == [made.json()["id"]]
    events = api("GET", f"incidents/{incident}/timeline").json()["items"]
    assert next(each for each in events if each["id"] == one)["occurred_at"] == "2026-03-10T14:05:00Z"


def test_corrections_give_themselves_to_nobody_without_a_viewer():
    with pytest.raises(NotImplementedError):
        Correction.objects.all()
