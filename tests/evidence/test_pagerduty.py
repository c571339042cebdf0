import datetime as dt
import hashlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.pagerduty import READER, STEPS
from juncture.model.evidence import Kind, Lane, LeftOut, Sighting

PERSON = {"id": "P1", "type": "user_reference", "summary": "Kim Sample"}
SERVICE = {"id": "S1", "type": "service_reference", "summary": "checkout"}


def hook(event_type="incident.triggered", at="2026-03-02T14:03:02.220Z", agent=PERSON, event_id="E1", **data):
    incident = {"id": "INC1", "type": "incident", "number": 7, "title": "HighErrorRate checkout", "service": SERVICE}
    event = {"id": event_id, "event_type": event_type, "occurred_at": at, "agent": agent, "data": {**incident, **data}}
    return {"event": event}


def entry(entry_type="trigger_log_entry", at="2026-03-02T14:03:02Z", agent=SERVICE, **fields):
    incident = {"id": "INC1", "type": "incident_reference", "summary": "[#7] HighErrorRate checkout"}
    return {
        "id": "L1",
        "type": entry_type,
        "created_at": at,
        "agent": agent,
        "incident": incident,
        "service": SERVICE,
        **fields,
    }


def read(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    artefact = Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", "f", len(data), lambda: io.BytesIO(data), "f")
    return list(READER.session(Settings(today=dt.date(2026, 3, 2))).read(artefact))


def one(value):
    (found,) = read(value)
    return found


@pytest.mark.parametrize(
    ("webhook", "log_entry"),
    [
        (hook(assignees=[PERSON]), entry()),
        (
            hook("incident.acknowledged", "2026-03-02T14:09:59.9Z"),
            entry("acknowledge_log_entry", "2026-03-02T14:10:00Z", PERSON),
        ),
        (hook("incident.resolved", "2026-03-02T14:41:00.2Z"), entry("resolve_log_entry", "2026-03-02T14:41:01Z", PERSON)),
        (hook("incident.escalated"), entry("escalate_log_entry", "2026-03-02T14:03:02Z", PERSON)),
        (
            hook("incident.annotated", id="N1", content="rolling back", incident={"id": "INC1"}),
            entry("annotate_log_entry", agent=PERSON, channel={"type": "note", "summary": "rolling back"}),
        ),
    ],
)
def test_a_step_told_by_webhook_and_by_log_entry_shares_a_key(webhook, log_entry):
    told, logged = one(webhook), one({"log_entries": [log_entry]})
    assert set(told.keys) & set(logged.keys)
    assert told.kind == logged.kind
    assert told.id != logged.id


def test_the_steps_of_one_incident_are_events_of_their_own():
    steps = [one(hook(name, event_id=name)) for name in STEPS if name.startswith("incident.")]
    assert len({key for step in steps for key in step.keys}) == sum(len(step.keys) for step in steps)


def test_two_people_who_acknowledge_are_two_events_and_one_who_does_it_again_later_too():
    other = {**PERSON, "id": "P2"}
    first, second = one(hook("incident.acknowledged")), one(hook("incident.acknowledged", agent=other))
    later = one(hook("incident.acknowledged", "2026-03-02T14:05:02Z"))
    assert not set(first.keys) & set(second.keys)
    assert not set(first.keys) & set(later.keys)


@pytest.mark.parametrize(
    ("value", "known_by"),
    [
        (hook(agent=SERVICE, assignees=[PERSON]), ("Kim Sample",)),
        (hook(agent=SERVICE, assignees=[PERSON], urgency="low"), ()),
        (hook("incident.acknowledged"), ("Kim Sample",)),
        (hook("incident.resolved", agent=SERVICE), ()),
        (entry(), ()),
        (entry("notify_log_entry", user=PERSON), ("Kim Sample",)),
        (
            entry("assign_log_entry", assignees=[PERSON, {"type": "escalation_policy_reference", "summary": "Shop"}]),
            ("Kim Sample",),
        ),
    ],
)
def test_a_step_is_known_by_whom_it_reaches_and_by_who_takes_it(value, known_by):
    sighting = one(value)
    assert sighting.known_by == known_by
    assert sighting.known_at == (sighting.occurred_at if known_by else None)


def test_what_a_timer_or_an_integration_does_stands_in_the_lane_of_signals():
    assert one(hook("incident.resolved", agent=SERVICE)).lane is Lane.SIGNAL
    assert one(hook("incident.resolved")).lane is Lane.PEOPLE


def test_details_links_and_text_come_from_either_form():
    for sighting in (one(hook()), one(entry())):
        assert sighting.summary == "Paged: HighErrorRate checkout"
        assert (sighting.service, sighting.details.number, sighting.details.incident) == ("checkout", 7, "INC1")
        assert {"pagerduty:INC1", "HighErrorRate"} <= set(sighting.links)


def test_a_delivery_sent_twice_is_one_sighting_and_its_order_means_nothing():
    hooks = [
        hook(name, f"2026-03-02T14:0{n}:00Z", event_id=name)
        for n, name in enumerate(["incident.triggered", "incident.resolved"])
    ]
    assert {item.id for item in read(hooks)} == {item.id for item in read([*reversed(hooks), *hooks])}


def test_an_unknown_kind_of_step_becomes_a_note():
    sighting = one(hook("incident.conference_bridge.updated"))
    assert (sighting.kind, sighting.summary) == (Kind.NOTE, "Conference bridge updated: HighErrorRate checkout")


def test_a_single_entry_and_a_bare_event_are_read_and_cited():
    assert one({"log_entry": entry()}).citation.place == "/log_entry"
    assert one(hook()["event"]).citation.place == ""
    assert [item.citation.place for item in read({"log_entries": [entry(), entry("resolve_log_entry")]})] == [
        "/log_entries/0",
        "/log_entries/1",
    ]


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        (hook(), Confidence.CERTAIN),
        ([hook()], Confidence.CERTAIN),
        ({"log_entries": [entry()]}, Confidence.CERTAIN),
        ({"log_entries": [entry(pad="x" * 1000) for _ in range(200)]}, Confidence.CERTAIN),
        ({"event": {"type": "message", "text": "incident.triggered"}}, Confidence.NO),
        ({"log_entries": []}, Confidence.NO),
    ],
)
def test_it_is_recognised_by_content(value, confidence):
    data = json.dumps(value).encode()
    assert READER.recognise(Artefact("sha256:0", "f", len(data), lambda: io.BytesIO(data), "f").head()) == confidence


ANYTHING = (
    st.none()
    | st.integers()
    | st.text(max_size=9)
    | st.lists(st.integers(), max_size=2)
    | st.dictionaries(st.text(max_size=3), st.text(max_size=9))
)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(STEPS)),
    st.dictionaries(st.sampled_from(["occurred_at", "agent", "id"]), ANYTHING),
    st.dictionaries(
        st.sampled_from(["id", "title", "service", "assignees", "urgency", "incident", "number", "channel", "user"]), ANYTHING
    ),
)
def test_every_event_gives_a_sighting_or_a_reason_whatever_its_fields_hold(event_type, changes, data):
    event = {**hook("incident.x" if event_type.endswith("entry") else event_type, **data)["event"], **changes}
    assert isinstance(one({"event": event}), Sighting | LeftOut)
    assert isinstance(one({**entry("trigger_log_entry"), **data}), Sighting | LeftOut)
