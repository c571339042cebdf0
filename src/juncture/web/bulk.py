"""Many rows at once, in SQL that the ORM can only say slowly: it takes forty times as long to build a row as to insert it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import cast

from django.db import connection, models

Value = bool | int | float | str | bytes | datetime | None


def upsert(
    model: type[models.Model], columns: Sequence[str], rows: Iterable[Sequence[Value]], *, unique: Sequence[str], update: bool
) -> None:
    """Insert rows of `columns` (names of fields). Those that are there already by `unique` are updated, or left as they are.

    Values are what the driver takes: keys for relations, bytes, text, numbers, and instants by `instant`. Fields that have
    a default in the model have none here. Call in a transaction.
    """
    quote = connection.ops.quote_name
    names = {column: quote(_column_of(model, column)) for column in {*columns, *unique}}
    rest = [name for column, name in names.items() if column not in unique]
    does = f"UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in rest)}" if update and rest else "NOTHING"
    table, into = quote(model._meta.db_table), ", ".join(names[column] for column in columns)  # noqa: SLF001 - Django's own name for the description
    marks = ", ".join(["%s"] * len(columns))
    found = ", ".join(names[column] for column in unique)
    sql = f"INSERT INTO {table} ({into}) VALUES ({marks}) ON CONFLICT ({found}) DO {does}"  # noqa: S608 - names of our own tables and columns
    with connection.cursor() as cursor:
        cursor.executemany(sql, list(rows))


def instant(value: datetime | None) -> Value:
    """Return an instant as the driver of this database takes it."""
    return cast("Value", connection.ops.adapt_datetimefield_value(value))


def _column_of(model: type[models.Model], name: str) -> str:
    field = cast("models.Field[object, object]", model._meta.get_field(name))  # noqa: SLF001 - Django's own name for it
    return str(field.column)
