import datetime as dt
import io
import json
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.json_lines import READER
from juncture.model.evidence import ChangeDetails, Kind, Lane, LeftOut, RecordDetails, Sighting

START = dt.datetime(2026, 5, 19, 7, 0, tzinfo=dt.UTC)


def artefact_of(text, name="log.jsonl"):
    data = text if isinstance(text, bytes) else text.encode()
    return Artefact("sha256:0", name, len(data), lambda: io.BytesIO(data), name)


def lines(*objects):
    return "".join(f"{json.dumps(item)}\n" for item in objects)


def read(text):
    return list(READER.session(Settings(today=dt.date(2026, 11, 1))).read(artefact_of(text)))


def events(text):
    return [item for item in read(text) if isinstance(item, Sighting)]


def confidence(text):
    return READER.recognise(artefact_of(text).head())


def test_objects_with_times_are_plausible_a_single_one_is_a_fallback_and_others_are_not_ours():
    one = {"time": "2026-05-19T07:00:00Z", "msg": "up"}
    assert confidence(lines(one, one)) is Confidence.PLAUSIBLE
    assert confidence(json.dumps([one, one])) is Confidence.PLAUSIBLE
    assert confidence(json.dumps({"events": [one, one]})) is Confidence.PLAUSIBLE
    assert confidence(lines(one)) is Confidence.FALLBACK
    assert confidence(lines({"time": 5, "msg": "up"}, {"time": 6, "msg": "up"})) is Confidence.NO
    assert confidence(json.dumps({"name": "juncture", "version": "1.0", "date": "2026-05-19"})) is Confidence.NO
    assert confidence("[]") is confidence("{") is confidence("") is confidence("time,msg\n") is Confidence.NO


@pytest.mark.parametrize(
    "name",
    ["ts", "time", "timestamp", "@timestamp", "datetime", "date", "t", "eventTime", "asctime", "created_at", "Zeitstempel"],
)
@pytest.mark.parametrize(
    "value",
    [
        "2026-05-19T07:00:05.25Z",
        1779174005.25,
        1779174005250,
        1779174005250000,
        "1779174005250000000",
        {"$date": "2026-05-19T07:00:05.25Z"},
    ],
)
def test_times_are_found_by_name_and_content_in_any_unit(name, value):
    (event,) = events(lines({"msg": "up", name: value}))
    assert event.occurred_at == START + dt.timedelta(seconds=5.25)


def test_seconds_and_nanoseconds_may_stand_apart():
    (event,) = events(lines({"timestamp": {"seconds": 1779176400, "nanos": 5_000_000}, "message": "pool is empty"}))
    assert (event.occurred_at, event.summary) == (dt.datetime(2026, 5, 19, 7, 40, 0, 5000, dt.UTC), "pool is empty")


@pytest.mark.parametrize("name", ["events", "records", "notes", "comments", "incidents", "deployments", "tickets"])
def test_answers_of_programming_interfaces_wrap_their_objects_under_many_names(name):
    one = {"id": "N1", "content": "rolled back 412", "created_at": "2026-05-19T07:00:00Z", "user": {"summary": "Ana"}}
    (event,) = events(json.dumps({name: [one], "limit": 25, "more": False}))
    assert (event.occurred_at, event.citation.place, event.actor) == (START, f"/{name}/0", "Ana")
    assert event.summary.startswith("rolled back 412")


def test_a_deploy_record_is_a_change_with_its_revision_and_who_did_it():
    record = {
        "time": "2026-05-19T07:00:00Z",
        "service": "tracking",
        "version": "3.2.0",
        "commit": "4BE1D09C77",
        "status": "started",
        "by": "kim",
    }
    (event,) = events(lines(record))
    assert (event.kind, event.lane, event.service, event.actor) == (Kind.DEPLOYMENT, Lane.CHANGE, "tracking", "kim")
    assert event.details == ChangeDetails(revision="4BE1D09C77", reference="3.2.0", state="started")
    assert event.links == ("4be1d09c77",)
    assert event.summary == "tracking 3.2.0: started (commit 4BE1D09C77)"


@pytest.mark.parametrize("word", ["rollback", "roll_back", "rolled back", "Rolling back", "revert"])
def test_a_roll_back_is_told_from_a_deployment(word):
    record = {"time": "2026-05-19T07:00:00Z", "action": word, "service": "tracking", "version": "3.1.9", "status": "ok"}
    assert events(lines(record))[0].kind is Kind.ROLLBACK


