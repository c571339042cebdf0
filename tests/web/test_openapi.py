"""The document that describes the API says what the API does."""

from __future__ import annotations

import re

import pytest
from tests.web.conftest import CHAT

from juncture.web.urls import api as table


@pytest.fixture
def document(client, db):
    answer = client.get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return answer.json()


def test_every_call_of_the_table_is_described_and_no_other(document):
    described = {(path, method) for path, methods in document["paths"].items() for method in methods}
    known = set()
    for pattern in table:
        path = "/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(pattern.pattern))
        known |= {(path, method.lower()) for method in getattr(pattern.callback, "methods", {})}
    assert described == known
    assert len(known) >= 15
    for methods in document["paths"].values():
        for call in methods.values():
            assert call["summary"].endswith((".", ".)"))
            assert {"401", "429"} <= set(call["responses"])


def test_what_is_answered_is_what_is_described(document, api, work):
    incident = checked(document, api, "POST", "/incidents", {"title": "Checkout fails"}, 201)["id"]
    run = api("POST", f"incidents/{incident}/evidence?date=2026-03-02&timezone=UTC", CHAT, content_type="text/plain")
    fits(document, run, "/incidents/{incident}/evidence", "post", 202)
    work()
    checked(document, api, "GET", f"/imports/{run.json()['import_id']}")
    checked(document, api, "GET", "/incidents")
    checked(document, api, "GET", f"/incidents/{incident}")
    checked(document, api, "GET", f"/incidents/{incident}/timeline?limit=2")
    postmortem = checked(document, api, "POST", f"/incidents/{incident}/postmortem", {}, 201)["id"]
    checked(document, api, "GET", "/postmortems")
    section = checked(document, api, "GET", f"/postmortems/{postmortem}")["sections"][0]
    checked(document, api, "GET", f"/postmortems/{postmortem}.json")
    checked(
        document,
        api,
        "PATCH",
        f"/postmortems/{postmortem}/sections/{section['id']}",
        {"base": section["markdown"], "text": "x"},
    )
    checked(document, api, "POST", f"/postmortems/{postmortem}/state", {"to": "published"})
    checked(document, api, "POST", f"/postmortems/{postmortem}/state", {"to": "draft"}, 200)
    checked(document, api, "POST", f"/postmortems/{postmortem}/state", {"to": "closed"}, 409)
    checked(document, api, "GET", "/incidents/none", None, 404)
    checked(document, api, "POST", "/incidents", {"title": ""}, 422)


def test_no_list_is_described_by_its_places(document):
    def lists(schema):
        for name, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
            if name == "items" and isinstance(value, list):
                yield schema
            if isinstance(value, dict | list):
                yield from lists(value)

    assert list(lists(document)) == [], "OpenAPI 3.1 knows no such schema: name the places in a struct"


def checked(document, api, method, path, body=None, status=200):
    answer = api(method, path[1:], body)
    template = next(
        each
        for each in document["paths"]
        if re.fullmatch(re.sub(r"\\{\w+\\}", r"[\\w-]+", re.escape(each)), path.partition("?")[0])
    )
    fits(document, answer, template, method.lower(), status)
    return answer.json()


def fits(document, answer, path, method, status):
    assert answer.status_code == status, answer.content
    described = document["paths"][path][method]["responses"][str(status)]["content"]
    assert answer["Content-Type"] in described
    wrong = list(misfits(document, answer.json(), described[answer["Content-Type"]]["schema"], path))
    assert wrong == []


def misfits(document, value, schema, where):
    """Yield where a value does not fit a schema, as far as msgspec writes schemas: every field known, every required one there."""
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "anyOf" in schema:
        tried = [list(misfits(document, value, each, where)) for each in schema["anyOf"]]
        if all(tried):
            yield min(tried, key=len)
        return
    kinds = {
        "object": dict,
        "array": list,
        "string": str,
        "integer": int,
        "number": (int, float),
        "boolean": bool,
        "null": type(None),
    }
    if "type" in schema and not isinstance(value, kinds[schema["type"]]):
        yield f"{where} is no {schema['type']}: {value!r}"
    elif "enum" in schema and value not in schema["enum"]:
        yield f"{where} is none of {schema['enum']}: {value!r}"
    elif isinstance(value, dict) and "properties" in schema:
        known = schema["properties"]
        yield from (f"{where} has no {name}" for name in schema.get("required", ()) if name not in value)
        yield from (f"{where} has {name}, which is not described" for name in value if name not in known)
        for name in value.keys() & known.keys():
            yield from misfits(document, value[name], known[name], f"{where}.{name}")
    elif isinstance(value, list) and isinstance(schema.get("items"), dict):
        for each in value:
            yield from misfits(document, each, schema["items"], f"{where}[]")
