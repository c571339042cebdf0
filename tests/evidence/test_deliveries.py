import io
import json
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.deliveries import deliveries, near_keys, received_by_name
from juncture.model.evidence import LeftOut
from juncture.model.instants import parse_instant

BODY = {"mine": True}


def mine(body):
    return body.get("mine") is True


def read(value, label="f.json"):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return list(deliveries(Artefact("sha256:0", label, len(data), lambda: io.BytesIO(data), label), mine, "thing of mine"))


@pytest.mark.parametrize(
    ("value", "place", "received_at"),
    [
        (BODY, "", None),
        ([BODY], "/0", None),
        ({"body": BODY, "received_at": "2026-03-02T14:00:00Z"}, "/body", "2026-03-02T14:00:00Z"),
        ({"payload": BODY, "timestamp": 1772460000}, "/payload", "2026-03-02T14:00:00Z"),
        ({"payload": BODY, "ts": 1772460000123}, "/payload", "2026-03-02T14:00:00.123Z"),
        (
            {"deliveries": [{"at": "2026-03-02T15:00:00+01:00", "request": {"body": BODY}}]},
            "/deliveries/0/request/body",
            "2026-03-02T14:00:00Z",
        ),
        (
            {"data": [{"content": json.dumps(BODY), "created_at": "2026-03-02 14:00:00"}]},
            "/data/0/content",
            "2026-03-02T14:00:00Z",
        ),
        ({"body": "payload=" + "%7B%22mine%22%3A+true%7D"}, "/body", None),
        ({"received_at": "0001-01-01T00:00:00Z", "body": BODY}, "/body", None),
    ],
)
def test_a_body_is_found_in_whatever_kept_it(value, place, received_at):
    (found,) = read(value)
    assert (found.place, found.body) == (place, BODY)
    assert found.received_at == (parse_instant(received_at) if received_at else None)


def test_headers_are_read_by_lower_case_name_from_an_object_lists_or_the_envelope_itself():
    for envelope in ({"headers": {"X-Kind": "a"}}, {"headers": {"X-Kind": ["a"]}}, {"x-kind": "a"}):
        assert read({**envelope, "body": BODY})[0].headers["x-kind"] == "a"


def test_a_place_inside_a_text_is_the_text():
    whole = read({"body": BODY})[0]
    text = read({"body": json.dumps(BODY)})[0]
    artefact = Artefact("sha256:0", "f", 0, lambda: io.BytesIO(b""), "f")
    assert whole.cite(artefact, "mine").place == "/body/mine"
    assert text.cite(artefact, "mine").place == "/body"


def test_what_is_not_mine_is_counted_once_a_file_and_what_is_broken_by_its_place():
    found = read(b'{"mine": true}\n{"other": 1}\n{"mine": tr\n{"other": 2}\n{"mine": true}\n')
    assert len([item for item in found if not isinstance(item, LeftOut)]) == 2
    assert [(item.where, item.count, item.damaged) for item in found if isinstance(item, LeftOut)] == [
        ("f.json, line 3", 1, True),
        ("f.json", 2, False),
    ]


@pytest.mark.parametrize(
    ("name", "instant"),
    [
        ("20260302T140231.482Z-ops.json", "2026-03-02T14:02:31.482Z"),
        ("hooks.zip!/2026-03-02_14-02-31Z.json", "2026-03-02T14:02:31Z"),
        ("2026-03-02T15:02:31+01:00.json", "2026-03-02T14:02:31Z"),
        ("webhook-1772460151.json", "2026-03-02T14:02:31Z"),
        ("1772460151482.json", "2026-03-02T14:02:31.482Z"),
        ("2026-03-02 14-02-31.json", None),
        ("20269902T140231Z.json", None),
        ("a1772460151b.json", None),
        ("1772460151/hook.json", None),
    ],
)
def test_a_file_name_tells_the_time_of_receipt_if_it_tells_the_zone(name, instant):
    assert received_by_name(name) == (parse_instant(instant) if instant else None)


@settings(deadline=None)
@given(
    st.datetimes(min_value=parse_instant("1971-01-01T00:00:00Z").replace(tzinfo=None)), st.floats(0, 28), st.floats(62, 10_000)
)
def test_near_steps_share_a_key_and_far_ones_do_not(moment, near, far):
    at = parse_instant(f"{moment.isoformat()}Z")
    keys = set(near_keys("step", at))
    try:
        close, distant = at + timedelta(seconds=near), at + timedelta(seconds=far)
    except OverflowError:
        return
    assert keys & set(near_keys("step", close))
    assert not keys & set(near_keys("step", distant))
    assert not keys & set(near_keys("other", at))
