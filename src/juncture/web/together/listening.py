"""Hear what other processes store: PostgreSQL tells it at once. On SQLite there is one web process, and looking is enough."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from django.db import connections

from juncture.web.postmortems.live_text.rows import CHANNEL

_AGAIN_SECONDS = 1.0

log = logging.getLogger(__name__)


async def listen(told: Callable[[int], None]) -> None:
    """Call `told` with the key of each postmortem whose text another process stored, for ever. Ends at once on SQLite."""
    default = connections["default"]
    if default.vendor != "postgresql":
        return
    import psycopg  # noqa: PLC0415 - there only where PostgreSQL is used

    given = default.get_connection_params()
    given = {name: value for name, value in given.items() if name in {"dbname", "user", "password", "host", "port"}}
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(**given, autocommit=True) as connection:
                await connection.execute(f'LISTEN "{CHANNEL}"')
                async for heard in connection.notifies():
                    told(int(heard.payload))
        except psycopg.Error as error:
            log.warning("the database is not heard now; it is looked at instead: %s", error)
            await asyncio.sleep(_AGAIN_SECONDS)
