"""Generated samples: the rows that operations would have written."""

import datetime as dt
import random
import re

import pytest

from juncture.document.record_file import read, write
from juncture.model.identity import ArtefactHash
from juncture.web.access.operations import new_token_of
from juncture.web.actions.models import ActionItem
from juncture.web.actions.operations import replace_actions
from juncture.web.incidents.models import Incident
from juncture.web.journal.models import Change
from juncture.web.library.indexing import rebuild_index
from juncture.web.library.models import SearchEntry
from juncture.web.postmortems.mapping import frozen, published_record, to_record
from juncture.web.postmortems.models import Postmortem, Publication
from juncture.web.postmortems.operations import import_file
from juncture.web.sampling.filling import fill
from juncture.web.sampling.telling import evidence_lines, tell
from juncture.web.timeline.models import StoredEvent

NOW = dt.datetime(2026, 11, 25, tzinfo=dt.UTC)
ARTEFACT = ArtefactHash(f"sha256:{'0' * 64}")


@pytest.fixture
def filled(db):
    fill(postmortems=45, events=900, actions=180, seed=7, now=NOW)
    return Postmortem.objects.get_queryset()


def test_the_same_seed_gives_the_same_samples():
    def told(seed):
        chance = random.Random(seed)
        return [tell(chance, NOW, ARTEFACT, events=30, actions=4) for _ in range(20)]

    assert told(3) == told(3)
    assert told(3) != told(4)


def test_every_line_that_an_event_says_is_at_its_place_of_the_artefact():
    lines = evidence_lines()
    chance = random.Random(1)
    for _ in range(40):
        for event in tell(chance, NOW, ARTEFACT, events=40, actions=0).events:
            assert lines[int(event.citations[0].place.removeprefix("line:")) - 1] == event.summary


def test_as_many_are_made_as_were_asked_for(filled):
    assert (filled.count(), StoredEvent.objects.count(), ActionItem.objects.get_queryset().count()) == (45, 900, 180)
    assert {"published", "draft"} <= set(filled.values_list("state", flat=True))
    assert Incident.objects.get_queryset().filter(near_miss=True).exists()
    assert all("sample" in title for title in filled.values_list("title", flat=True))
    assert len(set(ActionItem.objects.get_queryset().values_list("state", flat=True))) == 5


def test_a_publication_is_what_publishing_would_have_frozen(filled):
    row = filled.filter(state="published").first()
    latest = Publication.objects.get(postmortem=row)
    assert published_record(latest) == to_record(row)
    assert bytes(latest.record) == frozen(to_record(row))


def test_a_sample_is_what_importing_its_file_makes(filled, viewer):
    sample = filled.filter(state="draft", incident__visibility="organisation").first()
    value = to_record(sample)
    row, _ = import_file(viewer, write(value).encode(), incident_id=sample.incident.public_id)
    assert to_record(row).actions == value.actions
    for name in ("sections", "pieces"):
        made = {"sections": row.sections.count(), "pieces": row.factors.count() + row.decisions.count()}[name]
        assert made == {"sections": sample.sections.count(), "pieces": sample.factors.count() + sample.decisions.count()}[name]
    for kind in ("postmortem", "action"):
        shapes = [
            set(change.after)
            for change in Change.objects.filter(object_kind=kind, action__in=("import", "add")).order_by("id")
            if kind == "postmortem" or {"title", "kind", "due"} <= set(change.after)
        ]
        assert shapes[0] == shapes[-1], kind


def test_the_search_index_is_what_rebuilding_gives(filled):
    columns = ("kind", "object_id", "audience", "title", "body", "services", "severity", "state")
    before = sorted(SearchEntry.objects.get_queryset().values_list(*columns))
    rebuild_index()
    assert before
    assert sorted(SearchEntry.objects.get_queryset().values_list(*columns)) == before


def test_pages_calls_and_exports_of_a_sample_work(filled, client, viewer, author):
    client.force_login(author)
    row = filled.filter(state="published", incident__visibility="organisation").first()
    action = row.actions.get_queryset().first()
    for at in (
        "/", "/incidents/", f"/incidents/{row.incident.public_id}/", f"/incidents/{row.incident.public_id}/timeline/",
        f"/postmortems/{row.public_id}/", f"/postmortems/{row.public_id}/published/", "/actions/", "/actions/?view=board",
        f"/actions/{action.public_id}/", "/library/?q=certificate",
    ):  # fmt: skip
        assert client.get(at).status_code == 200, at
    headers = {"Authorization": f"Bearer {new_token_of(author.email, scope='read', days=1)}"}
    for end in ("md", "html", "json"):
        answer = client.get(f"/api/v1/postmortems/{row.public_id}.{end}", headers=headers)
        assert answer.status_code == 200
        text = answer.content.decode()
    assert re.search("sample", text)
    assert read(write(to_record(row))).record.title == row.title


def test_a_sample_s_actions_are_like_those_that_a_person_writes(filled, viewer):
    row = filled.filter(incident__visibility="organisation").first()
    values = to_record(row).actions
    keys = list(row.actions.get_queryset().values_list("pk", flat=True))
    replace_actions(viewer, row, values)
    assert list(row.actions.get_queryset().values_list("pk", flat=True)) == keys


def test_a_second_filling_goes_on_counting(filled):
    fill(postmortems=3, events=30, actions=6, seed=8, now=NOW)
    assert filled.count() == 48
    numbers = list(ActionItem.objects.get_queryset().exclude(number=None).values_list("number", flat=True))
    assert len(numbers) == len(set(numbers))
