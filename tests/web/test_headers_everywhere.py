"""What every answer of every address tells the browser, whatever it answers: a walk over all pages and calls."""

from __future__ import annotations

import pytest
from tests.web.test_headers import wrong_in
from tests.web.test_rights import API, NOWHERE, PAGES, filled

METHODS = (("GET", PAGES), ("POST", PAGES), ("GET", API), ("POST", API), ("PATCH", API), ("DELETE", API))


@pytest.fixture
def there(built, db):
    return built


@pytest.mark.parametrize("who", ["nobody", "viewer", "creator", "administrator"])
def test_of_every_address(there, who):
    wrong, count = {}, 0
    for method, address in ((method, address) for method, table in METHODS for address in table):
        for of in (there.open, NOWHERE):
            if of is NOWHERE and "<" not in address:
                continue
            path = filled(address, of)
            answer = there.clients[who].generic(method, path, "{}", content_type="application/json")
            count += 1
            if found := wrong_in(answer, path):
                wrong[method, path, answer.status_code] = found
    assert wrong == {}
    assert count > 300
