"""`juncture demo`: one command, one link, the recorded incident as every page shows it, and nothing left behind."""

import http.cookiejar
import os
import re
import signal
import subprocess
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
from tests.web.served import JUNCTURE, gone

pytestmark = pytest.mark.skipif(os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="the demo has SQLite")


def test_the_demo_leads_from_its_link_to_the_postmortem_and_leaves_nothing(tmp_path):
    log = tmp_path / "log"
    with log.open("wb") as written:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("JUNCTURE_", "DJANGO_"))}
        command = [*JUNCTURE, "demo", "--port", "0"]
        demo = subprocess.Popen(
            command, stdout=written, stderr=written, env=environment | {"TMPDIR": str(tmp_path)}, start_new_session=True
        )
    try:
        link = waited_for(r"The demo is at (http://\S+)", log, demo)
        folder = next(tmp_path.glob("juncture-demo-*"))
        calls = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
        page = calls.open(link).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
        answer = calls.open(link, urllib.parse.urlencode({"csrfmiddlewaretoken": token}).encode())
        text = answer.read().decode()
        assert urllib.parse.urlsplit(answer.url).path == "/postmortems/13/"
        assert 'class="cite' in text
        assert 'role="slider"' in text
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(demo.pid)], capture_output=True, text=True, check=True)
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait(20)
    assert gone([int(pid) for pid in children.stdout.split() if Path(f"/proc/{pid}").exists()])
    assert not folder.exists()
    assert "Traceback" not in log.read_text()


def waited_for(pattern, log, process):
    deadline = time.monotonic() + 120
    while not (found := re.search(pattern, log.read_text())):
        assert process.poll() is None, log.read_text()
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found[1]


def test_an_administrator_of_an_empty_server_may_load_it_once(client, person, work):
    client.force_login(person("administrator"))
    assert "Load the demo" in client.get("/").content.decode()
    answer = client.post("/demo/")
    assert answer.status_code == 302
    assert work() == 1
    listed = client.get("/api/v1/postmortems").json()["items"]
    assert len(listed) == 13
    assert sum("(sample)" in item["title"] for item in listed) == 12
    assert client.post("/demo/").status_code == 409
