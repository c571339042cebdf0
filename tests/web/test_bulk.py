"""Many rows at once: what is written where a row is there already, on either database."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import connection, transaction
from django.db.utils import DataError

from juncture.web.bulk import instant, much_to_write, paced, upsert
from juncture.web.evidence.models import StoredSighting
from juncture.web.incidents.operations import declare
from juncture.web.timeline.models import StoredEvent
from juncture.web.timeline.storing import COLUMNS

AT = datetime(2026, 3, 2, 14, 5, 0, 120_000, tzinfo=UTC)


@pytest.fixture
def row(viewer):
    return declare(viewer, title="Orders wait")


def keep(row, *values, update):
    rows = [(row.pk, identity, body) for identity, body in values]
    with transaction.atomic():
        upsert(StoredSighting, ("incident", "sighting_id", "body"), rows, unique=("incident", "sighting_id"), update=update)
    return [
        (identity, bytes(body)) for identity, body in StoredSighting.objects.order_by("id").values_list("sighting_id", "body")
    ]


def event(row, **values):
    told = dict.fromkeys(COLUMNS, "") | {
        "incident": row.pk, "event_id": "a", "occurred_at": instant(AT), "known_at": None, "key": False, "body": b"\x00\xff", "moment": 1,
        "hidden": False,
    }  # fmt: skip
    return tuple((told | values)[name] for name in COLUMNS)


def test_what_is_there_stays_or_is_written_over(row):
    assert keep(row, ("a", b"1"), ("b", b"2"), update=False) == [("a", b"1"), ("b", b"2")]
    assert keep(row, ("b", b"3"), ("c", b"4"), update=False) == [("a", b"1"), ("b", b"2"), ("c", b"4")]
    assert keep(row, ("b", b"3"), update=True) == [("a", b"1"), ("b", b"3"), ("c", b"4")]


def test_of_equal_rows_the_first_is_kept_or_the_last_where_they_are_written_over(row):
    assert keep(row, ("a", b"1"), ("a", b"2"), update=False) == [("a", b"1")]
    assert keep(row, ("a", b"3"), ("a", b"4"), update=True) == [("a", b"4")]


def test_no_rows_are_no_work(row, django_assert_num_queries):
    with django_assert_num_queries(0):
        upsert(StoredSighting, ("incident", "sighting_id", "body"), [], unique=("incident", "sighting_id"), update=True)


def test_values_of_every_kind_come_back_as_they_went(row):
    summary = "caf\u00e9, \u201cquoted\u201d, a \\ and a %s"
    with transaction.atomic():
        upsert(StoredEvent, COLUMNS, [event(row, summary=summary), event(row, event_id="b", known_at=instant(AT), key=True)],
               unique=("incident", "event_id"), update=True)  # fmt: skip
    one, other = StoredEvent.objects.order_by("event_id")
    assert (one.occurred_at, one.known_at, one.key, bytes(one.body), one.summary) == (AT, None, False, b"\x00\xff", summary)
    assert (other.known_at, other.key) == (AT, True)


@pytest.mark.parametrize("zone", [UTC, timezone(timedelta(hours=2))], ids=["UTC", "another"])
@pytest.mark.parametrize("microseconds", [0, 120_000])
def test_an_instant_is_the_one_that_django_says(row, zone, microseconds):
    at = AT.replace(microsecond=microseconds).astimezone(zone)
    assert instant(at) == connection.ops.adapt_datetimefield_value(at)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite knows no lengths")
def test_what_is_too_long_is_refused_and_not_cut(row):
    with pytest.raises(DataError), transaction.atomic():
        upsert(StoredEvent, COLUMNS, [event(row, lane="a lane of no timeline")], unique=("incident", "event_id"), update=True)


def test_slices_grow_until_one_takes_its_time_and_nothing_is_left_out():
    sizes, seen = [], []
    for slice_ in paced(range(20_000)):
        sizes.append(len(slice_))
        seen += slice_
        time.sleep(len(slice_) / 50_000)
    assert seen == list(range(20_000))
    assert sizes[0] == 200
    assert 1000 < max(sizes) < 3500


@pytest.mark.django_db(transaction=True)
def test_what_the_database_is_told_for_much_to_write_does_not_stay():
    def told():
        asked = (
            ["SHOW synchronous_commit"]
            if connection.vendor == "postgresql"
            else ["PRAGMA cache_size", "PRAGMA wal_autocheckpoint"]
        )
        with connection.cursor() as cursor:
            return [_answer(cursor, each) for each in asked]

    before = told()
    with much_to_write():
        assert told() != before
    assert told() == before


def _answer(cursor, question):
    cursor.execute(question)
    return cursor.fetchone()[0]
