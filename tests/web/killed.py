"""What a server that is killed is asked to do meanwhile: eight kinds of work over real HTTP, each change with a mark of its own."""

from __future__ import annotations

import http.client
import io
import json
import sqlite3
import threading
import time
import urllib.error
import urllib.request
import zipfile
from contextlib import closing

SAM = "sam@example.org"
MESSAGES = 300
PAUSE = 0.05
CHAT = "".join(
    f"{'Sam' if n % 2 else 'Robin'} Sample\n  2:{n:02} PM\n{words}\n\n"
    for n, words in enumerate(
        ["checkout answers 500 since the deploy", "seeing the same, ack", "we decided to roll back release 412 now",
         "error rate is falling", "back to normal, all clear"], 10)
)  # fmt: skip
AWAY = (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ValueError)
"""What a call raises whose server is killed: nothing came back, or half of it."""


class Database:
    """The database of a server, looked at from outside."""

    def __init__(self, server) -> None:
        self._server = server

    def rows(self, sql, *values):
        if self._server.database:
            import psycopg

            with psycopg.connect(self._server.database) as held:
                return held.execute(sql, values).fetchall()
        with closing(sqlite3.connect(self._server.data / "juncture.sqlite3", timeout=30)) as held:
            return held.execute(sql.replace("%s", "?"), values).fetchall()

    def write(self, sql, *values):
        if self._server.database:
            import psycopg

            with psycopg.connect(self._server.database) as held:
                held.execute(sql, values)
            return
        with closing(sqlite3.connect(self._server.data / "juncture.sqlite3", timeout=30)) as held, held:
            held.execute(sql.replace("%s", "?"), values)

    def at_rest(self, seconds=60):
        """Wait until PostgreSQL has ended what it was asked by those who are gone: a COMMIT that reached it is carried out."""
        asked = "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        deadline = time.monotonic() + seconds
        while self._server.database and (left := self.rows(f"{asked} AND backend_type = 'client backend'")):
            assert time.monotonic() < deadline, left
            time.sleep(0.05)

    def tables(self):
        if self._server.database:
            return [name for (name,) in self.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'")]

    def everything(self):
        """Yield where and what: every value of every row, as bytes."""
        for table in self.tables():
            for row in self.rows(f'SELECT * FROM "{table}"'):
                for value in row:
                    yield table, bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()


class Client:
    """Somebody who works while the server is killed; `acked` and `sent` hold the marks of what was and was not acknowledged."""

    def __init__(self, server) -> None:
        self.server = server
        self.rows = Database(server).rows
        self.acked: dict[str, list[str]] = {}
        self.sent: dict[str, list[str]] = {}
        self.broken: list[str] = []
        self.busy = threading.Semaphore(0)
        self._lock = threading.Lock()
        self._number = 0
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self.prepare()

    def prepare(self):
        """Make what is worked on: a postmortem that is drafted from a chat, and one that is a file."""
        call = self.server.call
        self.incident = call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)[1]["id"]
        run = call("POST", f"incidents/{self.incident}/evidence?date=2026-03-02&timezone=UTC", CHAT.encode(), as_=SAM,
                   content_type="text/plain")[1]["import_id"]  # fmt: skip
        self.ended(run)
        self.document = call("POST", f"incidents/{self.incident}/postmortem", {}, as_=SAM)[1]["id"]
        held = call("GET", f"postmortems/{self.document}", as_=SAM)[1]
        self.section, self.words = held["sections"][0]["id"], held["sections"][0]["markdown"]
        self.events = [one["id"] for one in call("GET", f"incidents/{self.incident}/timeline", as_=SAM)[1]["items"]]
        status, made = call("POST", "postmortems", self.file("zzk0"), as_=SAM, content_type="text/markdown")
        assert status == 201, made
        self.filed = made["id"]
        self.objects = [
            (kind, one["id"])
            for kind, found in call("GET", f"postmortems/{self.document}/objects", as_=SAM)[1].items()
            for one in found
        ]
        if not self.objects:
            made = call("POST", f"postmortems/{self.document}/objects/lessons", {"values": {"text": "We learned"}}, as_=SAM)[1]
            self.objects = [("lessons", made["object"]["id"])]

    def ended(self, run, seconds=120):
        deadline = time.monotonic() + seconds
        while True:
            _, seen = self.server.call("GET", f"imports/{run}", as_=SAM)
            if seen["state"] not in {"queued", "running"}:
                return seen
            assert time.monotonic() < deadline, (seen, self.server.said())
            time.sleep(0.2)

    def mark(self):
        with self._lock:
            self._number += 1
            return f"zzk{self._number}x"

    def call(self, kind, mark, method, path, body=None, **more):
        """Call, and note whether it was acknowledged; return the answer, None where there was none or it was refused."""
        self.sent.setdefault(kind, []).append(mark)
        self.busy.release()
        try:
            status, answer = self.server.call(method, path, body, as_=SAM, **more)
        except AWAY:
            return None
        if status >= 300:
            self.broken.append(f"{method} {path}: {status} {answer}")
            return None
        self.acked.setdefault(kind, []).append(mark)
        return answer if answer is not None else {}

    def read(self, path):
        """Return what is there. Raises ConnectionError where it is not answered."""
        status, answer = self.server.call("GET", path, as_=SAM)
        if status >= 300:
            self.broken.append(f"GET {path}: {status} {answer}")
            raise ConnectionError
        return answer

    def begin(self):
        self._stop.clear()
        kinds = (self.write, self.publish, self.correct, self.upload, self.act, self.accept, self.put, self.erase)
        self._threads = [threading.Thread(target=self._repeat, args=(kind,), daemon=True) for kind in kinds]
        for thread in self._threads:
            thread.start()

    def end(self):
        self._stop.set()
        for thread in self._threads:
            thread.join(70)
            assert not thread.is_alive()

    def _repeat(self, kind):
        while not self._stop.is_set():
            try:
                kind()
            except AWAY:
                self._stop.wait(0.1)
            self._stop.wait(PAUSE)

    def write(self):
        mark = self.mark()
        base = self.read(f"postmortems/{self.document}")["sections"][0]["markdown"]
        body = {"base": base, "text": f"{self.words}\n\nSo it was, {mark}.\n"}
        self.call("section", mark, "PATCH", f"postmortems/{self.document}/sections/{self.section}", body)

    def publish(self):
        mark = self.mark()
        self.call("publish", mark, "POST", f"postmortems/{self.document}/state", {"to": "published", "reason": mark})

    def correct(self):
        mark = self.mark()
        event = self.events[self._number % len(self.events)]
        asked = (
            {"kind": "text", "event": event, "text": f"corrected {mark}", "why": mark},
            {"kind": "add", "time": "14:30", "timezone": "UTC", "lane": "people", "text": f"added {mark}", "why": mark},
            {"kind": "time", "event": event, "time": f"14:{self._number % 60:02}", "timezone": "UTC", "why": mark},
        )[self._number % 3]
        self.call("correct", mark, "POST", f"incidents/{self.incident}/corrections", asked)

    def upload(self):
        made = self.call("declare", mark := self.mark(), "POST", "incidents", {"title": f"Upload {mark}"})
        if made:
            self.send("upload", made["id"], mark, export(mark))

    def send(self, kind, incident, mark, data, name="export.zip"):
        edge = "edge-of-a-part"
        head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{mark}-{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{edge}--\r\n".encode()
        form = f"multipart/form-data; boundary={edge}"
        return self.call(kind, mark, "POST", f"incidents/{incident}/evidence?timezone=UTC", body, content_type=form)

    def act(self):
        mark = self.mark()
        made = self.call("action", mark, "POST", f"postmortems/{self.document}/actions", {"title": f"Add a lock {mark}"})
        if made:
            self.call("close", mark, "PATCH", f"actions/{made['id']}", {"state": "done"})

    def accept(self):
        kind, number = self.objects[self._number % len(self.objects)]
        act = ("accept", "dismiss")[self._number // 2 % 2]
        path = f"postmortems/{self.document}/objects/{kind}/{number}/{act}"
        self.call("accept", f"{kind} {number} {act} {self.mark()}", "POST", path, {})

    @staticmethod
    def file(mark):
        actions = f"<!-- juncture:actions -->\n- [ ] do {mark}\n<!-- /juncture:actions -->\n"
        return f"# A file\n\n## Summary\n\nIt says {mark}.\n\n## Action items\n\n{actions}".encode()

    def put(self):
        mark = self.mark()
        url = f"{self.server.url}/api/v1/postmortems/{self.filed}.md"
        headers = {"Authorization": f"Bearer {self.server.tokens[SAM]}", "If-Match": "*", "Content-Type": "text/markdown"}
        request = urllib.request.Request(url, self.file(mark), headers, method="PUT")
        self.sent.setdefault("put", []).append(mark)
        self.busy.release()
        try:
            urllib.request.urlopen(request, timeout=60).read()
        except urllib.error.HTTPError as error:
            self.broken.append(f"PUT {url}: {error.code} {error.read()[:300]}")
            return
        self.acked.setdefault("put", []).append(mark)

    def erase(self):
        """Give evidence, let it be quoted in a draft that is published, and have it erased."""
        mark = self.mark()
        made = self.call("declare", mark, "POST", "incidents", {"title": f"Erase {mark}"})
        secret = f"zzsecret {mark} customer wrote from a place that nobody is to know"
        text = CHAT.replace("checkout answers 500 since the deploy", secret)
        run = made and self.send("give", made["id"], mark, text.encode(), "chat.txt")
        if not run or self._waits(run["import_id"]):
            return
        document = self.call("draft", mark, "POST", f"incidents/{made['id']}/postmortem", {})
        if document and self.call("freeze", mark, "POST", f"postmortems/{document['id']}/state", {"to": "published"}):
            held = self.read(f"incidents/{made['id']}/evidence")["items"]
            sha256 = held[0]["sha256"].removeprefix("sha256:")
            self.call("erase", mark, "DELETE", f"incidents/{made['id']}/evidence/{sha256}?reason=asked+for")

    def _waits(self, run):
        while self.read(f"imports/{run}")["state"] in {"queued", "running"}:
            if self._stop.wait(0.1):
                return True
        return False


def export(mark, messages=MESSAGES):
    """Return a Slack export as bytes: one channel of a day, each message with the mark."""
    said = [
        {
            "type": "message",
            "user": f"U{n % 3}",
            "ts": f"{1772400000 + n * 7}.{n:06}",
            "text": f"{mark} checkout step {n} fails",
        }
        for n in range(messages)
    ]
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("users.json", json.dumps([{"id": f"U{n}", "name": f"person{n}"} for n in range(3)]))
        file.writestr("channels.json", json.dumps([{"id": "C1", "name": "incident", "members": ["U0"]}]))
        file.writestr("incident/2026-03-01.json", json.dumps(said))
    return data.getvalue()
