"""What is searched stands in step with the rows, and a rebuild finds nothing to change."""

from __future__ import annotations

import pytest
from tests.web.world import WORKING, build

from juncture.web.access.selectors import viewer_of
from juncture.web.incidents.models import Incident
from juncture.web.library.indexing import index_events, rebuild_index
from juncture.web.library.models import SearchEntry
from juncture.web.postmortems import operations, selectors
from juncture.web.timeline.models import StoredEvent


def kept():
    rows = SearchEntry.objects.get_queryset().order_by("incident", "kind", "object_id", "audience")
    return list(rows.values_list("kind", "object_id", "audience", "title", "body", "services", "severity", "state", "at"))


@pytest.fixture
def there(db):
    return build()


def test_rebuilding_the_index_finds_what_was_kept_step_by_step(there):
    before = kept()
    assert {row[0] for row in before} >= {"incident", "postmortem", "event"}
    SearchEntry.objects.get_queryset().delete()
    assert rebuild_index() == 2
    assert kept() == before


def test_rebuilding_keeps_the_rows_that_did_not_change(there):
    keys = set(SearchEntry.objects.get_queryset().values_list("pk", flat=True))
    rebuild_index()
    assert set(SearchEntry.objects.get_queryset().values_list("pk", flat=True)) == keys


def test_working_text_is_for_writers_and_the_publication_for_readers(there):
    rows = SearchEntry.objects.get_queryset().filter(kind="postmortem", object_id=there.open["postmortem"])
    by_audience = {row.audience: row.body for row in rows}
    assert set(by_audience) == {"writers", "readers"}
    assert WORKING in by_audience["writers"]
    assert WORKING not in by_audience["readers"]


def test_one_entry_stands_for_everybody_where_both_texts_are_the_same(there):
    operations.set_state(viewer_of(there.people["creator"]), there.open["postmortem"], "published")
    rows = SearchEntry.objects.get_queryset().filter(kind="postmortem", object_id=there.open["postmortem"])
    assert [row.audience for row in rows] == ["everybody"]


def test_only_key_and_cited_events_are_searched(there):
    incident = Incident.objects.get_queryset().get(public_id=there.open["incident"])
    events = StoredEvent.objects.filter(incident=incident)
    plain = events.filter(key=False).first() or events.first()
    StoredEvent.objects.filter(pk=plain.pk).update(key=False)
    events = SearchEntry.objects.get_queryset().filter(incident=incident, kind="event")
    for postmortem in incident.postmortems.get_queryset():
        for section in postmortem.sections.all():
            section.markdown = section.markdown.replace(plain.event_id, "0" * 32)
            section.save()
    index_events(incident.pk)
    assert plain.event_id not in set(events.values_list("object_id", flat=True))
    creator = viewer_of(there.people["creator"])
    section = selectors.postmortem(creator, there.open["postmortem"]).sections[0]
    operations.cite(creator, there.open["postmortem"], section.id, plain.event_id)
    assert plain.event_id in set(events.values_list("object_id", flat=True))


def test_secrets_that_a_person_wrote_are_not_searched(there):
    creator = viewer_of(there.people["creator"])
    section = selectors.postmortem(creator, there.open["postmortem"]).sections[0]
    key = "ghp_" + "a1B2c3D4e5F6g7H8i9J0" + "k1L2m3N4o5P6q7R8"
    operations.apply(creator, there.open["postmortem"], section.id, base=section.markdown, text=f"the token {key} leaked")
    bodies = " ".join(SearchEntry.objects.get_queryset().values_list("body", flat=True))
    assert "leaked" in bodies
    assert key not in bodies
