"""Slow lines: who sends a body byte by byte, or not at all, holds up nobody else."""

import asyncio
import socket
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import pytest
from tests.web.served import Server

from juncture.web import bodies
from juncture.web.bodies import SMALL, Bodies

SLOW = 40


def head(server, length):
    """Return the head of a form for signing in, with the cookie for which its body has to be read."""
    with urllib.request.urlopen(f"{server.url}/sign-in/") as answer:
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
    lines = ("POST /sign-in/ HTTP/1.1", "Host: 127.0.0.1", f"Cookie: {cookie}", f"Content-Length: {length}")
    return ("\r\n".join(lines) + "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n").encode()


@pytest.mark.parametrize("length", [1000, SMALL + 1])
def test_many_slow_lines_hold_up_nobody_else(tmp_path, length):
    server = Server(tmp_path / "data").start()
    lines, form = [], head(server, length)
    try:
        for _ in range(SLOW):
            line = socket.create_connection(("127.0.0.1", urlsplit(server.url).port), timeout=20)
            line.sendall(form + b"email=")
            lines.append(line)
        time.sleep(0.5)
        began = time.monotonic()
        with urllib.request.urlopen(f"{server.url}/healthz", timeout=10) as answer:
            assert answer.status == 200
        assert time.monotonic() - began < 5
        lines[0].sendall(b"x" * (length - len(b"email=")))
        assert lines[0].recv(12).startswith(b"HTTP/1.1 403")  # it has no token, but it was heard
    finally:
        for line in lines:
            line.close()
        server.stop()


class Line:
    """A request whose parts come when they are told to."""

    def __init__(self, *parts, every=0.0):
        self.parts, self.every, self.sent = list(parts), every, []

    async def receive(self):
        await asyncio.sleep(self.every if self.parts else 60)
        body = self.parts.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.parts)}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None


def asked(line, length, *, large=1):
    heard = []

    async def app(scope, receive, send):
        parts = b""
        while (message := await receive())["type"] == "http.request":
            parts += message["body"]
            if not message["more_body"]:
                break
        heard.append((message["type"], parts))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    scope = {"type": "http", "headers": [(b"content-length", str(length).encode())]}
    # In a thread of its own: where a browser was tested before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, Bodies(app, large=large)(scope, line.receive, line.send)).result()
    return heard


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(bodies, "STANDS_STILL", 0.05)
    monkeypatch.setattr(bodies, "WHOLE_WITHIN", 0.2)


def test_a_small_body_is_whole_before_anybody_is_asked():
    line = Line(b"a", b"b", b"c")
    assert asked(line, 3) == [("http.request", b"abc")]
    assert line.status == 200


@pytest.mark.parametrize("line", [Line(b"a", b"b", every=0.1), Line(*[b"a"] * 20, every=0.03)], ids=["still", "dripping"])
def test_a_small_body_that_does_not_arrive_is_refused_in_words(impatient, line):
    assert asked(line, 50) == []
    assert line.status == 408
    assert b"Send it again" in line.sent[1]["body"]


def test_a_large_body_that_stands_still_is_as_if_the_line_had_broken(impatient):
    line = Line(b"a" * 100, b"b", every=0.1)
    assert [kind for kind, _ in asked(line, SMALL + 1)] == ["http.disconnect"]


def test_a_large_body_that_goes_on_takes_as_long_as_it_takes(impatient):
    line = Line(*[b"a"] * 15, every=0.02)
    assert asked(line, SMALL + 1) == [("http.request", b"a" * 15)]
