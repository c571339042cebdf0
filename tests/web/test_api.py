import hashlib

import pytest
from tests.web.conftest import CHAT

from juncture.web.access.operations import new_token
from juncture.web.postmortems.models import Publication


def started(api, work, **body):
    incident = api("POST", "incidents", {"title": "Checkout fails", "started_at": "2026-03-02T14:00:00Z", **body}).json()["id"]
    run = api("POST", f"incidents/{incident}/evidence?timezone=UTC", CHAT, content_type="text/plain").json()["import_id"]
    work()
    return incident, run


def test_from_declaration_to_publication(api, work):
    incident, run = started(api, work, severity="Sev 1", services=["checkout"])
    read = api("GET", f"imports/{run}").json()
    assert (read["state"], read["events"], read["left_out"]) == ("done", 5, [])
    events = api("GET", f"incidents/{incident}/timeline?limit=2").json()
    assert [event["occurred_at"][:16] for event in events["items"]] == ["2026-03-02T14:01", "2026-03-02T14:03"]
    following = api("GET", f"incidents/{incident}/timeline?limit=1000&cursor={events['next']}").json()
    assert (len(following["items"]), following["next"]) == (3, None)
    started_one = api("POST", f"incidents/{incident}/postmortem", {}).json()
    assert started_one["state"] == "draft"
    whole = api("GET", f"postmortems/{started_one['id']}").json()
    assert whole["record"]["incident"]["severity"] == "Sev 1"
    section = whole["sections"][0]
    answer = api(
        "PATCH", f"postmortems/{started_one['id']}/sections/{section['id']}", {"base": section["markdown"], "text": "Plain."}
    )
    assert answer.json() == {"text": "Plain."}
    assert api("POST", f"postmortems/{started_one['id']}/state", {"to": "published"}).json()["state"] == "published"
    text = api("GET", f"postmortems/{started_one['id']}.md")
    assert text["ETag"].strip('"') == hashlib.sha256(text.content).hexdigest()
    assert b"\nPlain.\n" in text.content
    page = api("GET", f"postmortems/{started_one['id']}.html")
    assert "sandbox allow-scripts" in page["Content-Security-Policy"]
    assert "sha256-" in page["Content-Security-Policy"]


def test_readers_get_the_publication_and_nothing_before_there_is_one(api, work, person, client):
    incident, _ = started(api, work)
    postmortem = api("POST", f"incidents/{incident}/postmortem", {}).json()["id"]
    reader = new_token(person("viewer"), scope="read", days=1)
    assert api("GET", f"postmortems/{postmortem}", token=reader).status_code == 404
    assert api("GET", f"postmortems/{postmortem}.md", token=reader).status_code == 404
    api("POST", f"postmortems/{postmortem}/state", {"to": "published"})
    frozen = api("GET", f"postmortems/{postmortem}.md", token=reader).content
    section = api("GET", f"postmortems/{postmortem}").json()["sections"][0]
    api("PATCH", f"postmortems/{postmortem}/sections/{section['id']}", {"base": section["markdown"], "text": "Later words."})
    assert api("GET", f"postmortems/{postmortem}.md", token=reader).content == frozen
    assert b"Later words." in api("GET", f"postmortems/{postmortem}.md").content
    assert b"Later words." not in api("GET", f"postmortems/{postmortem}.md?publication=latest").content
    assert Publication.objects.get().ledger_head


def test_a_restricted_incident_is_nowhere_for_others(api, work, person):
    incident, run = started(api, work, visibility="restricted")
    postmortem = api("POST", f"incidents/{incident}/postmortem", {}).json()["id"]
    api("POST", f"postmortems/{postmortem}/state", {"to": "published"})
    assert not incident.isdecimal()
    assert len(incident) >= 20
    for role in ("viewer", "author", "facilitator", "administrator"):
        other = new_token(person(role, f"other-{role}@example.org"), scope="admin", days=1)
        for path in (
            f"incidents/{incident}", f"incidents/{incident}/timeline", f"imports/{run}",
            f"postmortems/{postmortem}", f"postmortems/{postmortem}.md", f"postmortems/{postmortem}.html", f"postmortems/{postmortem}.json",
        ):  # fmt: skip
            assert api("GET", path, token=other).status_code == 404, (role, path)
        assert api("GET", "incidents", token=other).json()["items"] == []
        assert api("GET", "postmortems", token=other).json()["items"] == []


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "incidents/none", None, 404),
        ("POST", "incidents", {"title": "  "}, 422),
        ("POST", "incidents", {"title": 7}, 422),
        ("POST", "incidents", {"title": "x", "unknown": 1}, 422),
        ("POST", "incidents", {"title": "a\x00b"}, 422),
        ("POST", "incidents", {"title": "x", "visibility": "secret"}, 422),
        ("GET", "incidents?cursor=zzz!", None, 422),
        ("GET", "incidents?limit=0", None, 422),
        ("DELETE", "incidents", None, 405),
    ],
)
def test_what_cannot_be_taken_is_a_problem_with_a_sentence(api, method, path, body, status):
    answer = api(method, path, body)
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert answer.json()["detail"].endswith((".", "administrator")) or answer.json()["detail"]


def test_a_body_that_is_not_json_is_400(api):
    assert api("POST", "incidents", "{", content_type="application/octet-stream").status_code == 400


def test_no_token_no_answer(api, db):
    assert api("GET", "incidents", token=None).status_code == 401
    assert api("GET", "incidents", token="guessed").status_code == 401


def test_a_reading_token_does_not_write(api, author):
    reading = new_token(author, scope="read", days=1)
    assert api("POST", "incidents", {"title": "x"}, token=reading).status_code == 403
    assert api("GET", "incidents", token=reading).status_code == 200


def test_a_token_opens_no_page(client, author):
    token = new_token(author, scope="admin", days=1)
    assert client.get("/", headers={"Authorization": f"Bearer {token}"}).status_code == 302


def test_an_unknown_zone_is_named(api):
    api("POST", "incidents", {"title": "x"})
    answer = api("POST", "incidents/1/evidence?timezone=Mars/Base", "x", content_type="text/plain")
    assert (answer.status_code, "Mars/Base" in answer.json()["detail"]) == (422, True)
