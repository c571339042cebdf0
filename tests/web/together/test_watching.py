"""One watch a process looks for what others changed, and for lost rights, whatever the database does meanwhile."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from django.db import OperationalError

from juncture.web.journal.noticing import changed_since, newest_changes
from juncture.web.postmortems import operations
from juncture.web.together.house import House


def test_a_database_that_is_away_when_somebody_comes_does_not_end_the_watch():
    heard, asked = [], []

    async def watch():
        house, told = House(), asyncio.Event()
        house._rooms[1] = SimpleNamespace(
            postmortem=1, number=0, members={}, tell_all=lambda said: (heard.append(said), told.set())
        )

        async def in_thread(run, *_):
            asked.append(run)
            if len(asked) == 1:
                raise OperationalError("the database is away")
            answers = {newest_changes: frozenset(), operations.numbers_of: {}}
            answers[changed_since] = (frozenset(), {(1, "objects")}, False)
            return answers[run]

        house.in_thread = in_thread
        task = asyncio.create_task(house._watch())
        async with asyncio.timeout(10):
            await told.wait()
        house._rooms.clear()
        await task

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, watch()).result()
    assert b"objects" in heard[0]
    assert asked[0] is newest_changes
