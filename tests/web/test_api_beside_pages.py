"""Everything that a page can do, a call can do: each page names the calls beside it, or why it is a page's alone."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime, timedelta

import pytest
from PIL import Image
from tests.web.conftest import CHAT
from tests.web.test_rights import PAGES

from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.evidence.operations import Received, receive_into_new
from juncture.web.evidence.selectors import evidence_of
from juncture.web.journal.models import Opening
from juncture.web.urls import api as table

PASSWORD_AGAIN = "asks for the password again, and a token has none"
A_PIECE = "a piece of another page"
BESIDE = {
    "": ("GET me/waiting", "GET learned", "GET costs"),
    "demo/": PASSWORD_AGAIN.replace("asks", "of an empty server, whose administrator is there; asks"),
    "incidents/": ("GET incidents",),
    "incidents/new/": ("POST incidents", "POST incidents/{incident}/evidence"),
    "incidents/{incident}/": ("GET incidents/{incident}",),
    "incidents/{incident}/edit/": ("PATCH incidents/{incident}",),
    "incidents/{incident}/people/": ("POST incidents/{incident}/people", "GET incidents/{incident}/people"),
    "incidents/{incident}/people/{person}/remove/": ("DELETE incidents/{incident}/people",),
    "incidents/{incident}/waive/": ("POST incidents/{incident}/waive",),
    "incidents/{incident}/waive/undo/": ("DELETE incidents/{incident}/waive",),
    "incidents/{incident}/request/": ("POST incidents/{incident}/request",),
    "incidents/{incident}/request/withdraw/": ("DELETE incidents/{incident}/request",),
    "incidents/{incident}/related/": ("GET incidents/{incident}/related",),
    "incidents/{incident}/postmortem/": ("POST incidents/{incident}/postmortem",),
    "incidents/{incident}/evidence/": (
        "GET incidents/{incident}/evidence",
        "POST incidents/{incident}/evidence",
        "GET incidents/{incident}/evidence/verification",
    ),
    "incidents/{incident}/evidence/live/": A_PIECE,
    "incidents/{incident}/evidence/verify/": ("POST incidents/{incident}/evidence/verification",),
    "incidents/{incident}/artefacts/{sha256}/": (
        "GET incidents/{incident}/evidence/{sha256}",
        "GET incidents/{incident}/evidence/{sha256}/original",
    ),
    "incidents/{incident}/artefacts/{sha256}/image/": A_PIECE,
    "incidents/{incident}/artefacts/{sha256}/remove/": ("DELETE incidents/{incident}/evidence/{sha256}",),
    "incidents/{incident}/artefacts/{sha256}/when/": ("POST incidents/{incident}/evidence/{sha256}/when",),
    "incidents/{incident}/accounts/": ("GET incidents/{incident}/accounts", "POST incidents/{incident}/accounts"),
    "accounts/{account}/": ("GET accounts/{account}",),
    "accounts/{account}/save/": ("PATCH accounts/{account}",),
    "accounts/{account}/release/": ("POST accounts/{account}/release",),
    "accounts/{account}/withdraw/": ("DELETE accounts/{account}",),
    "imports/{run}/": ("GET imports/{run}",),
    "imports/{run}/state/": A_PIECE,
    "imports/{run}/cancel/": ("DELETE imports/{run}",),
    "imports/{run}/again/": ("POST imports/{run}/again",),
    "incidents/{incident}/timeline/": ("GET incidents/{incident}/timeline", "GET incidents/{incident}/corrections"),
    "incidents/{incident}/timeline/corrections/": ("POST incidents/{incident}/corrections",),
    "postmortems/{postmortem}/": ("GET postmortems/{postmortem}",),
    "postmortems/{postmortem}/published/": ("GET postmortems/{postmortem}",),
    "postmortems/{postmortem}/related/": ("GET postmortems/{postmortem}/related",),
    "postmortems/{postmortem}/state/": ("POST postmortems/{postmortem}/state",),
    "postmortems/{postmortem}/write/": (
        "GET postmortems/{postmortem}/sections",
        "GET postmortems/{postmortem}/diagnostics",
        "GET postmortems/{postmortem}/citable",
    ),
    "postmortems/{postmortem}/sections/": ("POST postmortems/{postmortem}/sections",),
    "postmortems/{postmortem}/sections/{section}/": ("PATCH postmortems/{postmortem}/sections/{section}",),
    "postmortems/{postmortem}/sections/{section}/is/{act}/": (
        "POST postmortems/{postmortem}/sections/{section}/place",
        "DELETE postmortems/{postmortem}/sections/{section}",
    ),
    "postmortems/{postmortem}/sections/{section}/make/": (
        "POST postmortems/{postmortem}/make",
        "POST postmortems/{postmortem}/made-actions/{made}/undo",
    ),
    "postmortems/{postmortem}/history/": (
        "GET postmortems/{postmortem}/history",
        "GET postmortems/{postmortem}/publications",
    ),
    "postmortems/{postmortem}/history/compare/": ("GET postmortems/{postmortem}/compare",),
    "postmortems/{postmortem}/history/{change}/": ("GET postmortems/{postmortem}/history",),
    "postmortems/{postmortem}/history/{change}/restore/": ("POST postmortems/{postmortem}/sections/{section}/restore",),
    "postmortems/{postmortem}/history/{change}/undo/": ("POST postmortems/{postmortem}/objects/{objects}/{object}/{act}",),
    "postmortems/{postmortem}/objects/": ("GET postmortems/{postmortem}/objects",),
    "postmortems/{postmortem}/objects/{objects}/": ("POST postmortems/{postmortem}/objects/{objects}",),
    "postmortems/{postmortem}/objects/{objects}/{object}/": (
        "PATCH postmortems/{postmortem}/objects/{objects}/{object}",
        "DELETE postmortems/{postmortem}/objects/{objects}/{object}",
    ),
    "postmortems/{postmortem}/objects/{objects}/{object}/{act}/": (
        "POST postmortems/{postmortem}/objects/{objects}/{object}/{act}",
    ),
    "postmortems/{postmortem}/proposals/": ("GET postmortems/{postmortem}/proposals",),
    "postmortems/{postmortem}/proposals/again/": ("POST postmortems/{postmortem}/proposals",),
    "postmortems/{postmortem}/proposals/{proposal}/{act}/": ("POST postmortems/{postmortem}/proposals/{proposal}/{act}",),
    "postmortems/{postmortem}/actions/": ("POST postmortems/{postmortem}/actions",),
    "actions/": ("GET actions",),
    "actions/{action}/": ("GET actions/{action}", "PATCH actions/{action}", "GET actions/{action}/history"),
    "actions/{action}/state/": ("PATCH actions/{action}",),
    "library/": ("GET search",),
    "library/import/": ("POST postmortems",),
    "settings/": ("GET me", "PATCH me"),
    "settings/people/": ("GET people",),
    "settings/people/add/": PASSWORD_AGAIN,
    "settings/people/{who}/": ("GET people/{person}",),
    "settings/people/{who}/link/": PASSWORD_AGAIN,
    "settings/people/{who}/change/": (
        "POST people/{person}/identities",
        "DELETE people/{person}/identities/{identity}",
        "PATCH teams/{team}",
    ),
    "settings/teams/": ("GET teams", "POST teams"),
    "settings/teams/{team}/": ("GET teams/{team}", "PATCH teams/{team}", "DELETE teams/{team}"),
    "settings/services/": ("GET services", "POST services"),
    "settings/services/owners/": ("POST services/owners",),
    "settings/services/{service}/": ("GET services/{service}", "PATCH services/{service}", "DELETE services/{service}"),
    "settings/severities/": ("GET severities", "POST severities"),
    "settings/severities/{severity}/": ("PATCH severities/{severity}",),
    "settings/severities/{severity}/move/": ("POST severities/{severity}/move",),
    "settings/severities/{severity}/remove/": ("DELETE severities/{severity}",),
    "settings/criteria/": ("GET criteria", "PATCH criteria/{criterion}", "GET objectives"),
    "settings/criteria/objectives/": ("POST objectives",),
    "settings/criteria/objectives/{objective}/remove/": ("DELETE objectives/{objective}",),
    "settings/audit/": ("GET audit",),
    "settings/audit/export.{form}": ("GET audit",),
    "settings/confirm/": PASSWORD_AGAIN,
    "settings/password/": PASSWORD_AGAIN,
    "settings/sessions/": PASSWORD_AGAIN,
    "settings/tokens/": ("GET tokens",),
    "settings/tokens/new/": PASSWORD_AGAIN,
    "settings/tokens/{token}/revoke/": ("DELETE tokens/{token}",),
    "settings/second-factor/": PASSWORD_AGAIN,
    "settings/second-factor/set-up/": PASSWORD_AGAIN,
    "settings/second-factor/codes/": PASSWORD_AGAIN,
    "settings/second-factor/codes/file/": PASSWORD_AGAIN,
    "settings/second-factor/off/": PASSWORD_AGAIN,
    "settings/sign-in/": PASSWORD_AGAIN,
}


def plain(address):
    return re.sub(r"<\w+:(\w+)>", r"{\1}", address)


def test_each_page_names_the_calls_that_do_the_same():
    assert sorted(BESIDE) == sorted({plain(address) for address in PAGES})
    there = {
        f"{method} {plain(str(pattern.pattern))}" for pattern in table for method in getattr(pattern.callback, "methods", {})
    }
    named = {call for calls in BESIDE.values() if isinstance(calls, tuple) for call in calls}
    assert named - there == set()


@pytest.fixture
def administrator(person):
    return person("administrator")


@pytest.fixture
def admin(api, administrator):
    token = new_token(administrator, scope="admin", days=1)

    def call(method, path, body=None, status=200):
        answer = api(method, path, body, token=token)
        assert answer.status_code == status, answer.content
        return answer.json()

    return call


def read_in(viewer, work, *files):
    received = [Received(name, io.BytesIO(data)) for name, data in files]
    run = receive_into_new(viewer, received, title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    work()
    return run


def test_an_artefact_is_opened_by_its_ring_alone_and_each_opening_is_noted(viewer, work, api, person):
    read_in(viewer, work, ("channel.txt", CHAT.encode()))
    digits = evidence_of(viewer, "1")[0].digits
    opened = api("GET", f"incidents/1/evidence/{digits}").json()
    assert (opened["artefact"]["name"], opened["first"], opened["more"], opened["text"]) == ("channel.txt", 1, False, True)
    assert "rolling back release 412 now" in [line["text"] for line in opened["lines"]]
    original = api("GET", f"incidents/1/evidence/{digits}/original")
    assert b"".join(original.streaming_content) == CHAT.encode()
    assert original["Content-Type"] == "application/octet-stream"
    assert original["Content-Disposition"].startswith("attachment")
    assert Opening.objects.filter(object_kind="artefact").count() == 1
    other = new_token(person("author", "other@example.org"), scope="write", days=1)
    for end in ("", "/original"):
        assert api("GET", f"incidents/1/evidence/{digits}{end}", token=other).status_code == 404


def test_a_picture_is_given_a_time_and_an_import_that_was_stopped_is_read_again(viewer, work, api):
    out = io.BytesIO()
    Image.new("RGB", (20, 20)).save(out, "PNG")
    run = read_in(viewer, work, ("grafana.png", out.getvalue()))
    assert api("GET", "incidents/1/timeline").json()["items"] == []
    digits = evidence_of(viewer, "1")[0].digits
    refused = api("POST", f"incidents/1/evidence/{digits}/when", {"when": "later"})
    assert (refused.status_code, "says no time" in refused.json()["detail"]) == (422, True)
    said = {"when": "2026-03-02 around 14:30", "what": "Latency of checkout", "timezone": "UTC"}
    queued = api("POST", f"incidents/1/evidence/{digits}/when", said)
    assert queued.status_code == 202
    assert api("POST", f"imports/{run.public_id}/again").status_code == 409, "it has ended well"
    api("DELETE", f"imports/{queued.json()['import_id']}")
    work()
    assert api("GET", f"imports/{queued.json()['import_id']}").json()["state"] == "cancelled"
    assert api("POST", f"imports/{queued.json()['import_id']}/again").json()["state"] == "queued"
    work()
    assert [event["source"] for event in api("GET", "incidents/1/timeline").json()["items"]] == ["image"]


def test_evidence_is_verified(viewer, work, api):
    read_in(viewer, work, ("channel.txt", CHAT.encode()))
    assert api("GET", "incidents/1/evidence/verification").json()["state"] == "never"
    assert api("POST", "incidents/1/evidence/verification").json()["state"] == "queued"
    work()
    seen = api("GET", "incidents/1/evidence/verification").json()
    assert (seen["state"], seen["artefacts"], seen["broken"]) == ("done", 1, [])


LEARNED = """\
---
services: [orders]
severity: Sev 2
started_at: {day}T14:06:02Z
mitigated_at: {day}T14:46:30Z
state: published
---
# {title}

