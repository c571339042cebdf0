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
from juncture.web.bodies import LEAST, SMALL, Bodies, CutOff

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

    def __init__(self, *parts, every=0.0, first=None):
        self.parts, self.every, self.sent = list(parts), every, []
        self.first, self.asked = every if first is None else first, False

    async def receive(self):
        await asyncio.sleep((self.every if self.asked else self.first) if self.parts else 60)
        self.asked = True
        body = self.parts.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(self.parts)}

    async def send(self, message):
        self.sent.append(message)

    @property
    def status(self):
        return self.sent[0]["status"] if self.sent else None


def asked(*lines, length=None, large=1):
    """Send requests at once; return what was heard of each, None where it was cut off."""
    heard = []

    async def app(scope, receive, send):
        parts = b""
        try:
            while (message := await receive())["more_body"]:
                parts += message["body"]
            heard.append(parts + message["body"])
        except CutOff:
            heard.append(None)
        await send({"type": "http.response.start", "status": 200, "headers": []})

    said = (b"transfer-encoding", b"chunked") if length is None else (b"content-length", str(length).encode())
    scope = {"type": "http", "path": "/", "headers": [said]}
    bodies = Bodies(app, large=large, most=SMALL * 10)

    async def together():
        await asyncio.gather(*(bodies(scope, line.receive, line.send) for line in lines))

    # In a thread of its own: where a browser was tested before, this one has a loop already.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, together()).result()
    return heard


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(bodies, "STANDS_STILL", 0.05)
    monkeypatch.setattr(bodies, "WHOLE_WITHIN", 0.2)
    monkeypatch.setattr(bodies, "WAITS", 0.1)


@pytest.mark.parametrize("length", [3, None])
def test_a_small_body_is_whole_before_anybody_is_asked(length):
    line = Line(b"a", b"b", b"c")
    assert asked(line, length=length) == [b"abc"]
    assert line.status == 200


@pytest.mark.parametrize("line", [Line(b"a", b"b", every=0.1), Line(*[b"a"] * 20, every=0.03)], ids=["still", "dripping"])
@pytest.mark.parametrize("length", [50, SMALL + 1, None])
def test_a_body_that_hardly_begins_to_arrive_is_refused_in_words(impatient, line, length):
    line = Line(*line.parts, every=line.every)
    assert asked(line, length=length) == []
    assert line.status == 408
    assert b"Send it again" in line.sent[1]["body"]


def test_a_body_that_does_not_say_its_length_and_is_not_small_is_refused():
    line = Line(b"a" * SMALL, b"b", b"c")
    assert asked(line) == []
    assert line.status == 411


@pytest.mark.parametrize(
    "line", [Line(b"a" * (SMALL + 1), b"b", every=0.1, first=0), Line(b"a" * (SMALL + 1), *[b"b"] * 20, every=0.02)]
)
def test_a_large_body_that_stands_still_or_drips_is_cut_off_for_its_reader_and_refused_in_words(impatient, line):
    assert asked(line, length=SMALL * 2) == [None]
    assert [message.get("status") for message in line.sent] == [408, None]


def test_a_large_body_that_goes_on_takes_as_long_as_it_takes(impatient):
    line = Line(*[b"a" * (LEAST // 2)] * 15, every=0.02)
    assert asked(line, length=LEAST // 2 * 15) == [b"a" * (LEAST // 2 * 15)]
    assert line.status == 200


def test_a_large_body_that_finds_no_place_for_long_is_told_so(monkeypatch):
    monkeypatch.setattr(bodies, "WAITS", 0.1)
    lines = [Line(b"a" * (SMALL + 1), *[b"b" * LEAST] * 9, every=0.04) for _ in range(2)]
    assert len(asked(*lines, length=SMALL * 2)) == 1
    assert sorted(line.status for line in lines) == [200, 503]
