"""`/api/v1/openapi.json`: made from the table of addresses and the structs, so that it says what they do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern
from django.views.decorators.http import require_safe

from juncture import __version__
from juncture.web.access.problems import BODY_LIMIT, Problem
from juncture.web.api.describing import Described, Query

_PARAMETER = re.compile(r"<(\w+):(\w+)>")
_KINDS = {"slug": {"type": "string"}, "int": {"type": "integer"}, "str": {"type": "string"}}
_ALWAYS_REFUSED = (401, 429)
_REFUSED = {
    400: "The body is no JSON.",
    401: "No token, or one that is not known.",
    403: "The role or the token does not allow it.",
    404: "There is none, or it is not open to the caller.",
    409: "The state of things forbids it now.",
    412: "It was changed since the caller read it.",
    413: f"Larger than the limit ({BODY_LIMIT // 1024 // 1024} MB of text, or the upload limit).",
    415: "Not a form that is read here.",
    422: "A value cannot be taken; `detail` says which and why.",
    428: "`If-Match` is needed.",
    429: "Too many calls; `Retry-After` says how many seconds to wait.",
    501: "What does this is not installed; `detail` says how.",
    503: "Too much of this is being done; try again.",
    507: "The disk of the server is full.",
}
_NUMBERS = {"object", "section", "token", "person", "service", "severity", "objective", "identity"}
"""Names in addresses that stand for a number."""
PREFIX = "/api/v1/"


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """Answer the document. It says nothing of anybody's data, so it needs no token."""
    del request
    return HttpResponse(_written(), content_type="application/json")


@cache
def _written() -> bytes:
    from juncture.web.urls import api  # noqa: PLC0415 - the table names this view itself

    return msgspec.json.format(msgspec.json.encode(document(api)), indent=1)


def document(patterns: Iterable[URLPattern]) -> dict[str, Any]:
    """Return the OpenAPI 3.1 document of a table of addresses."""
    found = list(_calls(patterns))
    types = [kind for _, _, call in found for kind in (call.body, call.answer) if kind is not None]
    schemas, components = msgspec.json.schema_components([*types, Problem], ref_template="#/components/schemas/{name}")
    refs = iter(schemas)
    paths: dict[str, dict[str, Any]] = {}
    for path, method, call in found:
        body = next(refs) if call.body is not None else None
        answer = next(refs) if call.answer is not None else None
        paths.setdefault(path, {})[method.lower()] = _operation(path, method, call, body, answer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Juncture",
            "version": __version__,
            "description": "Raw evidence becomes a cited postmortem. Errors are problem details (RFC 9457).",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": PREFIX.rstrip("/")}],
        "security": [{"token": []}],
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "`juncture token EMAIL` prints one."}
            },
        },
    }


def _calls(patterns: Iterable[URLPattern]) -> Iterator[tuple[str, str, Described]]:
    for pattern in patterns:
        path = "/" + _PARAMETER.sub(r"{\2}", str(pattern.pattern))
        for method, handler in getattr(pattern.callback, "methods", {}).items():
            yield path, method, handler.described


def _operation(path: str, method: str, call: Described, body: Any, answer: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON schemas
    of_path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "integer" if name in _NUMBERS else "string"}}
        for name in re.findall(r"{(\w+)}", path)
    ]
    operation: dict[str, Any] = {
        "summary": call.summary,
        "operationId": _name(path, method),
        "parameters": [*of_path, *map(_parameter, call.query)],
        "responses": {str(call.status): _answered(call, answer)},
    }
    refused = sorted({*_ALWAYS_REFUSED, *call.refuses, *((404,) if of_path else ()), *((400, 413, 422) if body else ())})
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    operation["responses"] |= {str(status): {"description": _REFUSED[status], "content": problem} for status in refused}
    if body is not None:
        operation["requestBody"] = {"required": True, "content": {"application/json": {"schema": body}}}
    elif call.takes != ("application/json",):
        operation["requestBody"] = {"required": True, "content": {kind: {"schema": _FORMS[kind]} for kind in call.takes}}
    return operation


_FORMS: dict[str, dict[str, Any]] = {
    "text/plain": {"type": "string", "description": "Pasted text, as it was copied."},
    "text/markdown": {"type": "string", "description": "One Markdown file, as the record file is documented."},
    "multipart/form-data": {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"type": "array", "items": {"type": "string", "format": "binary"}}},
    },
}


def _answered(call: Described, schema: Any) -> dict[str, Any]:  # noqa: ANN401 - a JSON schema
    return {"description": call.summary, "content": {call.gives: {"schema": {"type": "string"} if schema is None else schema}}}


def _parameter(query: Query) -> dict[str, Any]:
    schema = {"type": query.type} | ({"format": query.format} if query.format else {})
    return {"name": query.name, "in": "query", "description": query.meaning, "schema": schema}


def _name(path: str, method: str) -> str:
    words = re.findall(r"\w+", path.replace("{", "").replace("}", ""))
    return "_".join((method.lower(), *words))
