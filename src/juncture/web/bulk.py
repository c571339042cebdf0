"""Many rows at once, in SQL that the ORM can only say slowly: it takes forty times as long to build a row as to insert it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from itertools import islice
from operator import itemgetter
from typing import TypeVar, cast

from django.db import connection, models

Value = bool | int | float | str | bytes | datetime | None
Item = TypeVar("Item")

_SLICE_SECONDS = 0.05
_FIRST_SLICE = 200
_SMALLEST_SLICE, _LARGEST_SLICE = 50, 5000
_CACHE_KIB = 64 * 1024
"""Pages that SQLite keeps while much is written: the ids are random, so each row touches another page of their index."""
_LOG_PAGES = 8000
"""Pages of SQLite's log, 32 MB, before they are brought into the file: what many rows touch is then brought there once."""


def upsert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Value]], *, unique: Sequence[str], update: bool
) -> None:
    """Insert rows of `columns` (names of fields). Those that are there already by `unique` are updated, or left as they are.

    Values are what the driver takes: keys for relations, bytes, text, numbers, and instants by `instant`; those of one column
    are of one type or None. Fields that have a default in the model have none here. Of rows that are the same by `unique` the
    last one is kept if they are to be updated, else the first. Call in a transaction.
    """
    rows = _once(rows, [columns.index(column) for column in unique]) if update else list(rows)
    if not rows:
        return
    quote = connection.ops.quote_name
    names = {column: quote(str(_field_of(model, column).column)) for column in {*columns, *unique}}
    rest = [name for column, name in names.items() if column not in unique]
    does = f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in rest)}" if update and rest else "NOTHING"
    table, into = quote(model._meta.db_table), ", ".join(names[column] for column in columns)  # noqa: SLF001 - Django's own name for the description
    found = ", ".join(names[column] for column in unique)
    insert, conflict = f"INSERT INTO {table} ({into})", f"ON CONFLICT ({found}) DO {does}"
    if connection.vendor == "postgresql":
        types = [_bare_type(_field_of(model, column)) for column in columns]
        arrays = ", ".join(f"%b::{type_}[]" for type_ in types)
        sql = f"{insert} SELECT * FROM unnest({arrays}) {conflict}"  # noqa: S608 - names of our own tables and columns
        _at_once(sql, list(map(list, zip(*rows, strict=True))))
        return
    marks = ", ".join(["%s"] * len(columns))
    with connection.cursor() as cursor:
        cursor.executemany(f"{insert} VALUES ({marks}) {conflict}", rows)


def paced(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Yield items in slices that keep their receiver busy for about 50 ms: so long may a transaction keep others waiting."""
    coming, size = iter(items), _FIRST_SLICE
    while slice_ := list(islice(coming, size)):
        started = time.monotonic()
        yield slice_
        taken = max(time.monotonic() - started, 0.001)
        size = max(_SMALLEST_SLICE, min(_LARGEST_SLICE, round(size * _SLICE_SECONDS / taken)))


@contextmanager
def much_to_write() -> Iterator[None]:
    """Tell the database of this thread that many rows are to come, in many transactions, of which the last one counts.

    A crash of the database may lose the newest of them, but none before one that it keeps, and none once a transaction
    outside of this has been committed.
    """
    if connection.vendor == "postgresql":
        before, after = ["SET synchronous_commit TO off"], ["RESET synchronous_commit"]
    else:
        before = [f"PRAGMA cache_size = -{_CACHE_KIB}", f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}"]
        after = ["PRAGMA cache_size = -2000", "PRAGMA wal_autocheckpoint = 1000", "PRAGMA shrink_memory"]
    _tell(before)
    try:
        yield
    finally:
        # A connection that was lost has forgotten it, and the next one never knew.
        if connection.is_usable():
            _tell(after)


def instant(value: datetime | None) -> Value:
    """Return an instant as the driver of this database takes it."""
    if value is None:
        return None
    if value.tzinfo is UTC and _is_sqlite():
        # What Django says as well, in a tenth of the time.
        return value.isoformat(" ").removesuffix("+00:00")
    return cast("Value", connection.ops.adapt_datetimefield_value(value))


@cache
def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _once(rows: Iterable[Sequence[Value]], places: Sequence[int]) -> list[Sequence[Value]]:
    """Return rows without those that another one after them replaces: one statement of PostgreSQL writes none twice."""
    key = itemgetter(*places)
    return list({key(row): row for row in rows}.values())


def _tell(statements: Iterable[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _at_once(sql: str, values: Sequence[Sequence[Value]]) -> None:
    """Carry out a statement of PostgreSQL whose values are sent apart from it; Django writes them into the text."""
    from psycopg import Connection, Cursor  # noqa: PLC0415 - it is only there where PostgreSQL is used

    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(cast("Connection", connection.connection)) as cursor:
        cursor.execute(sql, values)


def _field_of(model: type[models.Model], name: str) -> models.Field[object, object]:
    return cast("models.Field[object, object]", model._meta.get_field(name))  # noqa: SLF001 - Django's own name for it


def _bare_type(field: models.Field[object, object]) -> str:
    """Return a field's type without its length: to be cast to a length is to be cut, where an insert would complain."""
    return str(field.rel_db_type(connection) if field.is_relation else field.db_type(connection)).partition("(")[0]
