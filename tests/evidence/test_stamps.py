import datetime as dt
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.reader import Settings
from juncture.evidence.stamps import Stamps, read_stamp

TODAY = dt.date(2026, 11, 1)


def find(line, *, head=None, **settings):
    stamps = Stamps(Settings(today=TODAY, **settings), "app.log", [line] if head is None else head)
    return stamps.find(line), stamps


def instant(line, **settings):
    stamp, _ = find(line, **settings)
    return stamp.span.occurred_at.isoformat().replace("+00:00", "Z")


@pytest.mark.parametrize(
    ("line", "expected", "rest"),
    [
        ("2026-03-02T14:05:07Z up", "2026-03-02T14:05:07Z", " up"),
        ("2026-03-02T14:05:07.123456789+01:00 up", "2026-03-02T13:05:07.123456Z", " up"),
        ("2026-03-02 14:05:07,123 INFO up", "2026-03-02T14:05:07.123000Z", "INFO up"),
        ("2026-03-02 14:05:07.123 UTC [123] LOG:  up", "2026-03-02T14:05:07.123000Z", " [123] LOG:  up"),
        ("2026-07-02 14:05:07.123 CEST [123] LOG:  up", "2026-07-02T12:05:07.123000Z", " [123] LOG:  up"),
        ("2026-03-02 14:05:07.123 -03 [123] LOG:  up", "2026-03-02T17:05:07.123000Z", " [123] LOG:  up"),
        ("2026-03-02 14:05:07 -0500 up", "2026-03-02T19:05:07Z", " up"),
        ("2026-03-02T14:05:07+01:00[Europe/Berlin] up", "2026-03-02T13:05:07Z", " up"),
        ("2026-07-02 14:05:07 Europe/Berlin up", "2026-07-02T12:05:07Z", " up"),
        ("2026/03/02 14:05:07 [error] 12#0: up", "2026-03-02T14:05:07Z", " [error] 12#0: up"),
        ("Mar  2 14:05:07 db-1 kernel: up", "2026-03-02T14:05:07Z", " db-1 kernel: up"),
        ("Mar 02 2026 14:05:07.123: %ASA-6 up", "2026-03-02T14:05:07.123000Z", ": %ASA-6 up"),
        ("<165>1 2026-03-02T14:05:07.000003-07:00 db-1 su - - up", "2026-03-02T21:05:07.000003Z", " db-1 su - - up"),
        ('10.0.0.1 - ana [02/Mar/2026:14:05:07 +0100] "GET /"', "2026-03-02T13:05:07Z", '] "GET /"'),
        ("[Mon Mar 02 14:05:07.123456 2026] [core:error] up", "2026-03-02T14:05:07.123456Z", "] [core:error] up"),
        ("Mon Mar  2 14:05:07 UTC 2026", "2026-03-02T14:05:07Z", ""),
        ("Mon, 02 Mar 2026 14:05:07 GMT", "2026-03-02T14:05:07Z", ""),
        ("123:M 02 Mar 2026 14:05:07.123 * Ready", "2026-03-02T14:05:07.123000Z", " * Ready"),
        ("02-Mar-2026 14:05:07.123 INFO [main] up", "2026-03-02T14:05:07.123000Z", "INFO [main] up"),
        ("Mar 02, 2026 2:05:07 PM com.shop.Pay run", "2026-03-02T14:05:07Z", " com.shop.Pay run"),
        ("Mar 02, 2026 12:05:07 AM com.shop.Pay run", "2026-03-02T00:05:07Z", " com.shop.Pay run"),
        ("I0302 14:05:07.123456    1 main.go:1] up", "2026-03-02T14:05:07.123456Z", "    1 main.go:1] up"),
        ("I20260302 14:05:07.123456    1 main.go:1] up", "2026-03-02T14:05:07.123456Z", "    1 main.go:1] up"),
        ("1772460307 up", "2026-03-02T14:05:07Z", " up"),
        ("[1772460307123] up", "2026-03-02T14:05:07.123000Z", "] up"),
        ("1772460307.123    345 10.0.0.1 TCP_MISS/200", "2026-03-02T14:05:07.123000Z", "    345 10.0.0.1 TCP_MISS/200"),
        ("1772460307123456 up", "2026-03-02T14:05:07.123456Z", " up"),
        ("1772460307123456789 up", "2026-03-02T14:05:07.123456Z", " up"),
        ("081109 203615 148 INFO dfs", "2008-11-09T20:36:15Z", " 148 INFO dfs"),
        ("20260302T140507Z up", "2026-03-02T14:05:07Z", " up"),
        ("03-02 14:05:07.123  1702  2395 D up", "2026-03-02T14:05:07.123000Z", "  1702  2395 D up"),
        ("27-03-2026 14:05:07 up", "2026-03-27T14:05:07Z", " up"),
        ("3/27/2026 2:05:07 PM up", "2026-03-27T14:05:07Z", " up"),
        ('level=info ts=2026-03-02T14:05:07.1Z msg="up"', "2026-03-02T14:05:07.100000Z", ' msg="up"'),
        ("web-1  | 2026-03-02T14:05:07Z up", "2026-03-02T14:05:07Z", " up"),
        ("2026-03-02T14:05:07.123456789Z stdout F up", "2026-03-02T14:05:07.123456Z", " stdout F up"),
        ("2026-03-02 24:00:00 up", "2026-03-03T00:00:00Z", " up"),
        ("2016-12-31T23:59:60Z up", "2017-01-01T00:00:00Z", " up"),
    ],
)
def test_stamps_of_many_programs_are_found_and_the_rest_is_the_message(line, expected, rest):
    stamp, _ = find(line)
    assert stamp.span.occurred_at.isoformat().replace("+00:00", "Z") == expected
    assert line[stamp.end :] == rest


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Traceback (most recent call last):",
        "    at com.shop.Pay.run(Pay.java:41) [app.jar:1.2]",
        "\t2026-03-02 14:05:07 inside a statement",
        "retry after 2026-03-02 14:05:07 was refused by the gateway",
        "TimeoutError: no answer since 14:05:07",
        "version 10.11.12 of 2026",
    ],
)
def test_a_time_inside_a_message_is_no_stamp(line):
    stamp, _ = find(line, head=["2026-03-02 14:05:07,123 ERROR payment failed"])
    assert stamp is None


