"""The journal can only grow: the database itself refuses to change or delete its rows. SQL that is not the same everywhere."""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper

TABLES = ("journal_change", "journal_opening")

_SQLITE = """
CREATE TRIGGER IF NOT EXISTS {table}_no_{event} BEFORE {event} ON {table}
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END
"""
_FUNCTION = """
CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$
"""


def guard(connection: BaseDatabaseWrapper) -> None:
    """Let the database refuse changes to what is in the journal.

    May be called again: a migration that rebuilds a table of SQLite loses its triggers.
    """
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
        for table in TABLES:
            for event in ("update", "delete"):
                if connection.vendor == "postgresql":
                    name = f"{table}_no_{event}"
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {table}")
                    cursor.execute(
                        f"CREATE TRIGGER {name} BEFORE {event.upper()} ON {table} "
                        "FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only()"
                    )
                else:
                    cursor.execute(_SQLITE.format(table=table, event=event))


def unguard(connection: BaseDatabaseWrapper) -> None:
    """Take that away: for a migration that has to rewrite the journal, and for tests that empty the database."""
    with connection.cursor() as cursor:
        for table in TABLES:
            for event in ("update", "delete"):
                on = f" ON {table}" if connection.vendor == "postgresql" else ""
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_no_{event}{on}")
