"""A timeline of more messages than are held: what is stored is what a timeline that was held would have stored."""

import random
from datetime import timedelta

import msgspec
import pytest
from tests.web.timeline.conftest import START, derived, sighting

from juncture.casework import bulk
from juncture.model.evidence import Event
from juncture.web.evidence.models import StoredSighting
from juncture.web.incidents import rebuilding as verdicts
from juncture.web.incidents.models import EvidenceSigns
from juncture.web.timeline import rebuilding, selectors
from juncture.web.timeline.models import EventAlias, StoredEvent
from juncture.web.timeline.operations import Asked, correct, rebuild_timeline
from juncture.web.timeline.storing import COLUMNS, row_of


@pytest.fixture
def few_held(monkeypatch):
    monkeypatch.setattr(bulk, "HELD", 40)
    monkeypatch.setattr(bulk, "BLOCK", 16)
    monkeypatch.setattr(bulk, "MOST_WEIGHED", 50)
    monkeypatch.setattr("juncture.timeline.speech.MOST_WEIGHED", 50)
    monkeypatch.setattr(rebuilding, "HELD", 40)


def messages(count=300, seed=5):
    dice = random.Random(seed)
    times = [START + timedelta(microseconds=dice.randrange(10**12)) for _ in range(count)]
    return [
        sighting(number, source="slack", said=f"looking at graph {number}", at=at, actor="Ana Sample", known_at=at)
        for number, at in enumerate(times)
    ]


def unmarked(row):
    """Return what is stored of an incident's events, but for which are key: that is told from fewer of them."""
    rows = StoredEvent.objects.filter(incident=row).order_by("event_id").values_list("body", "hidden", "moment")
    events = [(msgspec.json.decode(bytes(body), type=Event), *columns) for body, *columns in rows]
    return [(msgspec.structs.replace(event, key=False, why_key=None), *columns) for event, *columns in events]


def test_many_are_stored_as_they_would_be_if_all_were_held(incident_of, request):
    row = incident_of(messages())
    whole = unmarked(row)
    StoredEvent.objects.filter(incident=row).delete()
    request.getfixturevalue("few_held")
    rebuilt = rebuild_timeline(row)
    assert unmarked(row) == whole
    assert len(rebuilt.timeline.events) < 100 < len(whole)
    assert rebuilt.cited == {"sha256:" + "0" * 64: len(whole)}


def test_every_column_says_what_the_event_says(few_held, incident_of):
    row = incident_of(messages())
    stored = list(StoredEvent.objects.filter(incident=row).values_list(*COLUMNS))
    assert len(stored) == 300
    for values in stored:
        found = dict(zip(COLUMNS, values, strict=True))
        event = msgspec.json.decode(bytes(found["body"]), type=Event)
        expected = dict(zip(COLUMNS, row_of(row, event, hidden=False), strict=True))
        instants = {"occurred_at": event.occurred_at, "known_at": event.known_at}
        assert found | {"body": bytes(found["body"])} == expected | instants


def test_a_rebuild_writes_only_what_is_new_and_removes_what_is_gone(few_held, incident_of, django_assert_max_num_queries):
    told = messages()
    row = incident_of(told)
    before = derived(row)
    with django_assert_max_num_queries(60) as asked:
        rebuild_timeline(row)
    assert not [query for query in asked.captured_queries if "INTO" in query["sql"] and "storedevent" in query["sql"]]
    assert derived(row) == before
    StoredSighting.objects.filter(incident=row, sighting_id__in=[told[0].id, told[200].id]).delete()
    rebuild_timeline(row)
    left = set(StoredEvent.objects.filter(incident=row).values_list("event_id", flat=True))
    assert left == {one.id for one in told} - {told[0].id, told[200].id}


def test_an_event_far_from_the_incident_is_corrected_like_any_other(few_held, incident_of, viewer):
    told = sorted(messages(), key=lambda one: one.occurred_at)
    row = incident_of(told)
    incident, far, other = row.public_id, told[-1].id, told[-40].id
    correct(viewer, incident, Asked(kind="text", event=far, text="other words"))
    correct(viewer, incident, Asked(kind="pin", event=other))
    correct(viewer, incident, Asked(kind="hide", event=told[-2].id))
    correct(viewer, incident, Asked(kind="join", event=told[-3].id, other=told[-4].id))
    left = derived(row)
    rebuild_timeline(row)
    assert derived(row) == left
    assert selectors.event_of(viewer, incident, far).summary == "other words"
    assert selectors.event_of(viewer, incident, other).why_key == "pinned"
    assert EventAlias.objects.get(incident=row).event_id == told[-3].id
    assert selectors.count_of(viewer, incident) == 298


def test_an_incident_of_many_messages_is_judged_anew_as_it_was_judged(few_held, incident_of):
    told = messages()
    late = START + timedelta(days=12)
    told += [sighting(1000, source="slack", said="checkout answers 500, this is an incident", at=START, actor="Ana Sample")]
    told += [sighting(1001, source="slack", said="rolled back release 412", at=late, actor="Ana Sample")]
    row = incident_of(told)
    before = EvidenceSigns.objects.values().get(incident=row)
    verdicts.rebuild_verdicts()
    assert EvidenceSigns.objects.values().get(incident=row) == before


def test_a_draft_is_written_of_what_was_weighed_with_all_that_is_key(few_held, incident_of, viewer):
    told = messages()
    told += [sighting(n, source="slack", said=f"checkout answers 500, rolling back release {n}", at=START, actor="Ana Sample")
             for n in range(1000, 1005)]  # fmt: skip
    row = incident_of(told)
    found = selectors.timeline_of(viewer, row.public_id)
    assert len(found.events) < 100
    key = StoredEvent.objects.filter(incident=row, key=True).values_list("event_id", flat=True)
    assert {event.id for event in found.events if event.key} == set(key) != set()
    assert "were weighed" in str(found.notes)