def test_leads_are_learnt_from_the_file():
    lines = [f"node-{n} shop 4711 2026-03-02 14:05:0{n} served" for n in range(5)]
    stamps = Stamps(Settings(today=TODAY), "app.log", lines)
    assert all(stamps.find(line) for line in lines)
    assert stamps.find("a b c d e f 2026-03-02 14:05:07 said so") is None


def test_a_second_is_one_second_wide_a_minute_sixty_and_a_fraction_none():
    for line, seconds in (("2026-03-02 14:05:07 a", 1), ("2026-03-02 14:05 a", 60), ("2026-03-02 14:05:07.5 a", 0)):
        span = find(line)[0].span
        assert span.occurred_at == span.earliest
        assert round((span.latest - span.earliest).total_seconds()) == seconds


def test_times_without_a_zone_are_meant_in_the_callers_zone_else_utc_and_said_so_once():
    line = "2026-07-02 14:05:07 up"
    assert instant(line, zone=ZoneInfo("Europe/Berlin")) == "2026-07-02T12:05:07Z"
    _, stamps = find(line)
    stamps.find(line)
    assert [note.why for note in stamps.notes] == ["times carry no zone; read as UTC (--timezone says another)"]
    assert find(line, zone=ZoneInfo("Europe/Berlin"))[1].notes == []


def test_a_time_that_happens_twice_spans_both():
    span = find("2026-10-25 02:30:00.0 up", zone=ZoneInfo("Europe/Berlin"))[0].span
    assert (span.latest - span.earliest) == dt.timedelta(hours=1)


def test_the_callers_zone_says_which_of_several_zones_an_abbreviation_is():
    line = "2026-07-02 14:05:07.0 IST up"
    assert instant(line, zone=ZoneInfo("Europe/Dublin")) == "2026-07-02T13:05:07Z"
    assert instant(line) == "2026-07-02T08:35:07Z"
    assert "IST" in find(line)[1].notes[0].why


def years(lines, **settings):
    stamps = Stamps(Settings(today=TODAY, **settings), "syslog", lines)
    return [stamps.find(line).span.occurred_at for line in lines]


