"""When it started, as people say it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.web.access.errors import Invalid
from juncture.web.incidents.moments import moment_of

NOW = dt.datetime(2026, 3, 2, 23, 30, tzinfo=dt.UTC)


def said(text, *, day=None, zone="UTC"):
    found = moment_of(text, day=day, zone=zone, now=NOW)
    return found and found.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("14:30", "2026-03-02 14:30:00"),
        (" around 14:30 ", "2026-03-02 14:30:00"),
        ("around 14:30 today", "2026-03-02 14:30:00"),
        ("~ 2:05 pm", "2026-03-02 14:05:00"),
        ("about 12 am", "2026-03-02 00:00:00"),
        ("14.30", "2026-03-02 14:30:00"),
        ("yesterday, 22:10", "2026-03-01 22:10:00"),
        ("20 min ago", "2026-03-02 23:10:00"),
        ("3 hours ago", "2026-03-02 20:30:00"),
        ("now", "2026-03-02 23:30:00"),
        ("2026-02-28T14:05Z", "2026-02-28 14:05:00"),
        ("2026-02-28 14:05+02:00", "2026-02-28 12:05:00"),
        ("2026-02-28T14:05:07", "2026-02-28 14:05:07"),
    ],
)
def test_a_time_is_understood_as_people_write_it(text, meant):
    assert said(text) == meant


def test_a_time_without_a_zone_is_that_of_the_person_and_its_day_the_one_given_or_today():
    assert said("01:15", zone="Europe/Berlin") == "2026-03-03 00:15:00"
    assert said("14:30", day=dt.date(2026, 2, 1), zone="Europe/Berlin") == "2026-02-01 13:30:00"
    assert said("") is None


@pytest.mark.parametrize("text", ["soon", "25:00", "13 pm", "14:75", "9999-12-31T23:59-10:00", "14", "0001-01-01T00:00+10:00"])
def test_what_is_no_time_is_refused_with_how_to_write_one(text):
    with pytest.raises(Invalid, match="Write it such as 14:30"):
        said(text)


@given(st.text(max_size=40))
def test_any_text_is_a_time_or_refused(text):
    try:
        found = moment_of(text, day=None, zone="Europe/Berlin", now=NOW)
    except Invalid:
        return
    assert found is None or found.tzinfo is not None