@pytest.mark.parametrize(
    "action", ["flag.updated", "feature_flag enabled", "config changed", "update setting", "secret rotated"]
)
def test_a_changed_setting_is_a_configuration_change(action):
    (event,) = events(lines({"time": "2026-05-19T07:00:00Z", "action": action, "name": "new-labels", "actor": "kim"}))
    assert (event.kind, event.lane) == (Kind.CONFIGURATION, Lane.CHANGE)


def test_an_ordinary_record_of_a_versioned_service_is_no_deployment():
    record = {"time": "2026-05-19T07:00:00Z", "service": "tracking", "version": "3.2.0", "status": 200, "message": "GET /track"}
    assert events(lines(record))[0].kind is Kind.RECORD


def test_a_log_entry_says_what_tells_it_apart_and_not_what_all_share():
    objects = [
        {
            "ts": START.isoformat(),
            "level": "error",
            "service": "tracking",
            "version": "3",
            "msg": "failed",
            "route": f"/{n}",
            "request_id": f"r{n}",
        }
        for n in range(6)
    ]
    assert [event.summary for event in events(lines(*objects))] == [f"failed route=/{n}" for n in range(6)]
    assert {(event.details.level, event.service, event.kind) for event in events(lines(*objects))} == {
        ("error", "tracking", Kind.LOG)
    }


def test_a_record_without_a_message_reads_as_its_fields_and_keeps_them():
    (event,) = events(lines({"time": "2026-05-19T07:00:00Z", "door": 3, "open": True}))
    assert event.summary == "door=3, open=true"
    assert event.details == RecordDetails({"door": "3", "open": "true"})


def test_broken_lines_are_counted_with_the_first_of_them_and_reading_goes_on():
    good = lines({"time": "2026-05-19T07:00:00Z", "msg": "up"})
    found = read(good + '{"time": \nnot json\n' + good + '{"msg": "no time"}\n' + '{"time": "2026')
    assert [(item.where, item.count, item.damaged) for item in found if isinstance(item, LeftOut)] == [
        ("log.jsonl, line 2", 3, True),
        ("log.jsonl, line 5", 1, False),
    ]
    assert [event.citation.place for event in found if isinstance(event, Sighting)] == ["line:1", "line:4"]


def test_a_busy_log_is_told_by_its_templates():
    rng = random.Random(1)
    objects = ({"ts": 1779174000 + n, "level": "info", "msg": "served", "ms": rng.randint(1, 99)} for n in range(3000))
    (event,) = events(lines(*objects))
    assert (event.kind, event.details.count) == (Kind.LOG_PATTERN, 3000)
    assert event.details.template == "served ms=<*>"


def test_records_that_are_no_log_lines_stay_events_of_their_own():
    objects = ({"datetime": 1779174000 + n, "message": "door opened", "timestamp_desc": "Event"} for n in range(900))
    assert len(events(lines(*objects))) == 900


def test_a_chat_is_known_to_who_wrote_it():
    (first, _) = events(
        lines(*({"ts": START.isoformat(), "user": "kim", "text": f"scanners fail {n}", "channel": "depot"} for n in range(2)))
    )
    assert (first.kind, first.lane, first.known_at, first.known_by) == (Kind.MESSAGE, Lane.PEOPLE, START, ("kim",))


def test_end_and_recording_times_are_read_beside_the_start():
    record = {
        "started_at": "2026-05-19T07:00:00Z",
        "ended_at": "2026-05-19T07:05:00Z",
        "ingested_at": "2026-05-19T07:06:00Z",
        "title": "Backup of depot",
    }
    (event,) = events(lines(record))
    assert (event.ended_at - START).total_seconds() == 300
    assert (event.recorded_at - START).total_seconds() == 360


json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**30), 10**30) | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["time", "ts", "msg", "level", "service", "status", "user"]) | st.text(max_size=5), json_values
        ),
        max_size=8,
    )
)
def test_no_objects_break_it(objects):
    text = lines({"time": "2026-05-19T07:00:00Z", "msg": "up"}, *objects).encode("utf-8", "replace")
    confidence(text)
    found = read(text)
    assert any(isinstance(item, Sighting) and item.summary == "up" for item in found)
    for item in found:
        json.dumps(str(item), ensure_ascii=False).encode("utf-8")
