"""A bounded pool of database connections, with the numbers that tell how it is doing."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from prometheus_client import Gauge

IN_USE = Gauge("db_pool_connections_in_use", "Connections that a request holds.")
WAITING = Gauge("db_pool_requests_waiting", "Requests that wait for a connection.")
SIZE = Gauge("db_pool_size", "Connections that the pool may open.")


class PoolTimeout(Exception):  # noqa: N818 - it says what was met
    """No connection became free in time."""


class Pool:
    """At most `size` connections; `take` waits up to `timeout` seconds for one."""

    def __init__(self, dsn: str, size: int, timeout: float, statement_timeout_ms: int) -> None:
        self._dsn = f"{dsn} options='-c statement_timeout={statement_timeout_ms}'"
        self._timeout = timeout
        self._size = size
        self._free = threading.Semaphore(size)
        self._idle: list[psycopg.Connection] = []
        self._lock = threading.Lock()
        SIZE.set(size)

    @contextmanager
    def take(self) -> Iterator[psycopg.Connection]:
        """Lend a connection in a transaction, committed at the end, rolled back on an error."""
        started = time.monotonic()
        with WAITING.track_inprogress():
            got = self._free.acquire(timeout=self._timeout)
        if not got:
            waited = time.monotonic() - started
            raise PoolTimeout(f"no free connection after {waited:.1f}s (pool size {self._size})")
        connection: psycopg.Connection | None = None
        try:
            with IN_USE.track_inprogress():
                with self._lock:
                    connection = self._idle.pop() if self._idle else None
                if connection is None or connection.closed:
                    connection = psycopg.connect(self._dsn)
                with connection.transaction():
                    yield connection
        finally:
            if connection is not None and not connection.closed:
                with self._lock:
                    self._idle.append(connection)
            self._free.release()
