"""The two full-text indexes behind one function: FTS5 of SQLite and tsvector of PostgreSQL.

Text of a person reaches an index only as words of letters and digits (`asking.terms_of`), each quoted. Of many matches the
newest are ranked: a word that stands in everything says nothing about any of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.library.asking import Term, folded
from juncture.web.library.full_text import ENTRIES
from juncture.web.library.models import Audience, Kind

RANKED = 1000
"""How many matches of each index are ranked, the newest ones."""
_COLUMNS = "e.id, e.kind, e.object_id, e.incident_id, e.severity, e.state, e.services, e.at, e.weight"


class Hit(Struct, frozen=True):
    """One entry that was found, and how well it fits."""

    entry: int
    kind: str
    object_id: str
    incident: int
    severity: str
    state: str
    services: tuple[str, ...]
    at: str
    """When, as text that sorts and starts with the year."""
    score: float


def hits(viewer: Viewer, terms: tuple[Term, ...], kinds: Sequence[str]) -> tuple[list[Hit], bool]:
    """Return the entries open to `viewer` that hold all terms, unordered, and whether there were more than are ranked."""
    found: list[Hit] = []
    more = False
    for index, of_index in _INDEXES:
        wanted = [kind for kind in of_index if kind in kinds]
        if wanted and terms:
            rows = _rows(index, viewer, terms, wanted)
            more = more or len(rows) > RANKED
            found += [_hit(row) for row in rows[:RANKED]]
    return found, more


_INDEXES = (("library_documents", (Kind.POSTMORTEM, Kind.INCIDENT, Kind.ACTION)), ("library_events", (Kind.EVENT,)))


def _rows(index: str, viewer: Viewer, terms: tuple[Term, ...], kinds: Sequence[str]) -> list[tuple[Any, ...]]:
    seen, seen_values = Incident.objects.visible_to(viewer).order_by().values("pk").query.sql_with_params()
    one, other = Audience.of(viewer)
    open_to = f"e.audience IN (%s, %s) AND e.kind IN ({', '.join(['%s'] * len(kinds))}) AND e.incident_id IN ({seen})"
    values = [one, other, *kinds, *seen_values]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query, words = _tsquery(terms)
            events = "=" if index == "library_events" else "<>"
            # The rank is worked out outside, so that it is for the newest alone.
            sql = f"""
                SELECT {_COLUMNS}, ts_rank(e.document, q.query, 1) FROM (
                    SELECT e.* FROM {ENTRIES} e WHERE e.kind {events} 'event' AND e.document @@ ({query}) AND {open_to}
                    ORDER BY e.id DESC LIMIT {RANKED + 1}
                ) e CROSS JOIN (SELECT {query} AS query) q
            """  # noqa: S608 - names of our own tables; values are parameters
            cursor.execute(sql, [*words, *values, *words])
        else:
            # CROSS JOIN keeps SQLite from walking the entries instead of the index.
            sql = f"""
                SELECT {_COLUMNS}, -bm25({index}, 6.0, 1.0) FROM {index} CROSS JOIN {ENTRIES} e ON e.id = {index}.rowid
                WHERE {index} MATCH %s AND {open_to} ORDER BY {index}.rowid DESC LIMIT {RANKED + 1}
            """  # noqa: S608 - names of our own tables; values are parameters
            cursor.execute(sql, [_match(terms), *values])
        return list(cursor.fetchall())


def _match(terms: tuple[Term, ...]) -> str:
    return " AND ".join(f'"{" ".join(term.words)}"{" *" if term.open_ended else ""}' for term in terms)


def _tsquery(terms: tuple[Term, ...]) -> tuple[str, list[str]]:
    parts: list[str] = []
    values: list[str] = []
    for term in terms:
        words = [folded(word) for word in term.words]
        if term.open_ended and len(words) == 1:
            parts.append("to_tsquery('english', %s)")
            values.append(f"'{words[0]}':*")
        else:
            parts.append("phraseto_tsquery('english', %s)")
            values.append(" ".join(words))
    return " && ".join(parts), values


def _hit(row: tuple[Any, ...]) -> Hit:
    entry, kind, object_id, incident, severity, state, services, at, weight, rank = row
    names = tuple(services[1:-1].split("\n")) if services else ()
    return Hit(entry, kind, object_id, incident, severity, state, names, str(at), rank * weight)
