"""A page asks the database at most fifteen times, however much there is: every page and every reading call."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.web.test_rights import API, NOT_SO, PAGES, filled

MOST = 15
NOT_THERE = {"incidents/<slug:incident>/artefacts/<slug:sha256>/image/", "api/v1/people/<int:person>"}
"""Of what the world of these tests has none."""
FILES = (".html", ".pdf")
MOST_OF_A_FILE = 20


@pytest.fixture
def there(built, db):
    return built


READING = [address for address, (answers, _) in PAGES.items() if answers is not NOT_SO]
READING += [address for address, methods in API.items() if "GET" in methods]


@pytest.mark.parametrize("address", READING)
def test_an_address_asks_few_questions(there, address):
    client = there.clients["administrator" if address.startswith(("settings", "api/v1/audit", "api/v1/people/")) else "creator"]
    path = filled(address, there.open)
    if address.startswith("api/"):
        client.get(path)
    client.get(path)
    with CaptureQueriesContext(
        connection,
    ) as seen:
        answer = client.get(path)
    asked = [one["sql"] for one in seen if not one["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert answer.status_code in {200, 302} or address in NOT_THERE
    most = MOST_OF_A_FILE if address.endswith(FILES) else MOST
    assert len(asked) <= most, "\n".join(one[:300] for one in asked)
