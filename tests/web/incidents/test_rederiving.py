"""What an earlier version left is made anew by the worker, an incident at a time, and once."""

import pytest
from tests.web.conftest import CHAT

from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.incidents import rederiving
from juncture.web.incidents.models import StoredVerdict
from juncture.web.library.models import Derivation, SearchEntry
from juncture.web.timeline.models import StoredEvent
from juncture.web.worker import work_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def older(viewer, work):
    """Three incidents as a version left them that knew neither verdicts nor a search."""
    for number in range(3):
        text = CHAT.replace("checkout", f"checkout{number}")
        receive_into_new(viewer, [pasted(text)], title=f"Pool {number}", visibility="organisation", date=None, zone="UTC")
    work()
    made = told()
    StoredVerdict.objects.get_queryset().delete()
    SearchEntry.objects.get_queryset().delete()
    StoredEvent.objects.update(likeness="stale")
    Derivation.objects.update(version=0)
    return made


def told():
    verdicts = StoredVerdict.objects.order_by("incident", "id").values_list("incident", "label", "outcome", "why")
    found = SearchEntry.objects.get_queryset().values_list("incident", "kind", "object_id", "audience", "title", "body")
    return list(verdicts), sorted(found), list(StoredEvent.objects.order_by("id").values_list("event_id", "body", "likeness"))


def test_a_new_database_has_nothing_to_make_anew(db):
    assert not rederiving.rederive_next()


def test_verdicts_and_search_come_back_as_they_were_and_only_once(older, work):
    assert told() != older
    assert work() == 3
    assert told() == older
    assert not work_once()


def test_it_goes_on_where_it_was_killed(older, work, monkeypatch):
    assert work_once()

    def killed(incident):
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(rederiving, "index_all_of", killed)
        with pytest.raises(SystemExit):
            work_once()
    assert work() == 2
    assert told() == older


def test_one_incident_that_cannot_be_done_does_not_keep_the_others_waiting(older, work, monkeypatch):
    first = older[1][0][0]
    rederive = rederiving.rederive

    def broken(incident):
        if incident.pk == first:
            raise ValueError
        rederive(incident)

    monkeypatch.setattr(rederiving, "rederive", broken)
    assert work() == 3
    assert {row[0] for row in told()[1]} == {row[0] for row in older[1]} - {first}
