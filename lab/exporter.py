"""Numbers of the database for Prometheus: `python -m lab.exporter PORT DSN`."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterable

import psycopg
from prometheus_client import start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import CollectorRegistry

STATES = ("active", "idle", "idle in transaction")
QUERY = """
SELECT count(*) FILTER (WHERE state = 'active'), count(*) FILTER (WHERE state = 'idle'),
       count(*) FILTER (WHERE state = 'idle in transaction'),
       count(*) FILTER (WHERE wait_event_type = 'Lock'),
       coalesce(extract(epoch FROM max(now() - xact_start)), 0)::float
FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class DatabaseCollector:
    """Asks the database anew at every scrape."""

    def __init__(self, dsn: str) -> None:
        self._dsn = dsn
        self._connection: psycopg.Connection | None = None

    def collect(self) -> Iterable[GaugeMetricFamily]:
        """Sessions by state, sessions waiting for a lock, age of the oldest transaction in seconds."""
        if self._connection is None or self._connection.closed:
            self._connection = psycopg.connect(self._dsn, autocommit=True)
        row = self._connection.execute(QUERY).fetchone()
        assert row is not None
        sessions = GaugeMetricFamily("pg_stat_activity_count", "Sessions by state.", labels=["state"])
        for state, count in zip(STATES, row[:3], strict=True):
            sessions.add_metric([state], count)
        yield sessions
        yield GaugeMetricFamily("pg_locks_waiting", "Sessions that wait for a lock.", value=row[3])
        yield GaugeMetricFamily("pg_stat_activity_max_tx_duration_seconds", "Age of the oldest transaction.", value=row[4])


def main() -> None:
    """Serve until ended."""
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(sys.argv[2]))
    start_http_server(int(sys.argv[1]), addr="127.0.0.1", registry=registry)
    threading.Event().wait()


if __name__ == "__main__":
    main()
