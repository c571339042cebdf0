"""Bad days, on real processes: killed at any moment, told to end, a port that is taken, a database that is locked."""

from __future__ import annotations

import http.client
import io
import json
import os
import random
import signal
import socket
import sqlite3
import threading
import time
import zipfile
from pathlib import Path

import pytest
from tests.web.served import Server, gone, juncture

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite",
    reason="these processes have folders of their own, with SQLite",
)

SAM = "sam@example.org"
MESSAGES = 12_000
WORDS = (
    "checkout",
    "errors",
    "are",
    "falling",
    "rolling",
    "back",
    "release",
    "who",
    "has",
    "the",
    "pager",
    "looking",
    "now",
    "timeouts",
)


@pytest.fixture
def server(tmp_path):
    running = Server(tmp_path / "data").start()
    running.person(SAM, "author")
    yield running
    for pid in running.children().values():
        os.kill(pid, signal.SIGKILL)
    running.kill()


def export(messages=MESSAGES, seed=1):
    """Return a Slack export as bytes: one channel, a day a file."""
    chance = random.Random(seed)
    days: dict[str, list] = {}
    for number in range(messages):
        at = 1772400000 + number * 7
        day = time.strftime("%Y-%m-%d", time.gmtime(at))
        text = " ".join(chance.choices(WORDS, k=8))
        days.setdefault(day, []).append(
            {"type": "message", "user": f"U{number % 5}", "ts": f"{at}.{number % 1000000:06}", "text": text}
        )
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(
            "users.json",
            json.dumps([{"id": f"U{n}", "name": f"person{n}", "profile": {"real_name": f"Person {n}"}} for n in range(5)]),
        )
        file.writestr("channels.json", json.dumps([{"id": "C1", "name": "incident-checkout", "members": ["U0"]}]))
        for day, said in days.items():
            file.writestr(f"incident-checkout/{day}.json", json.dumps(said))
    return data.getvalue()


def form(name, data):
    edge = "edge-of-a-part"
    head = (
        f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\nContent-Type: application/zip\r\n\r\n'
    )
    return head.encode() + data + f"\r\n--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def declared(server):
    status, answer = server.call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)
    assert status == 201
    return answer["id"]


def uploaded(server, incident, data):
    body, kind = form("export.zip", data)
    status, answer = server.call("POST", f"incidents/{incident}/evidence?timezone=UTC", body, as_=SAM, content_type=kind)
    assert status == 202, answer
    return answer["import_id"]


def ended(server, run, seconds=180):
    deadline = time.monotonic() + seconds
    while True:
        _, seen = server.call("GET", f"imports/{run}", as_=SAM)
        if seen["state"] not in {"queued", "running"}:
            return seen
        assert time.monotonic() < deadline, seen
        time.sleep(0.2)


def begun(server, run, found=1, seconds=60):
    deadline = time.monotonic() + seconds
    while True:
        _, seen = server.call("GET", f"imports/{run}", as_=SAM)
        if seen["progress"]["found"] >= found or seen["state"] not in {"queued", "running"}:
            return seen
        assert time.monotonic() < deadline, (seen, server.said())
        time.sleep(0.02)


def events(server, incident):
    """Return what an incident's events are, each with the value that is kept of it."""
    with sqlite3.connect(server.data / "juncture.sqlite3") as database:
        rows = database.execute(
            "SELECT event_id, body FROM timeline_storedevent e JOIN incidents_incident i ON i.id = e.incident_id"
            " WHERE i.public_id = ? ORDER BY event_id",
            (incident,),
        ).fetchall()
        sightings = database.execute(
            "SELECT count(*), count(DISTINCT sighting_id) FROM evidence_storedsighting s JOIN incidents_incident i"
            " ON i.id = s.incident_id WHERE i.public_id = ?",
            (incident,),
        ).fetchone()
    return rows, sightings


def undisturbed(server, data):
    incident = declared(server)
    assert ended(server, uploaded(server, incident, data))["state"] == "done"
    return events(server, incident)


def disturb(server, data, kills, chance):
    """Import while everything, or the worker alone, is killed again and again; return incident and final import."""
    incident = declared(server)
    run = uploaded(server, incident, data)
    for number in range(kills):
        time.sleep(chance.uniform(0, 1.5))
        if number % 2:
            os.kill(server.children()["worker"], signal.SIGKILL)
        else:
            server.kill_everything()
            server.start()
    return incident, ended(server, run)


