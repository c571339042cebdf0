"""What a restricted incident changes for everybody who is not on it: nothing, in no byte of any answer."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from tests.web import world
from tests.web.conftest import CHAT

from juncture.document.record_file import read, write
from juncture.web.access.operations import new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.actions.operations import add_action, set_state
from juncture.web.evidence.operations import pasted, receive, receive_into_new
from juncture.web.evidence.remembering import begin_account, release_account
from juncture.web.incidents.editing import Edit, edit_incident
from juncture.web.people.operations import team_named
from juncture.web.postmortems import operations
from juncture.web.postmortems.selectors import postmortems
from juncture.web.timeline.operations import Asked, correct
from juncture.web.timeline.selectors import events_of
from juncture.web.worker import work_once

SECRET = "zzSECRET"
OTHERS = {"viewer": "viewer", "author": "author", "facilitator": "facilitator", "administrator": "administrator"}
PAGES = (
    "/", "/incidents/", "/incidents/?q=zzSECRET", "/incidents/?state=published", "/incidents/new/", "/actions/", "/actions/?view=board",
    "/actions/?q=zzSECRET", "/library/", "/library/?q=zzSECRET", "/library/?q=checkout", "/library/?q=lock",
    "/library/?q=rollback&kind=event", "/settings/people/", "/settings/services/", "/settings/teams/", "/settings/audit/", "/settings/audit/export.csv",
    "/settings/audit/export.jsonl",
    "/incidents/1/", "/incidents/1/timeline/", "/incidents/1/evidence/", "/incidents/1/accounts/", "/postmortems/1/", "/postmortems/1/published/",
    "/postmortems/1/write/", "/postmortems/1/related/", "/postmortems/1/related/?publication=latest", "/incidents/1/related/",
    "/postmortems/1/history/", "/postmortems/1/history/compare/", "/postmortems/1/proposals/", "/postmortems/1/objects/",
)  # fmt: skip
CALLS = (
    "incidents", "incidents?limit=200", "postmortems", "actions", "actions?overdue=true", "search?q=zzSECRET", "search?q=checkout", "search?q=lock",
    "people", "teams", "services", "audit", "postmortems/1.md", "postmortems/1.json", "postmortems/1.html", "postmortems/1/citable?q=lock",
    "postmortems/1/history", "postmortems/1/publications", "postmortems/1/compare", "postmortems/1/proposals", "postmortems/1/objects",
)  # fmt: skip
# The head of the ledger is one for the whole store: that it moves tells that something was received somewhere, and no more.
NOISE = re.compile(
    r'as of <time [^<]*|[0-9a-f]{16}…|name="csrfmiddlewaretoken" value="\w+"|nonce="[^"]*"|hx-headers=\'[^\']*\'|"at":"[^"]*"'
)

RECORD = f"""\
---
severity: Sev 1 {SECRET}
services: [checkout, {SECRET}-service]
started_at: 2026-11-20T14:01:00Z
mitigated_at: 2026-11-20T15:01:00Z
---

# Lock in checkout {SECRET}

## Summary

Checkout failed {SECRET}.

<!-- juncture:impact -->
- Revenue lost
  - low: 111111
  - mid: 222222
  - high: 333333
  - unit: EUR
  - formula: known
<!-- /juncture:impact -->

<!-- juncture:factors -->
- F1, enabler: No lock timeout {SECRET}
<!-- /juncture:factors -->

