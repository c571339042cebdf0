"""`juncture push` against a real server, and against servers that misbehave."""

from __future__ import annotations

import http.server
import json
import threading

import pytest
from tests.web.served import JUNCTURE, Server, environment

TEXT = "---\nseverity: Sev 2\nservices: [orders]\n---\n\n# Orders stood still\n\n## Summary\n\nThey did, for a while.\n"


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    server = Server(tmp_path_factory.mktemp("pushed") / "data").start()
    server.person("author@example.org", "author")
    yield server
    server.stop()


def push(*arguments, token="", folder):
    import subprocess

    done = subprocess.run(
        [*JUNCTURE, "push", *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=folder, env=environment() | ({"JUNCTURE_TOKEN": token} if token else {}),
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done


def test_a_file_becomes_a_postmortem_and_later_replaces_it_losing_nobody_s_words(served, tmp_path):
    token = served.tokens["author@example.org"]
    file = tmp_path / "a.md"
    file.write_text(TEXT)
    done = push("a.md", "--server", served.url, token=token, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    address = done.stdout.strip()
    public_id = address.rstrip("/").rpartition("/")[2]
    assert address == f"{served.url}/postmortems/{public_id}/"
    assert f"`id: {public_id}`" in done.stderr

    named = TEXT.replace("---\nseverity", f"---\nid: {public_id}\nseverity")
    file.write_text(named)
    (tmp_path / "base.md").write_text(TEXT)
    refused = push("a.md", "--server", served.url, token=token, folder=tmp_path)
    assert refused.returncode == 2
    assert "--base" in refused.stderr
    assert refused.stderr.count("\n") == 1
    done = push("a.md", "--server", served.url, "--base", "base.md", token=token, folder=tmp_path)
    assert done.returncode == 0, done.stderr
    again = push("a.md", "--server", served.url, "--base", "base.md", token=token, folder=tmp_path)
    assert again.returncode == 0
    assert "what is there already" in again.stderr

    file.write_text(named.replace("a while", "an hour"))
    stale = push("a.md", "--server", served.url, "--base", "base.md", token=token, folder=tmp_path)
    assert stale.returncode == 2
    assert "was changed on the server" in stale.stderr
    token_file = tmp_path / "token"
    token_file.write_text(f"{token}\n")
    done = push("a.md", "--server", served.url, "--replace", "--token-file", "token", folder=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("arguments", "token", "said"),
    [
        (("a.md", "--server", "{url}"), "", "JUNCTURE_TOKEN: is not set"),
        (("a.md", "--server", "{url}"), "wrong", "--scope write"),
        (("a.md", "--server", "{url}"), "two\nlines", "holds no token"),
        (("a.md", "--server", "ftp://somewhere"), "t", "is no address of a server"),
        (("a.md", "--server", "http://postmortems.example.com"), "t", "without encryption"),
        (("missing.md", "--server", "{url}"), "t", "cannot be read"),
        (("a.md", "--server", "http://127.0.0.1:9"), "t", "did not answer"),
    ],
)
def test_what_is_refused_is_said_in_one_line(served, tmp_path, arguments, token, said):
    (tmp_path / "a.md").write_text(TEXT)
    done = push(*(each.format(url=served.url) for each in arguments), token=token, folder=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


def test_an_id_that_is_not_there_is_said(served, tmp_path):
    (tmp_path / "a.md").write_text(TEXT.replace("---\nsev", "---\nid: 999\nsev"))
    done = push("a.md", "--server", served.url, token=served.tokens["author@example.org"], folder=tmp_path)
    assert done.returncode == 2
    assert "Check the id" in done.stderr


@pytest.fixture
def misbehaving():
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            asked.append((self.path, self.headers["Authorization"]))
            answers[0](self) if len(answers) == 1 else answers.pop(0)(self)

        def log_message(self, *arguments):
            pass

    answers = []
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    server.asked, server.answers, server.url = asked, answers, f"http://127.0.0.1:{server.server_port}"
    yield server
    server.shutdown()
    server.server_close()


def said(status, body=b"", **headers):
    def answer(handler):
        handler.send_response(status)
        for name, value in ({"Content-Length": len(body)} | headers).items():
            handler.send_header(name.replace("_", "-"), str(value))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_token_does_not_follow_a_redirect(misbehaving, tmp_path):
    misbehaving.answers.append(said(302, Location=f"{misbehaving.url}/elsewhere"))
    (tmp_path / "a.md").write_text(TEXT)
    done = push("a.md", "--server", misbehaving.url, token="t", folder=tmp_path)
    assert "sends elsewhere" in done.stderr
    assert [path for path, _ in misbehaving.asked] == ["/api/v1/postmortems"]


def test_a_server_that_has_no_time_is_asked_again(misbehaving, tmp_path):
    body = json.dumps({"id": "7", "url": "/postmortems/7/", "notes": []}).encode()
    misbehaving.answers += [said(429, Retry_After=0), said(201, body)]
    (tmp_path / "a.md").write_text(TEXT)
    done = push("a.md", "--server", misbehaving.url, token="t", folder=tmp_path)
    assert done.returncode == 0, done.stderr
    assert len(misbehaving.asked) == 2


def test_what_may_have_been_taken_is_not_sent_twice(misbehaving, tmp_path):
    misbehaving.answers.append(lambda handler: handler.connection.close())
    (tmp_path / "a.md").write_text(TEXT)
    done = push("a.md", "--server", misbehaving.url, token="t", folder=tmp_path)
    assert done.returncode == 2
    assert "may have been taken" in done.stderr
    assert len(misbehaving.asked) == 1


def test_a_token_for_this_machine_goes_past_the_proxy_of_the_environment(served, tmp_path, monkeypatch):
    seen = []

    class Proxy(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            seen.append(self.headers.get("Authorization"))
            self.send_error(502)

        def log_message(self, *_):
            pass

    proxy = http.server.HTTPServer(("127.0.0.1", 0), Proxy)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
    (tmp_path / "a.md").write_text(TEXT.replace("Orders", "Parcels"))
    done = push("a.md", "--server", served.url, token=served.tokens["author@example.org"], folder=tmp_path)
    proxy.shutdown()
    assert (done.returncode, seen) == (0, []), done.stderr
