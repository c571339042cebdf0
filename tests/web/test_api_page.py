"""`docs/api.md` has an example of every call, and the bodies of its examples are such as the calls take."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from juncture.web.urls import api

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
EXAMPLES = re.findall(r"^    call (\w+) \"?([^\s\"?]+)[^\s\"]*\"?(.*)$", PAGE.read_text("utf-8"), re.MULTILINE)
CALLS = {
    (method, str(pattern.pattern)): handler.described
    for pattern in api
    for method, handler in getattr(pattern.callback, "methods", {}).items()
}


def call_of(method, path):
    """Return the call of the table that an example makes; of several that fit, the one with the fewest parameters."""
    fitting = [
        (pattern.count("<"), -len(pattern), pattern)
        for each, pattern in CALLS
        if each == method and re.fullmatch(re.sub(r"<\w+:\w+>", lambda _: "[^/]+", pattern.replace(".", r"\.")), path)
    ]
    return (method, min(fitting)[2]) if fitting else None


def test_the_page_of_the_api_has_an_example_of_every_call():
    assert [call for call in CALLS if call not in {call_of(method, path) for method, path, _ in EXAMPLES}] == []


@pytest.mark.parametrize(("method", "path", "rest"), EXAMPLES, ids=[" ".join(each[:2]) for each in EXAMPLES])
def test_an_example_is_a_call_that_there_is_with_a_body_that_it_takes(method, path, rest):
    call = call_of(method, path)
    assert call, f"there is no {method} {path}"
    sent = re.search(r"--json '(.*)'", rest)
    body = CALLS[call].body
    assert bool(sent) == (body is not None), "a body where there is none, or none where there is one"
    if sent:
        msgspec.json.decode(sent[1], type=body)
