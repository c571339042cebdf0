"""The API under whatever a program may send: documented answers alone, and never a 5xx.

Few examples a call here; `make check-all` sends many. Half of the ids that a call names are ids that there are.
"""

from __future__ import annotations

import os
import random
from functools import cache

import hypothesis
import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = (not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance)
CALLS_A_MINUTE = 10_000_000


@cache
def schema():
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())


def operations():
    return sorted(
        (result.ok() for result in schema().get_all_operations()), key=lambda operation: (operation.path, operation.method)
    )


def names():
    return [f"{operation.method.upper()} {operation.path}" for operation in operations()]


@pytest.fixture
def there(built, db, monkeypatch):
    from juncture.web.access import limits, middleware

    monkeypatch.setattr(middleware, "CALLS", limits.Buckets(CALLS_A_MINUTE))
    # As Django's own test client does: the test's connection outlives its calls.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield built
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def send(operation, there, examples):
    ids = {name: str(value) for name, value in there.open.items()}
    draw = random.Random(operation.label)

    @hypothesis.settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(hypothesis.HealthCheck),
        phases=[hypothesis.Phase.generate],
    )
    @hypothesis.given(case=operation.as_strategy())
    def each(case):
        for name in case.path_parameters or {}:
            if name in ids and draw.random() < 0.5:
                case.path_parameters[name] = ids[name]
        case.call_and_validate(headers={"Authorization": f"Bearer {there.tokens['creator']}"}, checks=CHECKS)

    each()


@pytest.mark.parametrize("name", names())
def test_no_call_breaks(there, name):
    send(operations()[names().index(name)], there, 12)


@pytest.mark.long
@pytest.mark.parametrize("name", names())
def test_no_call_breaks_under_many_examples(there, name):
    send(operations()[names().index(name)], there, int(os.environ.get("JUNCTURE_EXAMPLES", "300")))
