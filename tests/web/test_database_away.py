"""A database that is locked or away: said in a sentence, nothing lost, and the next call and the worker go on by themselves."""

from __future__ import annotations

import os
import sqlite3
import time

import pytest
from tests.web.killed import SAM, Client
from tests.web.served import Server
from tests.web.whole import half_there, settled, unfinished

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own, on both databases"
)


@pytest.fixture
def served(tmp_path):
    started = []

    def start(database=""):
        started.append(Server(tmp_path / "data", database).start())
        started[0].person(SAM, "author")
        return Client(started[0])

    yield start
    started[0].kill_everything()


@pytest.mark.long
def test_a_database_that_is_locked_for_long_is_said_and_all_goes_on_afterwards(served):
    client = served()
    client.upload()
    database = sqlite3.connect(client.server.data / "juncture.sqlite3", isolation_level=None, timeout=30)
    database.execute("BEGIN IMMEDIATE")
    started = time.monotonic()
    status, answer = client.server.call("POST", "incidents", {"title": "While it was locked"}, as_=SAM)
    assert (status, answer["detail"].startswith("The database is busy with other work.")) == (503, True)
    assert client.server.call("GET", f"postmortems/{client.document}", as_=SAM)[0] == 200
    time.sleep(max(0, 45 - (time.monotonic() - started)))
    database.execute("ROLLBACK")
    database.close()
    client.upload()
    settled(client)
    assert list(half_there(client)) + list(unfinished(client)) == []
    assert client.server.said().count("is started again") == 0


def test_postgresql_that_drops_all_connections_while_it_serves_is_found_again(served, postgresql):
    import psycopg

    client = served(postgresql)
    client.begin()
    with psycopg.connect(postgresql, autocommit=True) as other:
        for _ in range(4):
            time.sleep(0.7)
            other.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
    time.sleep(0.5)
    client.end()
    assert all(" 503 " in one and "The database does not answer." in one for one in client.broken), client.broken
    assert client.server.call("POST", "incidents", {"title": "Afterwards"}, as_=SAM)[0] == 201
    settled(client)
    assert list(half_there(client)) + list(unfinished(client)) == []
