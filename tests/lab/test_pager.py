"""Webhooks are kept as posted."""

import json
import urllib.request
from pathlib import Path

from lab.journal import Journal, Kind
from lab.pager import Delivery, Pager, ends_at
from lab.processes import free_port


def body(status: str, ended: str) -> bytes:
    alert = {"status": status, "labels": {"alertname": "X"}, "startsAt": "2026-01-01T00:00:00Z", "endsAt": ended}
    return json.dumps({"status": status, "groupLabels": {"alertname": "X"}, "alerts": [alert]}, indent=3).encode()


def test_a_delivery_is_kept_byte_for_byte_and_announced(tmp_path: Path) -> None:
    journal, heard = Journal(), list[Delivery]()
    pager = Pager(free_port(), tmp_path, journal, heard.append)
    try:
        sent = body("firing", "0001-01-01T00:00:00Z")
        request = urllib.request.Request(f"http://127.0.0.1:{pager.port}/hooks/orders", data=sent)
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 200
    finally:
        pager.stop()
    (kept,) = tmp_path.iterdir()
    assert kept.read_bytes() == sent
    assert kept.name.endswith("-orders-firing.json")
    assert [one.receiver for one in heard] == ["orders"]
    assert [entry.kind for entry in journal.entries()] == [Kind.PAGE]
    assert pager.firing() == {"X"}


def test_an_alert_that_resolved_no_longer_fires_whoever_was_told(tmp_path: Path) -> None:
    journal = Journal()
    pager = Pager(free_port(), tmp_path, journal, lambda _: None)
    try:
        pager.receive("wrong", body("firing", "0001-01-01T00:00:00Z"))
        pager.receive("right", body("firing", "0001-01-01T00:00:00Z"))
        pager.receive("right", body("resolved", "2026-01-01T00:05:00.123456789Z"))
    finally:
        pager.stop()
    assert pager.firing() == set()
    assert journal.entries(Kind.ALERTS_RESOLVED)[0].at == 1767225900.123456


def test_the_end_of_an_alert_is_read_with_and_without_fractions() -> None:
    assert ends_at({"endsAt": "2026-01-01T00:05:00Z"}) == 1767225900.0
    assert ends_at({"endsAt": "2026-01-01T01:05:00.5+01:00"}) == 1767225900.5
