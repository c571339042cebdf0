import datetime as dt
import hashlib
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.alertmanager import READER, fingerprint_of
from juncture.model.evidence import LeftOut, Note, Sighting
from juncture.model.instants import parse_instant

SETTINGS = Settings(today=dt.date(2026, 3, 2))
ZERO = "0001-01-01T00:00:00Z"


def alert(**changes):
    given = {
        "status": "firing",
        "labels": {"alertname": "HighErrorRate", "service": "checkout"},
        "annotations": {"summary": "5 % of requests fail"},
        "startsAt": "2026-03-02T14:02:00Z",
        "endsAt": ZERO,
        "generatorURL": "http://prometheus.example.org/graph",
        "fingerprint": "a1b2",
    }
    return {name: value for name, value in {**given, **changes}.items() if value is not None}


def group(*alerts, **changes):
    return {"version": "4", "groupKey": "{}:{}", "receiver": "ops", "status": "firing", "alerts": list(alerts), **changes}


def read(value, label="hook.json"):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    artefact = Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", label, len(data), lambda: io.BytesIO(data), label)
    return list(READER.session(SETTINGS).read(artefact))


def one(value, label="hook.json"):
    sightings = [item for item in read(value, label) if isinstance(item, Sighting)]
    assert len(sightings) == 1
    return sightings[0]


def head(data, label="x"):
    return Artefact("sha256:0", label, len(data), lambda: io.BytesIO(data), label).head()


def test_firing_repeats_and_resolve_share_a_key_and_only_the_resolve_has_an_end():
    firing = one(group(alert()))
    resolved = one(group(alert(status="resolved", endsAt="2026-03-02T14:30:00Z"), status="resolved"))
    assert firing.keys == resolved.keys == ("alert:a1b2@2026-03-02T14:02:00Z",)
    assert (firing.ended_at, resolved.ended_at) == (None, parse_instant("2026-03-02T14:30:00Z"))
    assert firing.id != resolved.id
    assert firing.summary == resolved.summary == "HighErrorRate fired: 5 % of requests fail"


def test_a_repeated_delivery_is_the_same_sighting_whatever_the_order_of_its_fields_or_the_sender():
    again = dict(reversed(group(dict(reversed(alert().items())), externalURL="http://alertmanager-1").items()))
    assert one(group(alert())).id == one(again).id


def test_an_alert_sent_to_another_receiver_is_another_sighting_of_the_same_event():
    wrong, right = one(group(alert(), receiver="catalogue")), one(group(alert(), receiver="payments"))
    assert wrong.id != right.id
    assert wrong.keys == right.keys
    assert (wrong.known_by, right.known_by) == (("catalogue",), ("payments",))


@pytest.mark.parametrize(
    ("value", "label", "known_at"),
    [
        (group(alert()), "hook.json", "2026-03-02T14:02:00Z"),
        (group(alert()), "20260302T140231.482Z-ops-firing.json", "2026-03-02T14:02:31.482Z"),
        (group(alert()), "evidence.zip!/2026-03-02T15:02:31+01:00.json", "2026-03-02T14:02:31Z"),
        (group(alert()), "1772460151-ops.json", "2026-03-02T14:02:31Z"),
        ({"received_at": "2026-03-02T14:02:33Z", "payload": group(alert())}, "20260302T140231Z.json", "2026-03-02T14:02:33Z"),
        ({"headers": {}, "body": json.dumps(group(alert())), "timestamp": 1772460153}, "x", "2026-03-02T14:02:33Z"),
        (group(alert()), "20200101T000000Z-export.json", "2026-03-02T14:02:00Z"),
        (group(alert(status="resolved", endsAt="2026-03-02T14:30:00Z")), "hook.json", "2026-03-02T14:30:00Z"),
        (group(alert(), receiver="null"), "hook.json", None),
        (group(alert(labels={"alertname": "Watchdog"})), "hook.json", None),
    ],
)
def test_an_alert_is_known_from_its_receipt_else_from_when_it_can_first_have_been_sent(value, label, known_at):
    sighting = one(value, label)
    assert sighting.known_at == (parse_instant(known_at) if known_at else None)
    assert bool(sighting.known_by) == bool(known_at)


def test_the_years_one_and_nonsense_are_no_times():
    found = read(
        group(
            alert(startsAt=ZERO, endsAt="2026-03-02T14:42:30.584Z", status="resolved"),
            alert(startsAt="yesterday", fingerprint="c3"),
        )
    )
    assert [type(item) for item in found] == [Note, Sighting, LeftOut]
    assert found[1].occurred_at == found[1].ended_at == parse_instant("2026-03-02T14:42:30.584Z")
    assert found[2].damaged


def test_fractions_and_offsets_are_kept_to_the_microsecond():
    assert one(group(alert(startsAt="2026-08-28T08:39:13.637186683-06:00"))).occurred_at == parse_instant(
        "2026-08-28T14:39:13.637186Z"
    )


def test_a_missing_fingerprint_is_the_one_that_alertmanager_would_give():
    """Both values were given by Alertmanager 0.25 for these labels."""
    assert fingerprint_of({"alertname": "Z", "service": "checkout"}) == "67ad93a839425a45"
    assert fingerprint_of({"zone": "ü x", "alertname": "HighLatency", "a_b": "1", "service": "checkout"}) == "6ca68b84433a5f4d"
    assert (
        one(group(alert(labels={"alertname": "Z", "service": "checkout"}, fingerprint=None)))
        .keys[0]
        .startswith("alert:67ad93a839425a45@")
    )


@pytest.mark.parametrize(
    ("labels", "service"),
    [({"service": "a", "job": "b"}, "a"), ({"app": "c", "job": "b"}, "c"), ({"job": "b"}, "b"), ({"instance": "x:1"}, None)],
)
def test_the_service_is_taken_from_the_labels(labels, service):
    assert one(group(alert(labels={"alertname": "A", **labels}))).service == service


def test_payloads_of_others_in_the_same_file_are_counted():
    found = read([group(alert()), {"hello": 1}, {"event": {"id": 1}}])
    assert [item.count for item in found if isinstance(item, LeftOut)] == [2]


@pytest.mark.parametrize(
    ("data", "confidence"),
    [
        (json.dumps(group(alert())).encode(), Confidence.CERTAIN),
        (json.dumps([{"body": group(alert())}]).encode(), Confidence.CERTAIN),
        (json.dumps(group(*[alert(annotations={"d": "x" * 500}) for _ in range(300)])).encode(), Confidence.LIKELY),
        (b'{"alerts": 3, "receiver": "x"}', Confidence.NO),
        (b'{"event": {"event_type": "incident.triggered"}}', Confidence.NO),
        (b"receiver alerts startsAt", Confidence.NO),
        (b"", Confidence.NO),
    ],
)
def test_it_is_recognised_by_content(data, confidence):
    assert READER.recognise(head(data)) == confidence


@settings(deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["status", "labels", "annotations", "startsAt", "endsAt", "fingerprint", "generatorURL"]),
        st.none()
        | st.integers()
        | st.text(max_size=20)
        | st.lists(st.integers(), max_size=2)
        | st.dictionaries(st.text(max_size=3), st.text(max_size=9)),
    ),
    st.sampled_from([{}, {"receiver": 3}, {"truncatedAlerts": "x"}, {"commonLabels": [1]}]),
)
def test_every_alert_gives_a_sighting_or_a_reason_whatever_its_fields_hold(changes, outer):
    found = read({**group({**alert(), **changes}), **outer})
    assert sum(isinstance(item, Sighting | LeftOut) for item in found) == 1