## Summary

Orders stopped.

## Impact

<!-- juncture:impact -->
- Revenue lost
  - low: 1200
  - mid: 1500
  - high: 1800
  - formula: orders not placed x mean basket
  - unit: EUR
<!-- /juncture:impact -->

## Lessons learned

<!-- juncture:lessons -->
- learned: A migration waits for a lock like everybody else.
<!-- /juncture:lessons -->
"""


def test_what_the_front_page_and_related_postmortems_say_is_said_to_programs(api, author):
    day = (datetime.now(UTC).date() - timedelta(days=2)).isoformat()
    ids = []
    for title in ("A lock held the orders table", "Orders stopped again"):
        text = LEARNED.format(title=title, day=day)
        ids.append(api("POST", "postmortems", text, content_type="text/markdown").json()["id"])
        api("POST", f"postmortems/{ids[-1]}/state", {"to": "published"})
    (related,) = api("GET", f"postmortems/{ids[1]}/related").json()["items"]
    assert (related["title"], related["mitigations"], related["open_actions"]) == ("A lock held the orders table", [], [])
    assert "orders" in " ".join(related["reasons"])
    api("POST", "incidents", {"title": "Nothing goes out", "services": ["orders"], "severity": "Sev 1"})
    found = api("GET", "incidents/3/related").json()["items"]
    assert {each["title"] for each in found} == {"A lock held the orders table", "Orders stopped again"}
    assert [each["text"] for each in api("GET", "learned?limit=1").json()["items"]] == [
        "A migration waits for a lock like everybody else."
    ]
    costs = api("GET", "costs").json()
    assert [(each["currency"], each["low"], each["high"], len(each["parts"])) for each in costs["sums"]] == [
        ("EUR", 2400.0, 3600.0, 2)
    ]
    assert (costs["not_known"], costs["incidents"]) == (1, 3)
    assert [each["incident"]["title"] for each in api("GET", "me/waiting").json()["needing"]] == ["Nothing goes out"]


def test_costs_of_nothing_are_nothing(api):
    assert api("GET", "costs").json() == {"sums": [], "not_known": 0, "incidents": 0}


def test_who_writes_reads_the_history_of_an_action(api, person):
    api("POST", "incidents", {"title": "Checkout fails"})
    postmortem = api("POST", "incidents/1/postmortem", {}).json()["id"]
    action = api("POST", f"postmortems/{postmortem}/actions", {"title": "Add a limit"}).json()["id"]
    api("PATCH", f"actions/{action}", {"state": "in_progress"})
    steps = api("GET", f"actions/{action}/history").json()["items"]
    assert [step["what"] for step in steps] == ["Brought to another state", "Added"]
    assert steps[0]["parts"] == [{"name": "State", "before": "Open", "after": "In progress"}]
    api("POST", f"postmortems/{postmortem}/state", {"to": "published"})
    reader = new_token(person("viewer"), scope="read", days=1)
    assert api("GET", f"actions/{action}/history", token=reader).json()["items"] == []


def test_severities_are_added_changed_moved_and_removed(admin):
    before = [each["name"] for each in admin("GET", "severities")["items"]]
    new = admin("POST", "severities", {"name": "Sev 9", "description": "Nobody noticed"}, 201)["items"][-1]
    assert (new["name"], new["tone"]) == ("Sev 9", "")
    admin("POST", "severities", {"name": "sev-9"}, 409)
    assert admin("PATCH", f"severities/{new['id']}", {"tone": "warn"})["items"][-1] == new | {"tone": "warn"}
    assert admin("POST", f"severities/{new['id']}/move", {"to": "up"})["items"][-2]["id"] == new["id"]
    admin("POST", f"severities/{new['id']}/move", {"to": "aside"}, 422)
    admin("DELETE", f"severities/{new['id']}")
    assert [each["name"] for each in admin("GET", "severities")["items"]] == before


def test_a_criterion_set_by_a_call_decides_what_needs_a_postmortem(admin, api):
    assert "downtime" in [each["kind"] for each in admin("GET", "criteria")["items"]]
    sev3 = next(each["id"] for each in admin("GET", "severities")["items"] if each["name"] == "Sev 3")
    admin("PATCH", "criteria/severity", {"is_on": True, "severity": sev3})
    admin("PATCH", "criteria/downtime", {"is_on": True}, 422)
    admin("PATCH", "criteria/weather", {"is_on": True}, 422)
    api("POST", "incidents", {"title": "Slow", "severity": "Sev 3"})
    assert api("GET", "incidents/1").json()["needs_postmortem"] is True
    assert api("PATCH", "criteria/severity", {"is_on": False}).status_code == 403


def test_an_objective_is_set_and_forgotten(admin, api):
    (promise,) = admin("POST", "objectives", {"service": "checkout", "percent": "99.95"})["items"]
    assert (promise["service"], promise["percent"], promise["days"]) == ("checkout", "99.95", 28)
    assert api("GET", "objectives").json()["items"] == [promise]
    admin("POST", "objectives", {"service": "checkout", "percent": "100"}, 422)
    admin("DELETE", f"objectives/{promise['id']}")
    assert api("GET", "objectives").json()["items"] == []


def test_one_changes_oneself_and_no_reading_token_does(api, author):
    assert api("PATCH", "me", {"zone": "Europe/Berlin"}).json()["zone"] == "Europe/Berlin"
    assert api("GET", "me").json() | {"id": 0} == {
        "id": 0, "name": "Author Sample", "role": "author", "email": "author@example.org", "zone": "Europe/Berlin",
    }  # fmt: skip
    assert api("PATCH", "me", {"zone": "Moon"}).status_code == 422
    reading = new_token(author, scope="read", days=1)
    assert api("PATCH", "me", {"name": "Somebody else"}, token=reading).status_code == 403


def test_a_name_elsewhere_is_given_and_taken(admin, api, author):
    seen = admin("POST", f"people/{author.pk}/identities", {"kind": "chat", "value": "@ana"}, 201)
    (name,) = seen["identities"]
    assert (name["kind"], name["value"]) == ("chat", "ana")
    admin("POST", f"people/{author.pk}/identities", {"kind": "chat", "value": "ana"}, 409)
    assert admin("DELETE", f"people/{author.pk}/identities/{name['id']}")["identities"] == []
    assert admin("GET", f"people/{author.pk}")["email"] == "author@example.org"
    assert api("GET", f"people/{author.pk}").status_code == 403


def test_a_codeowners_file_says_first_what_it_would_change(admin, author):
    admin("POST", "services", {"name": "checkout", "paths": ["/services/checkout/"]}, 201)
    file = {"text": f"/services/checkout/ {author.email} @stranger"}
    told = admin("POST", "services/owners", file)
    assert (told["applied"], told["services"][0]["owners"], told["services"][0]["unknown"]) == (
        False, ["Author Sample"], ["@stranger"],
    )  # fmt: skip
    assert admin("GET", "services")["items"][0]["owners"] == []
    assert admin("POST", "services/owners", file | {"apply": True})["applied"] is True
    assert [owner["name"] for owner in admin("GET", "services")["items"][0]["owners"]] == ["Author Sample"]
    assert viewer_of(author).known
