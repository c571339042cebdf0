"""Killed at any moment of import, save, publish, erasure: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import os
import random
import time

import pytest
from tests.web.killed import CHAT, SAM, Client, Database
from tests.web.served import Server
from tests.web.whole import half_there, settled, unfinished

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own, on both databases"
)
SEED = int(os.environ.get("JUNCTURE_TEST_SEED", "0")) or random.randrange(1, 10**6)
ROUNDS = int(os.environ.get("JUNCTURE_TEST_ROUNDS", "40"))


@pytest.fixture
def served(tmp_path):
    started = []

    def start(database=""):
        server = Server(tmp_path / "data", database).start()
        started.append(server)
        server.person(SAM, "author")
        return Client(server)

    yield start
    for server in started:
        server.kill_everything()


def killed(client, rounds, seed):
    """Work and be killed, again and again: at any moment, or within 0.3 s of something having been sent."""
    chance = random.Random(seed)
    print(f"seed {seed}")
    for number in range(rounds):
        client.begin()
        if number % 2:
            for _ in range(chance.randrange(1, 60)):
                client.busy.acquire(timeout=10)
            time.sleep(chance.uniform(0, 0.3))
        else:
            time.sleep(chance.uniform(0.2, 3))
        client.server.kill_everything()
        client.end()
        Database(client.server).at_rest()
        assert list(half_there(client)) == [], f"seed {seed}, round {number}"
        client.server.start()
    settled(client)
    incident = client.server.call("POST", "incidents", {"title": "Afterwards"}, as_=SAM)[1]["id"]
    client.send("last", incident, "zzlast", CHAT.encode(), "chat.txt")
    settled(client)
    assert list(unfinished(client)) == [], f"seed {seed}"
    assert client.broken == []


def test_killed_a_few_times_nothing_acknowledged_is_lost_and_nothing_is_half_there(served):
    killed(served(), 3, seed=SEED)


@pytest.mark.long
def test_killed_again_and_again_nothing_acknowledged_is_lost_and_nothing_is_half_there(served):
    killed(served(), ROUNDS, seed=SEED)


@pytest.mark.long
def test_killed_again_and_again_on_postgresql_it_is_the_same(served, postgresql):
    killed(served(postgresql), ROUNDS, seed=SEED)