<!-- juncture:lessons -->
- learned: A lock stops what comes after it {SECRET}.
<!-- /juncture:lessons -->
"""


@pytest.fixture
def before(db):
    """Return the people, and an open incident with its publication: what everybody may see."""
    people = {who: world._person(who) for who in (*OTHERS, "creator")}
    creator = viewer_of(people["creator"])
    team_named(creator, "Payments")
    receive_into_new(creator, [pasted(CHAT)], title="Checkout fails", visibility="organisation", date=None, zone="UTC")
    assert work_once()
    add_action(creator, postmortems(creator)[0][0].id, title="Add a lock timeout", owner="author@example.org")
    operations.set_state(creator, postmortems(creator)[0][0].id, "published")
    return people


def restrict(people, visibility="restricted"):
    """Add an incident that has everything, and that others may not see; the owner of its action is not on it."""
    creator = viewer_of(people["creator"])
    chat = CHAT.replace("checkout", f"checkout {SECRET}")
    run = receive_into_new(creator, [pasted(chat)], title=f"Lock {SECRET}", visibility="restricted", date=None, zone="UTC")
    assert work_once()
    incident = run.incident.public_id
    if visibility == "team":
        incident = edit_incident(creator, incident, Edit(visibility="team", team="Payments"))
    pm = postmortems(creator)[0][0].id
    text = write(read(RECORD).record).encode()
    operations.replace_file(creator, pm, text, expected_etag="*")
    first = add_action(creator, pm, title=f"Lock timeout {SECRET}", owner="author@example.org", due=None)
    operations.set_state(creator, pm, "published")
    set_state(creator, first.public_id, "done")
    add_action(creator, pm, title=f"Late {SECRET}", owner="administrator@example.org")
    event = events_of(creator, incident, limit=1)[0][0]
    correct(creator, incident, Asked(kind="annotate", event=event.id, annotation=f"Note {SECRET}"))
    account = begin_account(creator, incident, text=f"Around 14:02 I saw the lock {SECRET}.")
    begin_account(creator, incident, text=f"Private {SECRET}.")
    release_account(creator, account.public_id)
    assert work_once()
    receive(creator, incident, [pasted(f"12:00 robin: lock again {SECRET}")], date=None, zone="UTC")
    assert work_once()
    operations.import_file(creator, RECORD.encode(), incident_id=incident)
    return incident, pm


def answers(people, who):
    client = Client()
    client.force_login(people[who])
    token = new_token(people[who], scope="admin", days=1)
    got = {path: client.get(path) for path in PAGES}
    got |= {path: Client().get(f"/api/v1/{path}", headers={"Authorization": f"Bearer {token}"}) for path in CALLS}
    return {path: (answer.status_code, NOISE.sub("", whole(answer))) for path, answer in got.items()}


def whole(answer):
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return body.decode("utf-8", "replace")


@pytest.mark.parametrize("visibility", ["restricted", "team"])
@pytest.mark.parametrize("who", OTHERS)
def test_it_changes_no_byte_of_any_answer_to_others(before, who, visibility):
    answers(before, who)
    seen = answers(before, who)
    assert sum(status == 200 for status, _ in seen.values()) > 15
    restrict(before, visibility)
    now = answers(before, who)
    changed = {
        path: (seen[path][0], now[path][0]) for path in seen if _compared(path, seen[path]) != _compared(path, now[path])
    }
    assert changed == {}, _difference(seen, now, changed)
    assert not [
        path
        for path, (_, body) in now.items()
        if SECRET in body.replace(f"q={SECRET}", "").replace(f'"{SECRET}"', "")
        and path not in {"/incidents/?q=zzSECRET", "/library/?q=zzSECRET", "/actions/?q=zzSECRET"}
    ]


def _compared(path, answer):
    # The audit tells an administrator of the tokens that this test itself makes.
    return answer if "audit" not in path else (answer[0], SECRET in answer[1])


def _difference(seen, now, changed):
    import difflib

    told = []
    for path in changed:
        lines = difflib.unified_diff(re.split(r"(?<=>)", seen[path][1]), re.split(r"(?<=>)", now[path][1]), lineterm="", n=0)
        told.append(f"{path}: " + " | ".join(line[:160] for line in list(lines)[2:8]))
    return "\n".join(told)


def test_who_is_on_it_sees_it(before):
    incident, pm = restrict(before)
    client = Client()
    client.force_login(before["creator"])
    for path in ("/incidents/", f"/incidents/{incident}/", f"/postmortems/{pm}/", "/library/?q=lock", "/actions/"):
        assert SECRET in whole(client.get(path)), path