def test_january_follows_december_and_december_january():
    first, second = years(["Dec 31 23:59:58 a", "Jan  1 00:00:03 b"])
    assert (second - first).total_seconds() == 5
    first, second = years(["Jan  1 00:00:03 b", "Dec 31 23:59:58 a"])
    assert (second - first).total_seconds() == -5


def test_a_day_after_today_was_last_year():
    assert years(["Nov  4 10:00:00 a"])[0].year == 2025
    assert years(["Nov  2 10:00:00 a"])[0].year == 2026
    assert years(["Oct 31 10:00:00 a"])[0].year == 2026


def test_the_callers_date_says_the_year():
    assert years(["Dec 31 23:59:58 a"], date=dt.date(2024, 1, 2))[0].year == 2023
    assert years(["Feb 29 10:00:00 a"], date=dt.date(2024, 3, 1))[0].year == 2024


def test_29_february_is_of_the_last_leap_year():
    assert years(["Feb 29 10:00:00 a"])[0].year == 2024


@pytest.mark.parametrize("first", ["Feb 28 23:59:58 a", "Dec 31 10:00:00 a"])
def test_29_february_further_down_says_the_year_of_the_first_line(first):
    lines = [first, "Feb 29 00:00:03 b"]
    stamps = Stamps(Settings(today=dt.date(2026, 11, 1)), "x", lines)
    spans = [stamps.find(line).span for line in lines]
    assert spans[0].occurred_at.year == (2024 if first.startswith("Feb") else 2023)
    assert spans[1].occurred_at == dt.datetime(2024, 2, 29, 0, 0, 3, tzinfo=dt.UTC)


def test_the_order_of_lines_tells_the_two_hours_of_an_autumn_night_apart():
    lines = [f"2026-10-25 {clock} x" for clock in ("02:30:00", "02:59:59", "02:00:01", "02:40:00", "03:10:00")]
    stamps = Stamps(Settings(today=dt.date(2026, 11, 1), zone=ZoneInfo("Europe/Berlin")), "x", lines)
    found = [stamps.find(line).span.occurred_at.strftime("%H:%M") for line in lines]
    assert found == ["00:30", "00:59", "01:00", "01:40", "02:10"]


def test_times_without_a_day_cross_midnight():
    first, second, third = years(["23:59:59.5 a", "00:00:01.0 b", "23:59:59.9 late"], date=dt.date(2026, 3, 2))
    assert first.date() == dt.date(2026, 3, 2)
    assert (second - first).total_seconds() == 1.5
    assert third.date() >= second.date()


def test_the_lines_of_a_file_say_whether_the_day_or_the_month_comes_first():
    for lines, month in (
        (["03/02/2026 14:05:07 a", "03/13/2026 14:05:07 b"], 3),
        (["03/02/2026 14:05:07 a", "13/02/2026 14:05:07 b"], 2),
        (["03/02/2026 2:05:07 PM a"], 3),
    ):
        assert years(lines)[0].month == month
    assert years(["03/02/2026 14:05:07 a"], date=dt.date(2026, 3, 2))[0].month == 3
    assert years(["17/06/09 20:10:40 INFO a", "17/06/09 20:10:41 INFO b"])[0].year == 2017


def test_what_no_calendar_has_is_a_stamp_without_an_instant():
    stamp, _ = find("2026-13-45 25:61:61 up", head=["2026-03-02 14:05:07 up"])
    assert stamp is not None
    assert stamp.span is None
    stamp, _ = find("0001-01-01T00:00:00+05:00 up")
    assert stamp.span is None


@given(
    st.datetimes(min_value=dt.datetime(1971, 1, 1), max_value=dt.datetime(2099, 12, 31)),
    st.sampled_from(
        ["%Y-%m-%dT%H:%M:%S.%fZ", "%Y-%m-%d %H:%M:%S.%f UTC", "[%d/%b/%Y:%H:%M:%S +0000]", "%a, %d %b %Y %H:%M:%S GMT"]
    ),
)
def test_what_was_written_is_read(value, form):
    line = f"{value.strftime(form)} served"
    fine = value if "%f" in form else value.replace(microsecond=0)
    assert find(line)[0].span.occurred_at == fine.replace(tzinfo=dt.UTC)


@given(st.text(max_size=200))
def test_no_text_breaks_it(text):
    stamp, _ = find(text)
    assert stamp is None or 0 <= stamp.start <= stamp.end <= len(text)
    read_stamp(text)
