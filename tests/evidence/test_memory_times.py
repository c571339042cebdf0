"""Times as people remember them: what they mean, and what is no time at all."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.memory_times import remembered

DAY = date(2026, 3, 2)
BERLIN = ZoneInfo("Europe/Berlin")
ANCHORS = {"deployment": datetime(2026, 3, 2, 13, 31, 5, tzinfo=UTC)}


def clock(instant):
    local = instant.astimezone(BERLIN)
    return f"{local:%H:%M:%S}" if local.date() == DAY else f"{local:%d %H:%M:%S}"


def told(text):
    found = remembered(text, day=DAY, zone=BERLIN, anchors=ANCHORS)
    return None if found is None else (found.words, clock(found.span.earliest), clock(found.span.latest))


@pytest.mark.parametrize(
    ("text", "words", "earliest", "latest"),
    [
        ("At 14:32 I saw it", "At 14:32", "14:32:00", "14:32:59"),
        ("14:32:07 paged", "14:32:07", "14:32:07", "14:32:07"),
        ("2:32 pm paged", "2:32 pm", "14:32:00", "14:32:59"),
        ("Around 14:30 I saw", "Around 14:30", "14:20:00", "14:40:00"),
        ("~14:32 it rose", "~14:32", "14:30:00", "14:34:00"),
        ("it was about 2pm", "about 2pm", "13:50:00", "14:10:00"),
        ("at about 14:35", "at about 14:35", "14:30:00", "14:40:00"),
        ("Between 14:20 and 14:40 we", "Between 14:20 and 14:40", "14:20:00", "14:40:00"),
        ("from 14:00 till 14:10", "from 14:00 till 14:10", "14:00:00", "14:10:00"),
        ("14:20\u201314:40 looking", "14:20\u201314:40", "14:20:00", "14:40:00"),
        ("2:10-2:20 pm", "2:10-2:20 pm", "14:10:00", "14:20:00"),
        ("at 23:50 to 00:10", "23:50 to 00:10", "23:50:00", "03 00:10:00"),
        ("just after 14:30", "just after 14:30", "14:30:00", "14:40:00"),
        ("after 14:30 it", "after 14:30", "14:30:00", "15:00:00"),
        ("shortly before 15:00", "shortly before 15:00", "14:50:00", "15:00:00"),
        ("by 14:45 all was well", "by 14:45", "14:15:00", "14:45:00"),
        ("at noon", "at noon", "12:00:00", "12:00:59"),
        ("2026-03-03 09:15 the next morning", "2026-03-03 09:15", "03 09:15:00", "03 09:15:59"),
        ("Just after the deploy I called", "Just after the deploy", "14:31:05", "14:41:05"),
        ("before our deployment", "before our deployment", "14:01:05", "14:31:05"),
        ("It took 2:30 minutes, at 14:10", "at 14:10", "14:10:00", "14:10:59"),
    ],
)
def test_a_remembered_time_is_a_stretch(text, words, earliest, latest):
    assert told(text) == (words, earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "500 errors a minute",
        "port 8080:80",
        "it took 2:30 minutes",
        "a ratio of 4:30",
        "25:99",
        "14:60",
        "v1.14:30",
        "10.0.0.1:14",
        "after the page",
        "after the second deploy",
        "13:30 pm",
        "2026-02-30 14:30",
        "",
        "in the afternoon",
    ],
)
def test_what_says_no_time_is_not_guessed(text):
    assert told(text) is None


@given(st.text(max_size=200))
def test_no_text_breaks_it_and_no_stretch_is_inside_out(text):
    found = remembered(text, day=DAY, zone=BERLIN, anchors=ANCHORS)
    if found:
        assert found.span.earliest <= found.span.occurred_at <= found.span.latest
        assert text[found.start : found.end].strip() == found.words
