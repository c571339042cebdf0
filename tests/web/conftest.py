import os
import secrets

import pytest
from django.conf import settings
from django.db import transaction
from tests.on_postgresql import DEFAULT

from juncture.web.access.operations import add_person, new_token
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.evidence import store
from juncture.web.journal.append_only import guard, unguard
from juncture.web.worker import work_once

CHAT = """\
Sam Sample
  2:01 PM
checkout answers 500 since the deploy

Robin Sample
  2:03 PM
seeing the same, ack
2:04
rolling back release 412 now
2:09
error rate is falling

Sam Sample
  2:15 PM
back to normal, all clear
"""
PASSWORD = "a long enough passphrase"


@pytest.fixture(scope="session", autouse=True)
def _journal_can_be_emptied_between_tests():
    """Tests with transactions of their own empty all tables afterwards; the journal would refuse."""
    from django.db import connection

    empty = connection.ops.execute_sql_flush

    def flush(statements):
        unguard(connection)
        empty(statements)
        guard(connection)

    connection.ops.execute_sql_flush = flush


@pytest.fixture(autouse=True)
def _own_folder(request, settings, tmp_path):
    settings.DATA = request.getfixturevalue("built").folder if "built" in request.fixturenames else tmp_path
    store._store_at.cache_clear()


@pytest.fixture(scope="module")
def built(django_db_setup, django_db_blocker, tmp_path_factory):
    """The world of `world.build()`, once for all tests of a module: what each of them changes is rolled back."""
    from tests.web import world

    data, settings.DATA = settings.DATA, tmp_path_factory.mktemp("world")
    store._store_at.cache_clear()
    with django_db_blocker.unblock(), transaction.atomic():
        there = world.build()
        there.folder, settings.DATA = settings.DATA, data
        yield there
        transaction.set_rollback(True)


@pytest.fixture
def person(db):
    def add(role, email=None):
        return add_person(
            SYSTEM, email=email or f"{role}@example.org", name=f"{role.title()} Sample", role=role, password=PASSWORD
        )

    return add


@pytest.fixture
def author(person):
    return person("author")


@pytest.fixture
def viewer(author):
    return viewer_of(author)


@pytest.fixture
def signed_in(client, author):
    client.force_login(author)
    return client


@pytest.fixture
def api(client, author):
    token = new_token(author, scope="write", days=1)

    def call(method, path, body=None, *, token=token, content_type="application/json", **more):
        import json

        data = json.dumps(body) if content_type == "application/json" and body is not None else body or ""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return client.generic(method, f"/api/v1/{path}", data, content_type=content_type, headers=headers, **more)

    return call


@pytest.fixture
def work(db):
    def all_due():
        count = 0
        while work_once():
            count += 1
        return count

    return all_due


@pytest.fixture
def postgresql():
    """The address of an empty database of its own on the PostgreSQL of `tests.on_postgresql`."""
    psycopg = pytest.importorskip("psycopg")
    server = os.environ.get("JUNCTURE_TEST_POSTGRESQL", DEFAULT)
    try:
        held = psycopg.connect(server, connect_timeout=3, autocommit=True)
    except psycopg.OperationalError:
        if "postgresql" in os.environ.get("JUNCTURE_REQUIRE", "").split():
            raise
        pytest.skip("no PostgreSQL is found")
    name = f"juncture_killed_{secrets.token_hex(6)}"
    held.execute(f'CREATE DATABASE "{name}"')
    yield f"{server.rpartition('/')[0]}/{name}"
    held.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
    held.close()
