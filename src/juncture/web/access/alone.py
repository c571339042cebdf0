"""What must not be done twice at the same moment, where no row can be locked: there may be none yet."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

_LOCKS = 0x6A75
"""The first number of our advisory locks on PostgreSQL, so that they meet nobody else's: `ju`."""


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Hold a transaction in which nobody else does `what`, in no process; others wait for its end."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_xact_lock(%s, hashtext(%s))", [_LOCKS, what])
        # SQLite's transactions begin by taking the one right to write (`transaction_mode` in the settings).
        yield
