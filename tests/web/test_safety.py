"""Hostile words, hostile uploads, hostile calls; and what the log may say."""

from __future__ import annotations

import errno
import io
import json
import logging
import re
import zipfile
from html.parser import HTMLParser

import pytest
from django.conf import settings as conf
from django.test import Client
from tests.web.conftest import CHAT, PASSWORD

from juncture.web.access import limits, middleware
from juncture.web.access.logs import Discreet, discreet
from juncture.web.access.operations import new_token, sign_in_link
from juncture.web.access.texts import file_name
from juncture.web.evidence.operations import Received, receive_into_new
from juncture.web.incidents.models import Incident
from juncture.web.postmortems import operations, selectors

HOSTILE = "<script>hacked()</script><img src=x onerror=hacked()>\"'></textarea></title><svg/onload=hacked()>"
LINK = "[press](javascript:hacked()) <a href='javascript:hacked()'>x</a> ![x](https://elsewhere.example/x.png)"


class Dangers(HTMLParser):
    """Finds what would run, or would be asked of another host."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag, attrs):
        for name, given in attrs:
            value = (given or "").strip().lower()
            if name.startswith("on") or (name == "style" and value):
                self.found.append(f"{tag} {name}={value[:60]}")
            if name in {"href", "src", "action", "formaction", "data", "srcset", "poster"} and not re.match(
                r"/(?!/)|#|\?|$", value
            ):
                self.found.append(f"{tag} {name}={value[:60]}")
        if (tag == "script" and not dict(attrs).get("src")) or tag in {"iframe", "object", "embed", "base"}:
            self.found.append(tag)


def dangers(answer):
    parser = Dangers()
    parser.feed(answer.content.decode())
    return parser.found


def slack_export():
    data = io.BytesIO()
    said = [
        {"type": "message", "user": "U1", "ts": f"17724600{n:02}.000100", "text": f"{HOSTILE} rolling back {LINK}"}
        for n in range(9)
    ]
    with zipfile.ZipFile(data, "w") as file:
        file.writestr("users.json", json.dumps([{"id": "U1", "name": HOSTILE, "profile": {"real_name": HOSTILE}}]))
        file.writestr("channels.json", json.dumps([{"id": "C1", "name": f"incident-{HOSTILE}"}]))
        file.writestr(f"incident-{HOSTILE.replace('/', '')}/2026-03-02.json", json.dumps(said))
    data.seek(0)
    return data


def test_hostile_words_stay_words_on_every_page(signed_in, viewer, work, person):
    chat = CHAT.replace("checkout answers", f"{HOSTILE} {LINK} checkout answers")
    files = [
        Received(f"../../{HOSTILE}/a.txt", io.BytesIO(chat.encode())),
        Received(f"{HOSTILE}.bin", io.BytesIO(bytes(range(256)))),
    ]
    files.append(Received("export.zip", slack_export()))
    run = receive_into_new(viewer, files, title=HOSTILE, visibility="organisation", date=None, zone="UTC")
    work()
    postmortem = selectors.postmortems(viewer)[0][0].id
    section = selectors.postmortem(viewer, postmortem).sections[0]
    operations.apply(viewer, postmortem, section.id, base=section.markdown, text=f"{HOSTILE}\n\n{LINK}\n\n{section.markdown}")
    operations.set_state(viewer, postmortem, "published")
    paths = [
        "/", "/incidents/", "/incidents/new/", "/incidents/1/", "/incidents/1/timeline/", f"/imports/{run.public_id}/",
        f"/imports/{run.public_id}/state/", f"/postmortems/{postmortem}/", f"/postmortems/{postmortem}/published/",
        f"/postmortems/{postmortem}/sections/{section.id}/", "/nowhere/",
    ]  # fmt: skip
    paths += [
        f"/incidents/1/timeline/?q={HOSTILE}",
        f"/postmortems/{postmortem}/sections/{section.id}/?q={HOSTILE}&at={HOSTILE}",
    ]
    shown = 0
    for path in paths:
        answer = signed_in.get(path)
        assert dangers(answer) == [], path
        shown += b"&lt;script&gt;hacked()" in answer.content
    assert shown >= 9
    refused = signed_in.post("/incidents/new/", {"text": HOSTILE, "title": HOSTILE, "timezone": HOSTILE, "date": HOSTILE})
    assert (refused.status_code, dangers(refused)) == (422, [])
    assert dangers(Client().get("/sign-in/", {"next": HOSTILE})) == []
    assert dangers(Client().post("/sign-in/", {"email": HOSTILE, "password": HOSTILE})) == []


def test_no_address_gives_an_upload_back(signed_in, viewer, work):
    page = b"<!doctype html><script>hacked()</script>2026-03-02T14:05:00Z ERROR payment failed\n" * 4
    run = receive_into_new(
        viewer, [Received("page.html", io.BytesIO(page))], title="", visibility="organisation", date=None, zone="UTC"
    )
    work()
    artefact = run.given[0]["sha256"]
    for path in (
        artefact,
        artefact.removeprefix("sha256:"),
        f"evidence/{artefact}",
        f"static/{artefact}",
        "static/../evidence/ledger.jsonl",
    ):
        assert signed_in.get(f"/{path}").status_code == 404


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("C:\\exports\\day.json", "C:/exports/day.json"),
        ("a\x00b\u202etxt.exe", "abtxt.exe"),
        ("zip!/member", "zip! /member"),
        ("...", "..."),
        ("/", "file"),
        ("x" * 5000, "x" * 900),
    ],
)
def test_names_of_files_name_no_place(given, kept):
    assert file_name(given) == kept


@pytest.mark.parametrize("path", ["/", "/incidents/1/", "/sign-in/", "/nowhere/", "/api/v1/incidents", "/api/v1/nowhere"])
def test_every_answer_carries_the_headers_that_keep_a_browser_safe(signed_in, path):
    headers = signed_in.get(path).headers
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "script-src 'self'", "frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'"):
        assert part in policy
    assert "unsafe" not in policy
    assert (headers["X-Content-Type-Options"], headers["X-Frame-Options"]) == ("nosniff", "DENY")
    assert (headers["Referrer-Policy"], headers["Cross-Origin-Opener-Policy"]) == ("same-origin", "same-origin")
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "private, no-store"


def test_cookies_are_for_this_site_alone(client, author):
    answer = client.post("/sign-in/", {"email": author.email, "password": PASSWORD})
    cookie = answer.cookies["juncture_session"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


@pytest.mark.parametrize(
    "following",
    [
        "//evil.example/",
        "/\\evil.example/",
        "https:evil.example",
        "javascript:hacked()",
        "http://evil.example",
        "///evil.example",
        "\thttps://evil.example",
    ],
)
def test_signing_in_leads_nowhere_else(client, author, following):
    assert client.post("/sign-in/", {"email": author.email, "password": PASSWORD, "next": following})["Location"] == "/"


@pytest.mark.parametrize("by", ["password", "link"])
def test_a_session_from_before_signing_in_is_worth_nothing_after(client, author, by):
    client.get("/sign-in/")
    session = client.session
    session["planted"] = True
    session.save()
    client.cookies["juncture_session"] = planted = session.session_key
    if by == "password":
        client.post("/sign-in/", {"email": author.email, "password": PASSWORD})
    else:
        client.post(f"/sign-in/{sign_in_link(author)}/")
    assert client.cookies["juncture_session"].value != planted
    assert client.get("/").status_code == 200
    other = Client()
    other.cookies["juncture_session"] = planted
    assert other.get("/").status_code == 302


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(signed_in):
    copy = Client()
    copy.cookies["juncture_session"] = signed_in.cookies["juncture_session"].value
    assert copy.get("/").status_code == 200
    signed_in.post("/sign-out/")
    assert copy.get("/").status_code == 302


def test_who_has_left_is_nobody_at_once(signed_in, author, api):
    assert api("GET", "incidents").status_code == 200
    author.is_active = False
    author.save()
    assert signed_in.get("/").status_code == 302
    assert api("GET", "incidents").status_code == 401


def test_what_is_too_large_is_refused_with_a_sentence_and_leaves_nothing(signed_in, api, settings, work):
    settings.UPLOAD_LIMIT = 1024 * 1024
    large = io.BytesIO(b"x" * 3 * 1024 * 1024)
    large.name = "large.log"
    answer = signed_in.post("/incidents/new/", {"file": large})
    assert answer.status_code == 413
    assert "larger than 1 MB" in answer.content.decode()
    api("POST", "incidents", {"title": "x"})
    answer = api("POST", "incidents/1/evidence", "x" * 3 * 1024 * 1024, content_type="text/plain")
    assert (answer.status_code, "larger than 1 MB" in answer.json()["detail"]) == (413, True)
    assert Incident.objects.get_queryset().count() == 1


def test_a_text_beyond_memory_is_refused_with_what_to_do(signed_in, api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    answer = signed_in.post("/incidents/new/", {"text": "x" * 2000})
    assert (answer.status_code, "Save it as a file" in answer.content.decode()) == (413, True)
    assert api("POST", "incidents", {"title": "x" * 2000}).status_code == 413


def test_a_full_disk_is_said_plainly_and_nothing_half_done_stays(signed_in, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("juncture.stores.incoming.os.write", full, raising=False)
    monkeypatch.setattr("juncture.stores.incoming.Copy.of", full)
    answer = signed_in.post("/incidents/new/", {"text": CHAT})
    assert (answer.status_code, "disk of this server is full" in answer.content.decode()) == (507, True)
    assert not Incident.objects.get_queryset().exists()


@pytest.mark.parametrize(
    ("path", "kind"), [("/", "text/html; charset=utf-8"), ("/api/v1/incidents", "application/problem+json")]
)
def test_what_breaks_says_so_with_a_reference_that_the_log_has_too(signed_in, monkeypatch, caplog, path, kind):
    def broken(*arguments, **named):
        raise RuntimeError("zzINSIDE")

    monkeypatch.setattr("juncture.web.incidents.selectors.view_of", broken)
    signed_in.raise_request_exception = False
    monkeypatch.setattr("juncture.web.incidents.models.IncidentManager.visible_to", broken)
    answer = signed_in.get(path)
    assert (answer.status_code, answer["Content-Type"]) == (500, kind)
    assert "zzINSIDE" not in answer.content.decode()
    reference = re.search(r"\b[0-9a-f]{8}\b", answer.content.decode())[0]
    assert reference in caplog.text


def test_an_unknown_address_is_answered_in_the_words_of_the_place(signed_in, api, db):
    assert b"There is nothing here, or it is not open to you." in signed_in.get("/nowhere/").content
    answer = api("GET", "nowhere")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert Client().get("/nowhere/").status_code == 404


def test_a_foreign_name_for_this_server_is_refused_with_what_to_do(db):
    answer = Client().get("/sign-in/", headers={"host": "evil.example"})
    assert (answer.status_code, "JUNCTURE_URL" in answer.content.decode()) == (400, True)
    assert Client().get("/healthz", headers={"host": "10.0.0.7"}).status_code == 200


def test_calls_beyond_the_limit_of_a_token_wait(api, author, monkeypatch):
    now = [0.0]
    monkeypatch.setattr(middleware, "CALLS", limits.Buckets(clock=lambda: now[0]))
    assert {api("GET", "incidents").status_code for _ in range(600)} == {200}
    answer = api("GET", "incidents")
    assert (answer.status_code, answer["Content-Type"], int(answer["Retry-After"]) > 0) == (
        429,
        "application/problem+json",
        True,
    )
    assert api("GET", "incidents", token=new_token(author, scope="read", days=1)).status_code == 200
    now[0] += int(answer["Retry-After"])
    assert api("GET", "incidents").status_code == 200
    now[0] += 60
    assert {api("GET", "incidents").status_code for _ in range(600)} == {200}


@pytest.mark.parametrize(
    "query",
    ["cursor=LTU", "cursor=bjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk", "limit=99999999999", "limit=-1", "limit=1e3", "from=x", "to=0001-01-01T00:00:00%2B14:00",
     "from=9999-12-31T23:59:59-14:00", "q=%00", "q=%ED%A0%80", "q=" + "x" * 3000, "key=%00"],
)  # fmt: skip
def test_no_query_breaks_the_timeline(signed_in, api, query):
    api("POST", "incidents", {"title": "x"})
    assert api("GET", f"incidents/1/timeline?{query}").status_code in {200, 422}
    assert signed_in.get(f"/incidents/1/timeline/?{query}").status_code in {200, 422}


@pytest.mark.parametrize(
    "body",
    [{"title": "\ud800"}, {"title": "x", "started_at": "0001-01-01T00:00:00+14:00"}, {"title": "x", "services": ["\x00"]}],
)
def test_no_body_breaks_the_server(api, body):
    assert api("POST", "incidents", body).status_code in {400, 422}


def test_the_log_has_no_link_no_token_and_no_password():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(Discreet("%(levelname)s %(message)s"))
    log = logging.getLogger("tests.discreet")
    log.propagate = False
    log.addHandler(handler)
    token = "kq3V_x-Zz0987654321abcdefgh"
    log.warning("Forbidden (CSRF cookie not set.): /sign-in/%s/", token)
    log.warning("Not Found: /first/%s/", token)
    log.warning("headers: {'Authorization': 'Bearer %s', 'Cookie': 'juncture_session=%s'}", token, token)
    log.warning("could not connect to postgresql://juncture:%s@db:5432/juncture", token)
    try:
        int(f"password={token}")
    except ValueError:
        log.exception("POST /sign-in/ password=%s", token)
    assert token not in stream.getvalue()
    assert "/sign-in/…/" in stream.getvalue()
    assert discreet("Sam signed in") == "Sam signed in"


def test_every_handler_of_the_log_is_discreet():
    formatters = conf.LOGGING["formatters"]
    for handler in conf.LOGGING["handlers"].values():
        assert formatters[handler["formatter"]]["()"] == "juncture.web.access.logs.Discreet"
