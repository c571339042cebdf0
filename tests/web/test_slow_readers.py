"""Slow readers: who takes an answer byte by byte, or not at all, holds up nobody else, and is let go."""

from __future__ import annotations

import hashlib
import os
import re
import socket
import threading
import time
import urllib.request
from contextlib import closing, contextmanager, suppress
from urllib.parse import urlsplit

import httpx
import pytest
import uvicorn
from tests.web.served import Server, juncture
from tests.web.test_bad_days import SAM, ended, form, highest_memory
from tests.web.test_full_disk import disk  # noqa: F401 - a fixture

from juncture.web import answers, connections
from juncture.web.answers import HELD, Answers, _Answer
from juncture.web.connections import Connection

MB = 1024 * 1024
READERS = 24
"""More than there are threads."""


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    if os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite":
        pytest.skip("in processes of their own")
    server = Server(tmp_path_factory.mktemp("slow") / "data").start()
    server.person(SAM, "facilitator")
    incident = server.call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)[1]["id"]
    data = bytes(range(256)) * (4 * 40 * 1024)
    body, kind = form("core.bin", data)
    run = server.call("POST", f"incidents/{incident}/evidence", body, as_=SAM, content_type=kind)[1]["import_id"]
    ended(server, run)
    text = b"# Long\n\n## Summary\n\n" + b"It went on and on.\n\n" * 200_000
    made = server.call("POST", "postmortems", text, as_=SAM, content_type="text/markdown")[1]["id"]
    sha256 = hashlib.sha256(data).hexdigest()
    server.cookie = signed_in(server)
    yield (
        server,
        {
            "file": (f"/incidents/{incident}/artefacts/{sha256}/?original=1", data),
            "export": (f"/api/v1/postmortems/{made}.md", text),
        },
    )
    server.stop()
    assert "Traceback" not in server.said()


def signed_in(server):
    link = juncture("user", "link", SAM, "--data", server.data)
    with httpx.Client(base_url=server.url, follow_redirects=True) as client:
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', client.get(link).text)[1]
        client.post(link, data={"csrfmiddlewaretoken": token})
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def asked(server, path):
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(60)
    line.connect(("127.0.0.1", urlsplit(server.url).port))
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {server.tokens[SAM]}\r\nCookie: {server.cookie}\r\nConnection: close\r\n\r\n"
    line.sendall(head.encode())
    return line


@pytest.mark.parametrize("what", ["export", "file"])
def test_many_who_do_not_read_hold_up_nobody_and_get_all_of_it_once_they_do(filled, what):
    server, there = filled
    path, wanted = there[what]
    web = server.children()["web"]
    before = highest_memory(web)
    lines = [asked(server, path) for _ in range(READERS)]
    try:
        time.sleep(2)
        for _ in range(5):
            began = time.monotonic()
            with urllib.request.urlopen(f"{server.url}/healthz", timeout=30) as answer:
                assert answer.status == 200
            assert time.monotonic() - began < 5
        assert server.call("GET", "incidents", as_=SAM)[0] == 200
        assert highest_memory(web) - before < 120
        for line in lines[:2]:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, MB)
            with line.makefile("rb") as file:
                head, _, body = file.read().partition(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert f"content-length: {len(wanted)}".encode() in head.lower()
            assert body == wanted
    finally:
        for line in lines:
            line.close()


@contextmanager
def served(app):
    """Serve an ASGI application with our connections; give the address."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listening:
        config = uvicorn.Config(app, http=Connection, interface="asgi3", lifespan="off", log_config=None, ws="none")
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()
        finally:
            server.should_exit = True
            thread.join(20)


def answering(*parts):
    async def app(scope, receive, send):
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    return Answers(app)


def is_ended(line, seconds):
    """Whether the other side has ended a connection of which nothing was read."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            line.send(b"x")
        except OSError:
            return True
        time.sleep(0.1)
    return False


def test_who_reads_nothing_is_let_go(monkeypatch, caplog):
    monkeypatch.setattr(answers, "STANDS_STILL", 0.5)
    with served(answering(b"x" * 30 * MB)) as address, socket.create_connection(address) as line:
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert is_ended(line, 10)
    assert "Exception" not in caplog.text
    assert "without completing" not in caplog.text


def test_who_reads_slowly_gets_all_of_it(monkeypatch):
    monkeypatch.setattr(answers, "STANDS_STILL", 3)
    with served(answering(b"x" * 8 * MB)) as address, socket.socket() as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        line.connect(address)
        line.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        began, size = time.monotonic(), 0
        while got := line.recv(65536):
            size += len(got)
            time.sleep(0 if time.monotonic() - began > 6 else 0.05)
    assert size > 8 * MB


@pytest.mark.parametrize("head", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: a\r\nX-"])
def test_who_does_not_say_what_they_want_is_let_go(monkeypatch, head):
    monkeypatch.setattr(connections, "HEAD_WITHIN", 0.4)
    with served(answering(b"here")) as address, socket.create_connection(address, timeout=10) as line:
        line.sendall(head)
        began = time.monotonic()
        with suppress(ConnectionResetError):
            assert line.recv(100) == b""
        assert time.monotonic() - began < 8


def test_who_is_refused_in_the_middle_of_sending_reads_why(monkeypatch):
    with served(answering(b"too much")) as address, socket.create_connection(address, timeout=30) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n")
        line.sendall(b"x" * 50_000_000)
        with line.makefile("rb") as file:
            head, _, body = file.read().partition(b"\r\n\r\n")
    assert body == b"too much"
    assert b"connection: close" in head


def test_who_goes_on_sending_what_is_refused_is_let_go(monkeypatch):
    monkeypatch.setattr(answers, "LINGERS", 0.3)
    with served(answering(b"too much")) as address, socket.create_connection(address) as line:
        line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert is_ended(line, 10)


def all_of(answer):
    return b"".join(answer.parts) + (answer.file.read() if answer.file else b"")


@pytest.mark.parametrize("size", [0, HELD // 10, HELD * 2])
def test_what_is_made_is_held_in_memory_or_in_a_file(tmp_path, size):
    answer = _Answer()
    parts = [os.urandom(size) for _ in range(9)]
    answer.take(iter(parts), tmp_path / "uploads")
    assert bool(answer.file) == (size * 9 > HELD)
    assert all_of(answer) == b"".join(parts)
    assert answer.size == size * 9
    assert list((tmp_path / "uploads").glob("*")) == []


@pytest.mark.parametrize("when", ["before", "meanwhile"])
def test_where_the_disk_is_full_what_is_made_is_held_in_memory(disk, when):  # noqa: F811 - the fixture
    parts = [os.urandom(HELD) for _ in range(8)]

    def made():
        yield from parts[:4]
        if when == "meanwhile":
            disk.fill()
        yield from parts[4:]

    if when == "before":
        disk.fill()
    answer = _Answer()
    answer.take(made(), disk.folder)
    assert answer.file is None
    assert all_of(answer) == b"".join(parts)
