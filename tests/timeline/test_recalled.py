from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.timeline.recalled import recalled

DAY = date(2026, 3, 10)


def at(hour, minute, second=0, micro=0):
    return datetime(2026, 3, 10, hour, minute, second, micro, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "best", "earliest", "latest"),
    [
        ("14:32:10", at(14, 32, 10), at(14, 32, 10), at(14, 32, 10)),
        ("14:32:10.118", at(14, 32, 10, 118_000), at(14, 32, 10, 118_000), at(14, 32, 10, 118_000)),
        ("14:30", at(14, 30), at(14, 30), at(14, 31)),
        ("at 14:30", at(14, 30), at(14, 30), at(14, 31)),
        ("around 14:30", at(14, 30), at(14, 25), at(14, 35)),
        ("~14:30", at(14, 30), at(14, 25), at(14, 35)),
        ("14:30 ± 2 min", at(14, 30), at(14, 28), at(14, 32)),
        ("14:30:00 +- 10 s", at(14, 30), at(14, 29, 50), at(14, 30, 10)),
        ("14:20 to 14:40", at(14, 30), at(14, 20), at(14, 40)),
        ("between 14:20 and 14:40", at(14, 30), at(14, 20), at(14, 40)),
        ("14:20-14:40", at(14, 30), at(14, 20), at(14, 40)),
        ("2026-03-10 14:30:05", at(14, 30, 5), at(14, 30, 5), at(14, 30, 5)),
    ],
)
def test_a_time_is_as_exact_as_it_was_said(said, best, earliest, latest):
    told = recalled(said, DAY, UTC)
    assert (told.occurred_at, told.earliest, told.latest) == (best, earliest, latest)


def test_a_time_is_of_the_zone_and_of_the_day_that_it_names():
    assert recalled("2026-07-01 14:30", DAY, ZoneInfo("Europe/Berlin")).occurred_at == datetime(2026, 7, 1, 12, 30, tzinfo=UTC)


def test_a_span_over_midnight_ends_on_the_next_day():
    told = recalled("23:50 to 00:10", DAY, UTC)
    assert told.latest - told.earliest == timedelta(minutes=20)


@pytest.mark.parametrize(
    "said",
    ["", "soon", "25:00", "14:61", "14:30 to", "2026-13-01 10:00", "14:40 or so", "2026-03-10 14:40 to 2026-03-10 14:20"],
)
def test_what_is_no_time_is_refused_with_what_to_write(said):
    with pytest.raises(ValueError, match=r"around 14:30"):
        recalled(said, DAY, UTC)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(said):
    try:
        told = recalled(said, DAY, UTC)
    except ValueError:
        return
    assert told.earliest <= told.occurred_at <= told.latest
