"""Uploads as no browser sends them: without a length, with two, with one that lies, cut off, too slow. Nothing half is kept."""

from __future__ import annotations

import os
import re
import socket
import threading
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from tests.web.served import Server, juncture
from tests.web.test_bad_days import highest_memory

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own"
)
SAM = "sam@example.org"
LINE = b"2026-03-02T14:05:00Z ERROR payment failed\n"
OLD = b"# Checkout failed\n\n## Summary\n\nIt failed.\n"
END = b"\r\n--edge--\r\n"
MB = 1024 * 1024


def part(name, data, edge=b"--edge\r\n"):
    return edge + f'Content-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'.encode() + data


def form(lines=3):
    return part("a.log", LINE * lines) + END


def chunked(data, size=8192):
    parts = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in parts) + b"0\r\n\r\n"


class Door:
    """A way by which files come in, with what lets somebody through it."""

    def __init__(self, server, path, *heads):
        self.server, self.path, self.heads = server, path, heads

    def head(self, *more, kind="multipart/form-data; boundary=edge"):
        lines = (f"POST {self.path} HTTP/1.1", "Host: 127.0.0.1", f"Content-Type: {kind}", *self.heads, *more)
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def connected(self, seconds=50):
        return closing(socket.create_connection(("127.0.0.1", urlsplit(self.server.url).port), timeout=seconds))

    def send(self, *parts):
        """Send something and return status and body of the answer, as a sender sees it who sends all first."""
        with self.connected() as line:
            for one in parts:
                line.sendall(one)
            return answer(line)


def answer(line):
    """Return status and body of an answer; 0 where there is none."""
    with line.makefile("rb") as file:
        status = int((file.readline().split() or [0, 0])[1])
        heads = {}
        while (one := file.readline().strip().lower()) != b"":
            name, _, value = one.partition(b": ")
            heads[name] = value
        body = file.read(int(heads[b"content-length"])) if b"content-length" in heads else b""
    return status, body.decode()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("raw") / "data").start()
    server.person(SAM, "author")
    yield server
    assert server.call("GET", "incidents", as_=SAM)[0] == 200
    server.stop()
    assert "Traceback" not in server.said()
    assert "ERROR" not in server.said()


@pytest.fixture
def incident(server):
    return server.call("POST", "incidents", {"title": "Checkout fails"}, as_=SAM)[1]["id"]


@pytest.fixture
def api(server, incident):
    return Door(server, f"/api/v1/incidents/{incident}/evidence", f"Authorization: Bearer {server.tokens[SAM]}")


@pytest.fixture(scope="module")
def browser(server):
    link = juncture("user", "link", SAM, "--data", server.data)
    with httpx.Client(base_url=server.url, follow_redirects=True) as client:
        token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', client.get(link).text)[1]
        client.post(link, data={"csrfmiddlewaretoken": token})
        client.get("/")
        return "; ".join(f"{name}={value}" for name, value in client.cookies.items()), client.cookies["csrftoken"]


@pytest.fixture(params=["api", "page", "import"])
def door(request, server, incident, api, browser):
    heads = f"Cookie: {browser[0]}", f"X-CSRFToken: {browser[1]}"
    pages = {"page": f"/incidents/{incident}/evidence/", "import": "/library/import/"}
    return api if request.param == "api" else Door(server, pages[request.param], *heads)


def held(server, incident):
    return [(one["name"], one["size"]) for one in server.call("GET", f"incidents/{incident}/evidence", as_=SAM)[1]["items"]]


def left_over(server):
    """Return what lies where uploads are kept on their way, under a name or open without one."""
    web = server.children()["web"]
    opened = [str(path.readlink()) for path in Path(f"/proc/{web}/fd").iterdir() if path.is_symlink()]
    named = [str(path) for name in ("uploads", "evidence/incoming") for path in (server.data / name).glob("*")]
    return named + [path for path in opened if "/uploads/" in path or "/incoming/" in path]


def settled(server, seconds=10):
    deadline = time.monotonic() + seconds
    while left_over(server) and time.monotonic() < deadline:
        time.sleep(0.1)
    return left_over(server) == []


