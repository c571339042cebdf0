import datetime as dt
import io
import random
import re
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.log_words import says, word_rules
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.plain_log import READER
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, LeftOut, Note, Sighting

START = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)


def artefact_of(text, name="app.log"):
    data = text if isinstance(text, bytes) else text.encode()
    return Artefact("sha256:0", name, len(data), lambda: io.BytesIO(data), name)


def read(text, **settings):
    return list(READER.session(Settings(today=dt.date(2026, 11, 1), **settings)).read(artefact_of(text)))


def events(text, **settings):
    return [item for item in read(text, **settings) if isinstance(item, Sighting)]


def stamped(lines):
    return "".join(f"{(START + dt.timedelta(seconds=second)).isoformat()} {line}\n" for second, line in lines)


def confidence(text, name="app.log"):
    return READER.recognise(artefact_of(text, name).head())


def test_thousands_of_lines_of_one_shape_are_one_event_that_counts_them():
    (event,) = events(stamped((n, f"INFO scan {n} of parcel p-{n * 31 % 97} took {n % 9} ms") for n in range(3000)))
    assert event.kind is Kind.LOG_PATTERN
    assert event.details.count == 3000
    assert event.details.template == "INFO scan <*> of parcel <*> took <*> ms"
    assert event.citation.place == "line:1"
    assert (event.ended_at - event.occurred_at).total_seconds() == 2999


def incident():
    rng = random.Random(5)
    lines = []
    for second in range(3600):
        failing = 1800 <= second < 2100
        if not failing or second % 10 == 0:
            lines.append((second, f"INFO scan {rng.randint(1, 999)} stored"))
        if failing:
            lines.extend((second, f"ERROR scan {rng.randint(1, 999)} failed: no connection") for _ in range(2))
        if second % 30 == 0 and not failing:
            lines.append((second, f"DEBUG heartbeat {second}"))
        if second == 1780:
            lines.append((second, "INFO deployed version 3.2.0"))
        if second in (200, 3000):
            lines.append((second, "WARN clock skew"))
        if second in (10, 2050, 2120):
            lines.append((second, "INFO worker started"))
    return stamped(lines)


def test_a_busy_log_tells_what_was_new_what_came_in_bursts_what_stopped_and_what_was_rare():
    told = {(event.kind, (event.occurred_at - START) // dt.timedelta(seconds=1), event.lane) for event in events(incident())}
    assert (Kind.LOG_BURST, 1800, Lane.SIGNAL) in told
    assert (Kind.DEPLOYMENT, 1780, Lane.CHANGE) in told
    assert {(Kind.LOG, second, Lane.CHANGE) for second in (10, 2050, 2120)} <= told
    assert {(Kind.LOG, second, Lane.SIGNAL) for second in (200, 3000)} <= told
    (stopped,) = [event for event in events(incident()) if event.summary.startswith("no more lines like this")]
    assert "heartbeat" in stopped.summary
    assert len(told) < 15
    (burst,) = [event for event in events(incident()) if event.kind is Kind.LOG_BURST]
    assert burst.details.count == 600
    assert burst.details.level == "error"
    assert (burst.ended_at - START).total_seconds() == 2099
    assert re.fullmatch(r"line:\d+-\d+", burst.citation.place)


def test_the_lines_of_a_small_log_are_its_events():
    found = events(stamped((n, f"INFO scan {n}") for n in range(200)))
    assert [event.citation.place for event in found] == [f"line:{n}" for n in range(1, 201)]
    assert {event.kind for event in found} == {Kind.LOG}
    assert all(event.recorded_at == event.occurred_at and event.known_at is None for event in found)


def test_a_longer_export_keeps_the_ids_of_the_shorter_one():
    lines = [(n, f"INFO {'scan' if n % 2 else 'label'} {n}") for n in range(400)]
    early, late = events(stamped(lines[:150])), events(stamped(lines))
    assert early[0].id == late[0].id
    assert {event.id for event in late} <= {event.id for event in events(stamped(lines))}
    assert len({event.id for event in early}) == 150


def test_equal_lines_are_told_apart_by_their_number():
    found = events("2026-05-19T07:00:00Z INFO up\n" * 3)
    assert len({event.id for event in found}) == 3


def test_a_stack_trace_belongs_to_the_line_before_it():
    text = (
        "2026-05-19 09:40:06,900 INFO started\n2026-05-19 09:40:07,123 ERROR capture failed\n"
        'Traceback (most recent call last):\n  File "a.py", line 1, in b\n\nTimeoutError: gateway\n'
        "2026-05-19 09:40:09,001 INFO stopped\n"
    )
    _, trace, _ = events(text)
    assert trace.summary == "ERROR capture failed\nTimeoutError: gateway"
    assert trace.citation.place == "line:2-6"
    assert trace.occurred_at.microsecond == 123000
    assert trace.details.level == "error"


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-05-19 09:40:06 INFO retry after ERROR", "info"),
        ("2026-05-19 09:40:06 [warn] slow", "warning"),
        ("2026-05-19 09:40:06 [main] ERROR c.e.Scan - slow", "error"),
        ("2026-05-19 09:40:06 level=error msg=x", "error"),
        ("2026-05-19 09:40:06.1 UTC [7] FATAL:  too many connections", "fatal"),
        ("2026-05-19 09:40:06.1 UTC [7] LOG:  checkpoint", "info"),
        ("2026-05-19 09:40:06 |SEVERE| x", "error"),
        (
            '2026-05-19 09:40:06.1 UTC,"app","shop",47,"[local]",65.1,1,"idle",2026-05-19 09:00:00 UTC,3/1,0,FATAL,57P01,"x",,,',
            "fatal",
        ),
        ("ERROR 2026-05-19 09:40:06 x", "error"),
        ("<11>May 19 09:40:06 depot scanner[1]: x", "error"),
        ("E0519 09:40:06.123456 1 a.go:1] x", "error"),
        ("2026-05-19 09:40:06 no errors today", None),
        ("2026-05-19 09:40:06 information desk", None),
    ],
)
def test_levels_are_told_in_five_words(line, level):
    (event,) = events(f"{line}\n")
    assert event.details.level == level


