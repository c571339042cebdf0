"""All rows of the database as lines of JSON, and back into an empty one: the same on SQLite and PostgreSQL.

Read in one transaction that sees one moment. Written by the tables as they were in the version that made the backup, and then
brought forward by the same migrations as any older folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder
from msgspec import Struct

from juncture.model.errors import BadEvidence
from juncture.web.journal.append_only import guard, unguard

_SLICE = 500
_encode = msgspec.json.Encoder().encode
_NOT_KEPT = {"access.session", "access.signinattempt", "sessions.session"}
"""Who is signed in at this moment does not outlive a backup."""
Migration = tuple[str, str]


class Table(Struct):
    """The head of a table's lines, which are arrays: its model, and its columns in the order of the values."""

    model: str
    columns: list[str]


def applied() -> list[Migration]:
    """Return the migrations that the database has, which tell the form of its tables."""
    return sorted(MigrationRecorder(connection).applied_migrations())


def lines() -> Iterator[bytes]:
    """Yield every table: a head, then a line a row. Call within `one_moment()`."""
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower  # noqa: SLF001 - Django's own name for the description
        if model._meta.proxy or not model._meta.managed or label in _NOT_KEPT:  # noqa: SLF001 - the same
            continue
        fields = model._meta.concrete_fields  # noqa: SLF001 - the same
        names = [field.attname for field in fields if not field.generated]
        yield _encode(Table(label, names)) + b"\n"
        for row in model._base_manager.order_by("pk").values_list(*names).iterator(2000):  # noqa: SLF001 - every row, whoever may see it
            yield _encode([bytes(value) if isinstance(value, memoryview) else value for value in row]) + b"\n"


class one_moment(transaction.Atomic):  # noqa: N801 - used as a statement, as `atomic` is
    """A transaction in which all reads see the same moment, while others write."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=False, durable=True)

    def __enter__(self) -> None:
        """Begin. SQLite's snapshot begins with the first read, PostgreSQL's by its isolation."""
        super().__enter__()
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def write(told: Iterable[bytes], migrations: list[Migration]) -> int:
    """Write lines into the database, which nobody uses yet; return how many rows. All or nothing.

    Raises BadEvidence for a backup of a newer version, or where the database has people already.
    """
    executor = MigrationExecutor(connection)
    known = set(executor.loader.disk_migrations or ())
    if unknown := sorted(set(migrations) - known):
        what = f"it was made by a newer version of Juncture ({'.'.join(unknown[-1])})"
        raise BadEvidence("backup", what, "Install that version, and restore with it")
    targets = _leaves(executor, set(migrations))
    executor.migrate(targets)
    state = executor.loader.project_state(targets).apps
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT COUNT(*) FROM people_user")
            if cursor.fetchone()[0]:
                raise BadEvidence("database", "there are people in it already", "Restore into an empty database")
        _unguard()
        for model in state.get_models(include_auto_created=True):
            # What migrations put there is in the backup too.
            with connection.cursor() as cursor:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608, SLF001 - our own tables
        count = _insert(told, state)
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(state.get_models(include_auto_created=True))):
                cursor.execute(statement)
    fresh = MigrationExecutor(connection)
    fresh.migrate(fresh.loader.graph.leaf_nodes())
    if ("journal", "0001_initial") in known:
        guard(connection)
    return count


def _unguard() -> None:
    tables = connection.introspection.table_names()
    if "journal_change" in tables and "journal_opening" in tables:
        unguard(connection)


def _leaves(executor: MigrationExecutor, migrations: set[Migration]) -> list[Migration]:
    """Return the last migration of each app among some."""
    nodes = executor.loader.graph.node_map

    def is_last(key: Migration) -> bool:
        return not any(child.key in migrations and child.key[0] == key[0] for child in nodes[key].children)

    return sorted(filter(is_last, migrations))


def _insert(told: Iterable[bytes], state: Any) -> int:  # noqa: ANN401 - Django's StateApps, which has no type of its own
    count = 0
    model: type[models.Model] | None = None
    fields: list[Any] = []
    waiting: list[list[Any]] = []
    for line in told:
        value = msgspec.json.decode(line)
        if isinstance(value, dict):
            _flush(model, fields, waiting)
            model = state.get_model(value["model"])
            by_name = {field.attname: field for field in model._meta.concrete_fields}  # noqa: SLF001 - as above
            fields = [by_name[name] for name in value["columns"]]
            continue
        waiting.append(value)
        count += 1
        if len(waiting) >= _SLICE:
            _flush(model, fields, waiting)
    _flush(model, fields, waiting)
    return count


def _flush(model: type[models.Model] | None, fields: list[Any], waiting: list[list[Any]]) -> None:
    if model is None or not waiting:
        return
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(quote(field.column) for field in fields)  # noqa: SLF001
    sql = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(['%s'] * len(fields))})"  # noqa: S608 - names of our own tables
    rows = [[_prepared(field, value) for field, value in zip(fields, row, strict=True)] for row in waiting]
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
    waiting.clear()


def _prepared(field: Any, value: Any) -> Any:  # noqa: ANN401 - a column's value
    is_binary = field.get_internal_type() == "BinaryField"
    return field.get_db_prep_save(msgspec.convert(value, bytes | None) if is_binary else field.to_python(value), connection)