@pytest.mark.parametrize(
    "heads",
    [
        ["Content-Length: 200", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 200"],
        ["Content-Length: 200", "Content-Length: 200"],
        ["Content-Length: 200", "Content-Length: 20"],
        ["Content-Length: -5"],
        ["Content-Length: +5"],
        ["Content-Length: five"],
        ["Content-Length: 99999999999999999999999"],
        ["Transfer-Encoding: identity"],
        ["Transfer-Encoding: gzip, chunked"],
        ["Transfer-Encoding: chunked, chunked"],
    ],
    ids="; ".join,
)
def test_whose_length_is_not_to_be_known_is_refused(server, incident, door, heads):
    status, said = door.send(door.head(*heads), chunked(form()))
    assert (status, bool(said)) == (400, True)
    assert held(server, incident) == []


def test_a_small_one_in_chunks_is_taken_and_a_large_one_is_asked_for_its_length(server, incident, api, door):
    status, said = door.send(door.head("Transfer-Encoding: chunked"), chunked(form(5000)))
    assert (status, "Send it with Content-Length" in said) == (411, True)
    assert held(server, incident) == []
    assert api.send(api.head("Transfer-Encoding: chunked"), chunked(form()))[0] == 202
    assert held(server, incident) == [("a.log", 3 * len(LINE))]


def test_one_without_end_and_length_is_refused_and_costs_nothing(server, incident, door):
    before = highest_memory(server.children()["web"])
    line = b"%x\r\n%s\r\n" % (MB, b"x" * MB)
    status, _ = door.send(door.head("Transfer-Encoding: chunked"), *[line] * 100, b"0\r\n\r\n")
    assert status == 411
    assert highest_memory(server.children()["web"]) - before < 20
    assert settled(server)


def test_what_says_that_it_is_too_large_is_refused_unread_also_where_some_of_it_is_sent(server, incident, door):
    status, said = door.send(door.head(f"Content-Length: {3 * 1024**3}"), form(50_000))
    assert status == 413
    assert "larger than 2,048 MB" in said
    assert settled(server)


@pytest.mark.parametrize("short", [1, 60])
def test_a_length_that_is_too_short_takes_no_file(server, incident, door, short):
    data = part("a.log", LINE * 5000) + part("b.log", LINE * 5001, b"\r\n--edge\r\n")
    status, _ = door.send(door.head(f"Content-Length: {len(data) - short}"), data + END)
    assert status == 400
    assert held(server, incident) == []
    assert settled(server)


@pytest.mark.parametrize("lines", [3, 5000])
@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=edge", "text/plain"])
def test_what_is_cut_off_is_not_taken_though_it_looks_whole(server, incident, api, kind, lines):
    data = part("a.log", LINE * lines) + part("b.log", LINE * (lines + 1), b"\r\n--edge\r\n") + END
    with api.connected() as line:
        line.sendall(api.head(f"Content-Length: {len(data) + 100}", kind=kind) + data)
        line.shutdown(socket.SHUT_WR)
        assert answer(line)[0] == 0
    time.sleep(0.3)
    assert held(server, incident) == []
    assert settled(server)


def test_a_document_that_is_cut_off_replaces_nothing(server):
    token = f"Authorization: Bearer {server.tokens[SAM]}"
    made = server.call("POST", "postmortems", OLD, as_=SAM, content_type="text/markdown")[1]["id"]
    door = Door(server, f"/api/v1/postmortems/{made}.md", token, "If-Match: *")
    text = OLD + b"It was so.\n\n" * 20_000
    with door.connected() as line:
        head = door.head(f"Content-Length: {len(text) * 2}", kind="text/markdown").replace(b"POST", b"PUT", 1)
        line.sendall(head + text)
        line.shutdown(socket.SHUT_WR)
        assert answer(line)[0] == 0
    time.sleep(0.3)
    with httpx.Client(base_url=server.url, headers={"Authorization": f"Bearer {server.tokens[SAM]}"}) as client:
        assert client.get(f"/api/v1/postmortems/{made}.md").content == OLD


def test_two_hundred_megabytes_that_break_off_in_the_middle_leave_nothing(server, incident, door):
    web = server.children()["web"]
    before = highest_memory(web)
    with door.connected() as line:
        line.sendall(door.head(f"Content-Length: {200 * MB}") + part("a.log", b""))
        for _ in range(100):
            line.sendall((LINE * (MB // len(LINE) + 1))[:MB])
        time.sleep(0.5)
    assert settled(server)
    assert held(server, incident) == []
    assert highest_memory(web) - before < 40


@pytest.mark.long
def test_what_comes_too_slowly_is_given_up_in_words_and_gives_its_place_back(server, incident, door):
    """Nine at once: one more than have a place."""
    said, size = [], 200_000

    def drip():
        with door.connected(90) as line:
            line.sendall(door.head(f"Content-Length: {size}") + part("slow.log", b"x" * 70_000))
            line.settimeout(1)
            for _ in range(80):
                try:
                    line.sendall(b"x")
                    said.append(answer(line))
                except (TimeoutError, OSError):
                    continue
                return

    threads = [threading.Thread(target=drip) for _ in range(9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [status for status, _ in said] == [408] * 9
    assert all("did not arrive in time" in sentence for _, sentence in said)
    assert settled(server)
    assert held(server, incident) == []


def test_a_stranger_is_refused_before_much_of_it_is_read(server, incident):
    for path, wanted in ((f"/api/v1/incidents/{incident}/evidence", 401), (f"/incidents/{incident}/evidence/", 403)):
        began = time.monotonic()
        door = Door(server, path)
        status, _ = door.send(door.head(f"Content-Length: {200 * MB}"), form(2000))
        assert (status, time.monotonic() - began < 5) == (wanted, True)
    assert settled(server)


def test_strangers_who_only_announce_something_large_take_no_place(server, incident, api):
    stranger, lines = Door(server, "/sign-in/"), []
    try:
        for _ in range(20):
            lines.append(stranger.connected())
            lines[-1].thing.sendall(stranger.head(f"Content-Length: {MB}") + b"x")
        began = time.monotonic()
        assert api.send(api.head(f"Content-Length: {len(form(5000))}"), form(5000))[0] == 202
        assert time.monotonic() - began < 10
    finally:
        for line in lines:
            line.__exit__()
