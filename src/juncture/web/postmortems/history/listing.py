"""The history for programs: each change by itself, with what was before and after."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.postmortems.history.entries import Asked, changes_of, narrowed, written_row
from juncture.web.postmortems.history.names import names_of, who
from juncture.web.postmortems.history.telling import Values, told

_OWN = frozenset({"postmortem_id", "position", "touched"})
"""What the journal keeps of an object to bring it back, and nobody else has a use for."""


class HistoryItem(Struct, frozen=True):
    """One change: `action` by `by` to the thing of `kind` with the id `object`, called `title`; `said` is it in words.

    `before` and `after` are null where the thing was not there. Those of a section hold its text as `markdown`.
    """

    id: int
    at: datetime
    by: str
    through: str
    action: str
    kind: str
    object: str
    title: str
    said: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def history_items(
    viewer: Viewer, postmortem_id: str, asked: Asked, *, limit: int, before: int | None = None
) -> tuple[list[HistoryItem], int | None]:
    """Return changes, newest first, and where the list goes on (None: nowhere). Raises NotFound, also for who may not write."""
    row = written_row(viewer, postmortem_id)
    found = narrowed(changes_of(row), asked)
    rows = list((found if before is None else found.filter(pk__lt=before)).order_by("-id")[: limit + 1])
    names = names_of(viewer, row)
    items = []
    for change in rows[:limit]:
        name = names.of(change.object_kind, change.object_id)
        said = told(change.action, change.object_kind, change.before, change.after, through=change.through, name=name)
        by = who(names.people.get(change.by_id or 0), change.through)
        sentence = " ".join(word for word in (by, said.did, said.name, said.rest) if word)
        items.append(
            HistoryItem(
                change.pk,
                change.at,
                by,
                change.through,
                change.action,
                change.object_kind,
                change.object_id,
                said.name,
                sentence,
                _shown(change.object_kind, change.before),
                _shown(change.object_kind, change.after),
            )
        )
    return items, rows[limit - 1].pk if len(rows) > limit else None


def _shown(kind: str, values: Values | None) -> Values | None:
    if values is None or kind == "proposal":
        return None if values is None else {"of": values.get("of")}
    return {name: value for name, value in values.items() if name not in _OWN}
