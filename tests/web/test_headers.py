"""What every answer tells the browser: refusals before a page is asked, doors that are open to all, and cookies."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from types import SimpleNamespace

from django.test import Client
from tests.web.conftest import PASSWORD
from tests.web.test_rights import OPEN_TO_ALL, body_of

from juncture.web.access import middleware
from juncture.web.access.invitations import link_for
from juncture.web.access.operations import first_administrator_link, sign_in_link
from juncture.web.access.selectors import viewer_of

OWN_POLICY = ("/image/", ".html")
"""Addresses whose answers have a policy of their own, which allows less."""
KINDS = re.compile(
    r"(text/(html|plain|markdown|csv); charset=utf-8|application/(json|problem\+json|pdf|jsonl|octet-stream)|image/png)$"
)


ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TOO_MUCH = {"Server", "X-Powered-By", "Access-Control-Allow-Origin"}


def wrong_in(answer, path):
    """Return what is wrong with the headers of an answer."""
    headers, policy = answer.headers, answer.headers.get("Content-Security-Policy", "")
    cached, own = headers.get("Cache-Control", ""), any(end in path for end in OWN_POLICY) and answer.status_code == 200
    right = {
        f"policy: {policy}": "default-src 'none'" in policy and "unsafe" not in policy,
        "may be framed": "frame-ancestors 'none'" in policy or "sandbox" in policy,
        "has no policy of its own": not own or "script-src 'self'" not in policy,
        f"Cache-Control: {cached}": "private" in cached and ("no-store" in cached or "/image/" in path),
        "Permissions-Policy": "camera=()" in headers.get("Permissions-Policy", ""),
        f"Content-Type: {headers.get('Content-Type')}": KINDS.match(headers.get("Content-Type", "")) or not body_of(answer),
        "says more than it has to": not TOO_MUCH & set(headers),
        "cookies": all(
            cookie["samesite"] == "Lax" and (cookie.key != "juncture_session" or cookie["httponly"])
            for cookie in answer.cookies.values()
        ),
    }
    right |= {f"{name}: {headers.get(name)}": headers.get(name) == value for name, value in ALWAYS.items()}
    return [what for what, is_right in right.items() if not is_right]


def test_of_what_is_open_to_all(db, person):
    author, boss = person("author"), viewer_of(person("administrator"))
    tokens = [sign_in_link(author), link_for(boss, person("viewer").pk), "unknown"]
    paths = ["/" + one.replace("<str:token>", token) for one in sorted(OPEN_TO_ALL) for token in tokens if "<" in one]
    paths += ["/sign-in/", "/sign-in/second-step/", "/sign-out/", "/api/v1/openapi.json", "/nowhere/", "/api/v1/nowhere"]
    wrong = {path: found for path in paths for answer in [Client().get(path)] if (found := wrong_in(answer, path))}
    assert wrong == {}
    assert len(paths) > 9


def test_of_the_first_link(db):
    path = f"/first/{first_administrator_link()}/"
    assert wrong_in(Client().get(path), path) == []


def test_of_refusals_before_any_page_is_asked(signed_in, api, author, settings, monkeypatch):
    wrong = {}
    settings.UPLOAD_LIMIT = 1
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    large = {"CONTENT_LENGTH": str(3 * 1024 * 1024)}
    answers = {
        "too large": (413, signed_in.post("/incidents/new/", b"x", content_type="text/plain", **large)),
        "too large a call": (413, api("POST", "incidents", "x", content_type="text/plain", **large)),
        "too long": (413, signed_in.post("/incidents/new/", {"text": "x" * 2000})),
        "another name": (400, Client().get("/sign-in/", headers={"host": "evil.example"})),
        "forged": (403, Client(enforce_csrf_checks=True).post("/sign-in/", {"email": "x"})),
        "unknown token": (401, api("GET", "incidents", token="x" * 43)),
    }
    monkeypatch.setattr(middleware, "CALLS", SimpleNamespace(take=lambda _: 7))
    answers["too many"] = (429, api("GET", "incidents"))
    signed_in.raise_request_exception = False

    def broken(*arguments, **named):
        raise RuntimeError("x")

    monkeypatch.setattr("juncture.web.incidents.models.IncidentManager.visible_to", broken)
    answers["broken"] = (500, signed_in.get("/"))
    for name, (status, answer) in answers.items():
        assert answer.status_code == status, name
        if found := wrong_in(answer, name):
            wrong[name] = found
    assert wrong == {}


def test_what_shows_a_secret_once_is_kept_nowhere(client, author, person):
    client.post("/sign-in/", {"email": author.email, "password": PASSWORD})
    boss = Client()
    boss.post("/sign-in/", {"email": person("administrator").email, "password": PASSWORD})
    shown = [
        client.get("/settings/second-factor/set-up/"),
        client.post("/settings/tokens/new/", {"name": "x", "scope": "read", "days": "7"}),
        boss.post("/settings/people/add/", {"email": "new@example.org", "name": "New", "role": "author"}),
        boss.post(f"/settings/people/{author.pk}/link/"),
    ]
    assert [answer.status_code for answer in shown] == [200] * 4
    assert all("no-store" in answer["Cache-Control"] for answer in shown)


def test_static_files_are_not_guessed_at(db):
    answer = Client().get("/static/pages/pages.css")
    assert (answer.status_code, answer["X-Content-Type-Options"], answer["Content-Type"]) == (
        200,
        "nosniff",
        'text/css; charset="utf-8"',
    )


def test_behind_tls_cookies_travel_encrypted_alone_and_browsers_are_told_to_stay_there(tmp_path):
    told = """if True:
        import django, json
        from django.conf import settings
        django.setup()
        from django.core.management import call_command
        call_command("migrate", interactive=False, verbosity=0)
        from juncture.web.access.operations import add_person
        from juncture.web.access.viewer import SYSTEM
        add_person(SYSTEM, email="a@example.org", name="A", role="author", password="a long enough passphrase")
        from django.test import Client
        client = Client(headers={"host": "postmortems.example.com", "x-forwarded-proto": "https"})
        client.get("/sign-in/")
        answer = client.post("/sign-in/", {"email": "a@example.org", "password": "a long enough passphrase"})
        client.post("/settings/", {"name": "A", "zone": "UTC", "theme": "dark"})
        print(json.dumps({
            "status": answer.status_code, "hsts": answer["Strict-Transport-Security"],
            "cookies": {c.key: [bool(c["secure"]), bool(c["httponly"]), c["samesite"]] for c in client.cookies.values()},
        }))
    """
    environment = os.environ | {
        "JUNCTURE_DATA": str(tmp_path),
        "JUNCTURE_URL": "https://postmortems.example.com",
        "JUNCTURE_BEHIND_PROXY": "1",
        "DJANGO_SETTINGS_MODULE": "juncture.web.settings",
    }
    environment.pop("JUNCTURE_DATABASE_URL", None)
    (tmp_path / "secret.key").write_text("only for this test", "ascii")
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    said = json.loads(done.stdout)
    assert (said["status"], said["hsts"]) == (302, "max-age=31536000")
    assert said["cookies"]["juncture_session"] == [True, True, "Lax"]
    assert all(secure and samesite == "Lax" for secure, _, samesite in said["cookies"].values()), said["cookies"]
    assert len(said["cookies"]) >= 3