@pytest.mark.parametrize("rule", word_rules(), ids=lambda rule: rule.name)
def test_every_word_rule_fits_its_good_examples_and_none_of_its_bad_ones(rule):
    assert [example for example in rule.good if says(example) != rule.name] == []
    assert [example for example in rule.bad if re.search(rule.pattern, example, re.IGNORECASE)] == []


def test_programs_logs_are_likely_other_stamped_text_is_a_fallback_and_prose_is_not_ours():
    assert confidence("2026-05-19 09:40:06 INFO up\n") is Confidence.LIKELY
    assert confidence("2026-05-19 09:40:06 kim: looks better\n") is Confidence.FALLBACK
    assert confidence("time,level,message\n2026-05-19 09:40:06,INFO,up\n2026-05-19 09:40:07,INFO,up\n") < Confidence.LIKELY
    assert confidence("# Outage of 2026-05-19\n\nIt began at 2026-05-19 09:40:06.\n") is Confidence.NO
    assert confidence('{"time": "2026-05-19T09:40:06Z"}\n') is Confidence.NO
    assert confidence("") is Confidence.NO


def test_times_counted_from_boot_are_refused_with_what_to_do():
    text = "[    0.000000] Linux version 6.1\n[    1.234567] sd 0:0:0:0: attached\n"
    assert confidence(text) is Confidence.LIKELY
    with pytest.raises(BadEvidence, match="dmesg --time-format iso"):
        read(text)


def test_what_is_assumed_is_said_once_and_what_is_left_out_is_counted():
    found = read("banner\n2026-05-19 09:40:06 INFO up\n2026-13-45 99:00:00 INFO never\n2026-05-19 09:40:07 INFO up\n")
    assert [item.why for item in found if isinstance(item, Note)] == [
        "times carry no zone; read as UTC (--timezone says another)"
    ]
    left = [item for item in found if isinstance(item, LeftOut)]
    assert [(item.where, item.count, item.damaged) for item in left] == [
        ("app.log, line 1", 1, False),
        ("app.log, line 3", 1, True),
    ]
    assert events("2026-05-19 09:40:06 INFO up\n", zone=ZoneInfo("Europe/Berlin"))[0].occurred_at.hour == 7