def test_an_import_whose_server_is_killed_in_the_middle_ends_as_if_nothing_had_been(server):
    data = export()
    expected = undisturbed(server, data)
    incident = declared(server)
    run = uploaded(server, incident, data)
    assert begun(server, run)["state"] == "running"
    server.kill_everything()
    server.start()
    seen = ended(server, run)
    assert (seen["state"], seen["left_out"]) == ("done", [])
    assert events(server, incident) == expected
    assert seen["events"] == len(expected[0]) >= MESSAGES * 0.9
    assert juncture("verify", server.data / "evidence", check=False).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(3))
def test_an_import_that_is_killed_at_random_again_and_again_ends_as_if_nothing_had_been(server, seed):
    data = export(40_000, seed)
    expected = undisturbed(server, data)
    incident, seen = disturb(server, data, 8, random.Random(seed))
    assert seen["state"] == "done"
    assert events(server, incident) == expected


def test_a_worker_that_is_killed_is_replaced_and_its_import_goes_on_before_the_lease_runs_out(server):
    incident = declared(server)
    run = uploaded(server, incident, export())
    begun(server, run)
    killed = server.children()["worker"]
    os.kill(killed, signal.SIGKILL)
    started = time.monotonic()
    seen = ended(server, run)
    assert seen["state"] == "done"
    assert server.children()["worker"] != killed
    assert time.monotonic() - started < 25
    assert "it is started again" in server.said()


def test_told_to_end_in_an_import_it_ends_within_ten_seconds_and_goes_on_when_started_again(server):
    incident = declared(server)
    run = uploaded(server, incident, export())
    begun(server, run)
    children = list(server.children().values())
    assert server.stop() < 10
    assert server.process.returncode == 0
    assert gone(children, 1)
    server.start()
    assert ended(server, run)["state"] == "done"
    assert "Traceback" not in server.said()


def test_no_process_outlives_a_supervisor_that_was_killed(server):
    children = list(server.children().values())
    assert len(children) == 2
    server.kill()
    assert gone(children)


def test_a_database_that_is_locked_for_a_while_delays_and_fails_nothing(server):
    database = sqlite3.connect(server.data / "juncture.sqlite3", isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    answers = []
    calling = threading.Thread(
        target=lambda: answers.append(server.call("POST", "incidents", {"title": "While it was locked"}, as_=SAM))
    )
    calling.start()
    time.sleep(2)
    assert not answers
    database.execute("ROLLBACK")
    database.close()
    calling.join(30)
    assert answers[0][0] == 201


def test_what_is_too_large_is_refused_before_it_is_sent(server):
    incident = declared(server)
    calls = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
    calls.putrequest("POST", f"/api/v1/incidents/{incident}/evidence")
    calls.putheader("Authorization", f"Bearer {server.tokens[SAM]}")
    calls.putheader("Content-Type", "multipart/form-data; boundary=x")
    calls.putheader("Content-Length", str(10 * 1024**3))
    calls.endheaders()
    answer = calls.getresponse()
    assert answer.status == 413
    assert "larger than 2,048 MB" in json.loads(answer.read())["detail"]


@pytest.mark.long
def test_a_large_upload_is_streamed_to_the_disk_and_not_held_in_memory(server):
    incident = declared(server)
    web = server.children()["web"]
    line = b"2026-03-02T14:05:00Z ERROR payment capture failed after a while\n"
    body, kind = form("app.log", line * (300 * 1024**2 // len(line)))
    before = highest_memory(web)
    status, _ = server.call("POST", f"incidents/{incident}/evidence", body, as_=SAM, content_type=kind, timeout=300)
    assert status == 202
    assert highest_memory(web) - before < 60


def highest_memory(pid):
    """Return the most megabytes that a process has had."""
    with Path(f"/proc/{pid}/status").open() as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith("VmHWM"))


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = juncture("serve", "--data", tmp_path / "data", "--port", port, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}: cannot be bound" in done.stderr
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("command", ["serve", "user", "token"])
def test_a_data_folder_that_cannot_be_is_said_in_one_line(tmp_path, command):
    (tmp_path / "file").write_text("no folder")
    arguments = {"serve": ["serve", "--port", "0"], "user": ["user", "add", SAM], "token": ["token", SAM]}[command]
    done = juncture(*arguments, "--data", tmp_path / "file" / "data", check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert "the data folder cannot be used: Not a directory" in done.stderr


def test_a_database_that_is_none_is_said_in_one_line(tmp_path):
    (tmp_path / "juncture.sqlite3").write_bytes(b"this is no database, whatever its name says" * 100)
    done = juncture("serve", "--port", "0", "--data", tmp_path, check=False)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "database" in done.stderr.strip().splitlines()[-1]
