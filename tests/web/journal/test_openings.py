"""Whoever is shown something of a restricted incident has opened it, whatever the address and the method."""

from datetime import timedelta

import pytest
from tests.web.test_rights import API, PAGES, UNBOUND, asked, body_of, called, calls, filled
from tests.web.world import SECRET

from juncture.web.journal.models import Opening


@pytest.fixture
def there(built, db, monkeypatch):
    monkeypatch.setattr("juncture.web.journal.operations.SAME_OPENING", timedelta(0))
    return built


def test_every_page_and_call_that_shows_something_is_noted(there):
    asked_for = [(method, address) for address in PAGES for method in ("GET", "POST")]
    ways = [(method, address, lambda m, path: asked(there, "creator", m, path)) for method, address in asked_for]
    ways += [(method, address, lambda m, path: called(there, "creator", m, path, "token")) for address, method in calls()]
    unnoted, posted = [], 0
    for method, address, ask in ways:
        if "<" not in address or address in UNBOUND:
            continue
        before = Opening.objects.count()
        answer = ask(method, filled(address, there.restricted))
        if answer.status_code < 300 or SECRET in body_of(answer):
            posted += method != "GET" and SECRET in body_of(answer)
            if Opening.objects.count() == before and body_of(answer):
                unnoted.append((method, address, answer.status_code))
    assert unnoted == []
    assert posted > 5
    assert API


def test_a_form_with_its_complaint_is_noted_and_a_refusal_is_not(there):
    incident = there.restricted["incident"]
    before = Opening.objects.count()
    answer = there.clients["creator"].post(f"/incidents/{incident}/waive/", {"reason": ""})
    assert (answer.status_code, SECRET in body_of(answer)) == (422, True)
    assert Opening.objects.count() == before + 1
    for who in ("viewer", "author", "administrator"):
        there.clients[who].post(f"/incidents/{incident}/waive/", {"reason": ""})
    assert there.clients["creator"].post(f"/incidents/{there.open['incident']}/waive/", {"reason": ""}).status_code == 422
    assert Opening.objects.count() == before + 1


def test_who_sends_a_file_took_no_export(there, monkeypatch):
    postmortem = there.open["postmortem"]
    before = Opening.objects.count()
    called(there, "creator", "PUT", f"/api/v1/postmortems/{postmortem}.md", "token")
    assert Opening.objects.count() == before