def test_a_line_longer_than_a_megabyte_is_read_from_its_beginning_and_said():
    found = read(
        "2026-05-19 09:40:06 INFO up\n2026-05-19 09:40:07 INFO " + "x" * 2_000_000 + "\n2026-05-19 09:40:08 INFO down\n"
    )
    assert [event.citation.place for event in found if isinstance(event, Sighting)] == ["line:1", "line:2", "line:3"]
    assert [(item.where, item.damaged) for item in found if isinstance(item, LeftOut)] == [("app.log, line 2", True)]


def test_no_more_than_a_thousand_events_come_of_a_log_without_shape_and_none_is_lost_silently():
    rng = random.Random(3)
    vocabulary = ["".join(rng.choices("abcdefghijklmnop", k=7)) for _ in range(500)]
    lines = [(n, " ".join(rng.choices(vocabulary, k=rng.randint(3, 12)))) for n in range(5000)]
    lines.insert(4000, (3999.5, "ERROR the one that matters"))
    found = read(stamped(lines))
    kept = [item for item in found if isinstance(item, Sighting)]
    assert len(kept) <= 1000
    assert any("the one that matters" in event.summary for event in kept)
    counted = sum(event.details.count for event in kept) + sum(item.count for item in found if isinstance(item, LeftOut))
    assert counted == 5001


@given(st.lists(st.text(max_size=80) | st.just("2026-05-19 09:40:06 INFO up"), max_size=40))
def test_every_stamped_line_is_told_or_counted_whatever_stands_around_it(lines):
    text = "\n".join(["2026-05-19 09:40:06 INFO first", *(line.replace("\n", " ").replace("\r", " ") for line in lines)])
    found = read(text.encode("utf-8", "replace"))
    assert sum(isinstance(item, Sighting) for item in found) >= 1 + lines.count("2026-05-19 09:40:06 INFO up")


def test_a_time_in_the_last_line_of_a_stack_trace_begins_no_entry():
    text = (
        "2026-05-19 07:00:00,123 - pay - ERROR - capture failed\n"
        "Traceback (most recent call last):\n"
        '  File "pay.py", line 1, in capture\n'
        "ValueError: at 06:59:00 it broke\n"
        "2026-05-19 07:00:02,000 - pay - INFO - retrying\n"
    )
    found = events(text)
    assert [event.occurred_at.strftime("%H:%M:%S") for event in found] == ["07:00:00", "07:00:02"]
    assert "it broke" in found[0].summary


def test_a_message_may_stand_indented_below_its_line_and_a_stack_trace_below_that():
    text = (
        "2026-05-19 07:00:00Z fail: Shop.Pay[0]\n      capture failed\n      System.Exception: x\n         at Pay.Run()\n"
        "2026-05-19 07:00:01Z info: Shop[0]\n\tat Pay.Run()\n"
    )
    assert [event.summary for event in events(text)] == ["fail: Shop.Pay[0]\ncapture failed", "info: Shop[0]"]


def test_lines_of_one_second_keep_their_order_within_it():
    found = events("".join(f"2026-05-19 07:00:00 {word}\n" for word in ("stopping", "stopped", "starting", "started")))
    assert [event.summary for event in sorted(found, key=lambda event: event.occurred_at)] == [
        "stopping", "stopped", "starting", "started",
    ]  # fmt: skip
    assert all(event.earliest == START <= event.occurred_at <= event.latest for event in found)


def test_colours_of_a_terminal_stand_in_no_time_and_no_summary():
    text = "\x1b[31m2026-05-19T07:00:00Z ERROR pool is empty\x1b[0m\n\x1b[2m2026-05-19T07:00:01Z\x1b[0m \x1b[32mINFO\x1b[0m ok again\n"
    assert confidence(text) is Confidence.LIKELY
    assert [(event.occurred_at, event.summary) for event in events(text)] == [
        (START, "ERROR pool is empty"), (START + dt.timedelta(seconds=1), "INFO ok again"),
    ]  # fmt: skip


def test_an_array_of_json_objects_is_no_text_log():
    assert (
        confidence('[{"timestamp": "2026-05-19T07:00:00Z", "severity": "ERROR", "textPayload": "pool is empty"}]\n')
        is Confidence.NO
    )
