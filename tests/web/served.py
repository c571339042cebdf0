"""A server as people run it: `juncture serve` on a data folder, in processes of its own."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

JUNCTURE = (sys.executable, "-c", "from juncture.cli import main; main()")
START_SECONDS = 90


def juncture(*arguments, given="", check=True, database=""):
    """Run a command of the program and return what it printed."""
    done = subprocess.run(
        [*JUNCTURE, *map(str, arguments)], input=given, capture_output=True, text=True, check=False, env=environment(database)
    )
    assert not check or done.returncode == 0, done.stderr
    return done.stdout.strip() if check else done


def environment(database=""):
    """Return what a process of the program is started with: nothing of ours but the database, SQLite where none is named."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUNCTURE_", "DJANGO_"))}
    database = database or os.environ.get("JUNCTURE_SERVED_DATABASE")
    return kept | ({"JUNCTURE_DATABASE_URL": database} if database else {})


class Server:
    """One `juncture serve`; may be killed and started again on the same folder."""

    def __init__(self, data: Path, database: str = "") -> None:
        self.data = data
        self.database = database
        self.log = data.with_name(f"{data.name}.log")
        self.process: subprocess.Popen[bytes] | None = None
        self.url = ""
        self.first_link = ""
        self.tokens: dict[str, str] = {}

    def start(self, *, wait=True, port="0"):
        with self.log.open("wb") as log:
            command = [*JUNCTURE, "serve", "--data", str(self.data), "--port", port]
            self.process = subprocess.Popen(
                command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                env=environment(self.database),
                start_new_session=True,
            )
        return self.ready() if wait else self

    def ready(self):
        deadline = time.monotonic() + START_SECONDS
        while not (found := re.search(r"Juncture serves .* at (http://\S+)/\n", self.said())):
            assert self.process.poll() is None, self.said()
            assert time.monotonic() < deadline, self.said()
            time.sleep(0.05)
        self.url = found[1]
        link = re.search(r"(http://\S+/first/\S+/)", self.said())
        self.first_link = link[1] if link else ""
        return self

    def said(self):
        return self.log.read_text("utf-8", "replace")

    def children(self):
        listed = subprocess.run(
            ["ps", "-o", "pid=,args=", "--ppid", str(self.process.pid)], capture_output=True, text=True, check=False
        )
        found = {}
        for line in listed.stdout.splitlines():
            pid, _, command = line.strip().partition(" ")
            if kind := re.search(r"juncture\.web\.processes (\w+)", command):
                found[kind[1]] = int(pid)
        return found

    def kill(self):
        """End the supervisor by `kill -9`."""
        self.process.kill()
        self.process.wait()

    def kill_everything(self):
        """End all its processes by `kill -9`, at once."""
        children = self.children().values()
        for pid in (self.process.pid, *children):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        assert gone(children)

    def stop(self):
        """Ask it to end; return after how many seconds it did."""
        started = time.monotonic()
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)
        return time.monotonic() - started

    def person(self, email, role, password="a long enough passphrase"):
        juncture(
            "user",
            "add",
            email,
            "--name",
            f"{role.title()} Sample",
            "--role",
            role,
            "--password-stdin",
            "--data",
            self.data,
            given=f"{password}\n",
            database=self.database,
        )
        self.tokens[email] = juncture("token", email, "--scope", "write", "--data", self.data, database=self.database)
        return email

    def call(self, method, path, body=None, *, as_="", content_type="application/json", timeout=60):
        """Call the API; return status and the decoded answer."""
        data = json.dumps(body).encode() if content_type == "application/json" and body is not None else body
        request = urllib.request.Request(f"{self.url}/api/v1/{path}", data, {"Content-Type": content_type}, method=method)
        if as_:
            request.add_header("Authorization", f"Bearer {self.tokens[as_]}")
        try:
            with urllib.request.urlopen(request, timeout=timeout) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"null")


def is_alive(pid):
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def gone(pids, seconds=15.0):
    """Wait until none of these processes runs; return whether that came."""
    deadline = time.monotonic() + seconds
    while any(map(is_alive, pids)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
