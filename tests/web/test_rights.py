"""Who may what, for every address there is: a new address fails here until it is in the table."""

from __future__ import annotations

import json
import re
from importlib import import_module

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver
from tests.web.addresses import APPS, NOT_SO
from tests.web.world import ASKING, SECRET, WORKING

from juncture.web.access.operations import new_token

TABLES = [import_module(f"tests.web.addresses.{app}") for app in APPS]
PAGES = {address: answers for table in TABLES for address, answers in table.PAGES.items()}
API = {address: answers for table in TABLES for address, answers in table.CALLS.items()}
OPEN_TO_ALL = {address for table in TABLES for address in getattr(table, "OPEN", ())}
UNBOUND = {address for table in TABLES for address in getattr(table, "UNBOUND", ())}
BODIES = {end: body for table in TABLES for end, body in getattr(table, "BODIES", {}).items()}


def addresses(patterns=None, above=""):
    for each in get_resolver().url_patterns if patterns is None else patterns:
        path = above + str(each.pattern)
        if isinstance(each, URLPattern):
            yield path
        else:
            yield from addresses(each.url_patterns, path)


def test_every_address_is_in_the_table():
    assert sorted(set(addresses())) == sorted({*PAGES, *API, *OPEN_TO_ALL})


@pytest.fixture
def there(built, db):
    return built


def filled(address, of):
    extra = (
        {name: value for table in TABLES if hasattr(table, "EXTRA") for name, value in table.EXTRA(of).items()}
        if of is not NOWHERE
        else {}
    )
    of = NOWHERE | of | extra
    return "/" + re.sub(r"<\w+:(\w+)>", lambda found: str(of[found[1]]), address)


def asked(there, who, method, path):
    client = there.clients[who]
    if method == "GET":
        return client.get(path)
    return client.post(
        path, {"to": "nowhere", "base": "", "text": ""} if "sections" not in path else {"base": "x", "text": "x"}
    )


def expected(answers, who):
    return answers[ASKING.index(who) - 1]


def body_of(answer):
    if answer.streaming:
        answer.whole = getattr(answer, "whole", None) or b"".join(answer.streaming_content)
        return answer.whole.decode("utf-8", "replace")
    return answer.content.decode("utf-8", "replace")


def calls():
    return [(address, method) for address, methods in API.items() for method in methods]


@pytest.mark.parametrize("who", ASKING)
def test_pages_of_an_open_incident(there, who):
    wrong = []
    for address, of_methods in PAGES.items():
        for method, answers in zip(("GET", "POST"), of_methods, strict=True):
            if answers is None:
                continue
            answer = asked(there, who, method, filled(address, there.open))
            if who == "nobody" and answers is not NOT_SO:
                right = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            else:
                right = answer.status_code == (405 if answers is NOT_SO else expected(answers, who))
            if who in {"nobody", "viewer"}:
                right = right and WORKING not in body_of(answer)
            if who != "creator":
                right = right and SECRET not in body_of(answer)
            if not right:
                wrong.append((method, address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("who", ASKING)
def test_pages_of_a_restricted_incident_are_nowhere_for_others(there, who):
    wrong = []
    for address, of_methods in PAGES.items():
        for method, answers in zip(("GET", "POST"), of_methods, strict=True):
            if "<" not in address or address in UNBOUND or answers is NOT_SO:
                continue
            answer = asked(there, who, method, filled(address, there.restricted))
            if who == "creator":
                right = answer.status_code == expected(answers, who)
            elif who == "nobody":
                right = answer.status_code == 302 and answer["Location"].startswith("/sign-in/")
            else:
                same = asked(there, who, method, filled(address, NOWHERE))
                right = answer.status_code == same.status_code in {403, 404, 422}
            if not right or (who != "creator" and SECRET in body_of(answer)):
                wrong.append((method, address, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("by", ["token", "session"])
@pytest.mark.parametrize("who", ASKING)
def test_calls_of_an_open_incident(there, who, by):
    wrong = []
    for address, method in calls():
        answer = called(there, who, method, filled(address, there.open), by)
        right = answer.status_code == (401 if who == "nobody" else expected(API[address][method], who))
        if who in {"nobody", "viewer"}:
            right = right and WORKING not in body_of(answer)
        if not right or (who != "creator" and SECRET in body_of(answer)):
            wrong.append((method, address, answer.status_code, body_of(answer)[:100]))
    assert wrong == []


@pytest.mark.parametrize("who", ASKING)
def test_calls_of_a_restricted_incident_find_what_there_is_not(there, who):
    wrong = []
    for address, method in calls():
        if "<" not in address or address in UNBOUND:
            continue
        answer = called(there, who, method, filled(address, there.restricted), "token")
        if who == "creator":
            right = answer.status_code == expected(API[address][method], who)
        else:
            same = called(there, who, method, filled(address, NOWHERE), "token")
            right = (answer.status_code, body_of(answer)) == (same.status_code, body_of(same))
            right = (
                right and (answer.status_code == 404 or method != "GET" or who == "nobody") and SECRET not in body_of(answer)
            )
        if not right:
            wrong.append((method, address, answer.status_code, body_of(answer)[:100]))
    assert wrong == []


NOWHERE = {"incident": "f" * 24, "run": "f" * 24, "postmortem": "f" * 24, "section": 999999} | {
    name: value for table in TABLES for name, value in getattr(table, "NOWHERE", {}).items()
}
"""What there is not: a restricted incident has to look the same to whoever may not see it."""


def called(there, who, method, path, by, headers=None):
    client, more = there.clients[who], {}
    if by == "token" and who != "nobody":
        client, more = Client(), {"headers": headers or {"Authorization": f"Bearer {there.tokens[who]}"}}
    last = re.sub(r"/\d+$", "", path).rpartition("/")[2]
    body = json.dumps(BODIES.get(last, {})) if method in {"POST", "PATCH"} else ""
    return client.generic(method, path, body, content_type="application/json", **more)


def test_no_list_names_a_restricted_incident_to_others(there):
    for path in ("/", "/incidents/", "/api/v1/incidents", "/api/v1/postmortems"):
        for who in ("viewer", "author", "administrator"):
            assert SECRET not in body_of(there.clients[who].get(path)), (who, path)
        assert SECRET in body_of(there.clients["creator"].get(path)), path


def test_nothing_is_changed_by_a_page_of_somebody_else(there):
    client = Client(enforce_csrf_checks=True)
    client.force_login(there.people["creator"])
    wrong = []
    for address in (*PAGES, *API, "sign-out/", "sign-in/"):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = client.generic(method, filled(address, there.open), "{}", content_type="application/json")
            if answer.status_code != 403:
                wrong.append((method, address, answer.status_code))
    assert wrong == []


def test_a_reading_token_of_a_writer_reads_publications_alone(there):
    reading = {"Authorization": f"Bearer {new_token(there.people['creator'], scope='read', days=1)}"}
    for address, method in calls():
        answer = called(there, "creator", method, filled(address, there.open), "token", reading)
        assert WORKING not in body_of(answer), (address, method)
        assert method == "GET" or answer.status_code == 403, (address, method)
