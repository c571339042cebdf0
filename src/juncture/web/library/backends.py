"""The two full-text indexes behind one function: FTS5 of SQLite and tsvector of PostgreSQL.

Text of a person reaches an index only as words of letters and digits (`asking.terms_of`), each quoted. Of many matches the
newest are ranked: a word that stands in everything says nothing about any of it.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.library.asking import Term, folded
from juncture.web.library.full_text import ENTRIES, INDEXES
from juncture.web.library.models import Audience

RANKED = 500
"""How many matches are ranked, the newest ones. Events are one line each and not worth ranking: the newest are taken."""
_EVENTS_TAKEN = 250
_EVENT_SCORES = {"sqlite": 1.0, "postgresql": 0.01}
"""What an event counts, beside the ranks that each database gives to documents."""
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


def hits(viewer: Viewer, terms: tuple[Term, ...]) -> tuple[list[Hit], bool]:
    """Return the entries open to `viewer` that hold all terms, unordered, and whether there were more than are ranked."""
    if not terms:
        return [], False
    documents = _rows("library_documents", viewer, terms, RANKED)
    events = _rows("library_events", viewer, terms, _EVENTS_TAKEN)
    more = len(documents) > RANKED or len(events) > _EVENTS_TAKEN
    return [_hit(row) for row in (*documents[:RANKED], *events[:_EVENTS_TAKEN])], more


def _rows(index: str, viewer: Viewer, terms: tuple[Term, ...], most: int) -> list[tuple[Any, ...]]:
    # An EXISTS by key, not an IN over all incidents: it asks as often as there are matches, however many incidents there are.
    here = Incident.objects.visible_to(viewer).order_by().extra(where=["incidents_incident.id = e.incident_id"])
    seen, values = here.values("pk").query.sql_with_params()
    open_to = f"e.audience IN (%s, %s) AND EXISTS ({seen})"
    events = index == "library_events"
    score = _EVENT_SCORES[connection.vendor]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            query, words = _tsquery(terms)
            rank = f"{score}::float8" if events else f"ts_rank(e.document, ({query}), 1)"
            # The rank is worked out outside, so that it is for the newest alone.
            sql = f"""
                SELECT {_COLUMNS}, {rank} FROM (
                    SELECT e.* FROM {ENTRIES} e
                    WHERE e.kind {INDEXES[index]} AND e.document @@ ({query}) AND {open_to} ORDER BY e.id DESC LIMIT {most + 1}
                ) e
            """  # noqa: S608 - names of our own tables; values are parameters
            cursor.execute(sql, [*([] if events else words), *words, *Audience.of(viewer), *values])
        else:
            rank = str(score) if events else f"-bm25({index}, 6.0, 1.0)"
            # CROSS JOIN keeps SQLite from walking the entries instead of the index.
            sql = f"""
                SELECT {_COLUMNS}, {rank} FROM {index} CROSS JOIN {ENTRIES} e ON e.id = {index}.rowid
                WHERE {index} MATCH %s AND {open_to} ORDER BY {index}.rowid DESC LIMIT {most + 1}
            """  # noqa: S608 - names of our own tables; values are parameters
            cursor.execute(sql, [_match(terms), *Audience.of(viewer), *values])
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
