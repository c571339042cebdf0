"""The audit: who did and who opened what, newest first, as far as an administrator may see it.

Entries of incidents that they may not see are not there at all: no title, no id, no count.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import Struct

from juncture.web.access.errors import Invalid, NotAllowed
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.journal.models import Change, Opening
from juncture.web.journal.telling import called, changed
from juncture.web.people.models import User

PAGE = 50
_EXPORT_PAGE = 500
_PEOPLE = 50
_OPENED = "open"


class Wanted(Struct, frozen=True):
    """Which entries: by whom (part of name or address), what, of which kind of thing and incident, within `[start, end)`."""

    person: str = ""
    action: str = ""
    kind: str = ""
    incident: str = ""
    start: datetime | None = None
    end: datetime | None = None


class Entry(Struct, frozen=True):
    """One entry. `action` is `open` for what was opened; `by` and `email` are null where no person did it."""

    at: datetime
    by: str | None
    email: str | None
    through: str
    action: str
    object_kind: str
    object_id: str
    object_name: str | None
    incident: str | None
    incident_title: str | None
    detail: str | None = None
    """What changed, in a few words, where it is of no incident: `role: author → viewer`."""
    before: Any = None
    after: Any = None

    @property
    def said(self) -> str:
        """The action in words."""
        return called(self.action)


_Values = dict[int, tuple[Any, Any]]


class _Names(Struct, frozen=True):
    """What stands for the keys of a page of rows: people, incidents (id and title), and the values of changes."""

    people: dict[int, User]
    incidents: dict[int, tuple[str, str]]
    values: _Values


class _Place(Struct, frozen=True):
    """Where a page of the audit ended."""

    at: datetime
    opening: bool
    id: int


def entries(viewer: Viewer, wanted: Wanted, *, cursor: str = "", limit: int = PAGE) -> tuple[list[Entry], str | None]:
    """Return entries, newest first, and the cursor of the next page (None: nowhere). Raises NotAllowed or Invalid."""
    _require_administrator(viewer)
    rows = _page(viewer, wanted, _place_of(cursor) if cursor else None, limit + 1, whole=False)
    following = _sealed(_place(rows[limit - 1])) if len(rows) > limit else None
    return _told(rows[:limit], whole=False), following


def all_entries(viewer: Viewer, wanted: Wanted) -> Iterator[Entry]:
    """Yield all entries, newest first, with what was before and after, a page held in memory at a time. Raises NotAllowed."""
    _require_administrator(viewer)
    return _all(viewer, wanted)


def _all(viewer: Viewer, wanted: Wanted) -> Iterator[Entry]:
    place: _Place | None = None
    while True:
        rows = _page(viewer, wanted, place, _EXPORT_PAGE, whole=True)
        yield from _told(rows, whole=True)
        if len(rows) < _EXPORT_PAGE:
            return
        place = _place(rows[-1])


def _page(viewer: Viewer, wanted: Wanted, place: _Place | None, limit: int, *, whole: bool) -> list[Change | Opening]:
    """Return the newest rows of both tables behind a place. Openings come before changes of the same instant."""
    found: list[Change | Opening] = []
    people = _people(wanted.person)
    if wanted.action != _OPENED:
        changes = _narrowed(Change.objects.all(), viewer, wanted, people)
        if wanted.action:
            changes = changes.filter(action=wanted.action)
        changes = changes if whole else changes.defer("before", "after")
        if place is not None:
            same = Q(at=place.at) if place.opening else Q(at=place.at, id__lt=place.id)
            changes = changes.filter(Q(at__lt=place.at) | same, at__lte=place.at)
        found += changes.order_by("-at", "-id")[:limit]
    if wanted.action in {"", _OPENED}:
        openings = _narrowed(Opening.objects.all(), viewer, wanted, people)
        if place is not None:
            same = Q(at=place.at, id__lt=place.id) if place.opening else Q(pk__in=())
            openings = openings.filter(Q(at__lt=place.at) | same, at__lte=place.at)
        found += openings.order_by("-at", "-id")[:limit]
    return sorted(found, key=lambda row: (row.at, isinstance(row, Opening), row.pk), reverse=True)[:limit]


def _narrowed(rows: QuerySet[Any], viewer: Viewer, wanted: Wanted, people: list[int] | None) -> QuerySet[Any]:
    seen = Incident.objects.visible_to(viewer).filter(pk=OuterRef("incident_id"))
    rows = rows.filter(Q(incident_id__isnull=True) | Exists(seen))
    if people is not None:
        rows = rows.filter(by__in=people)
    if wanted.kind:
        rows = rows.filter(object_kind=wanted.kind)
    if wanted.incident:
        one = Incident.objects.visible_to(viewer).filter(public_id=wanted.incident).values_list("pk", flat=True)
        rows = rows.filter(incident_id__in=list(one))
    if wanted.start:
        rows = rows.filter(at__gte=wanted.start)
    if wanted.end:
        rows = rows.filter(at__lt=wanted.end)
    return rows


def _people(text: str) -> list[int] | None:
    if not text:
        return None
    found = User.objects.filter(Q(name__icontains=text) | Q(email__icontains=text))
    return list(found.values_list("pk", flat=True)[:_PEOPLE])


def _told(rows: Sequence[Change | Opening], *, whole: bool) -> list[Entry]:
    """Return rows with names instead of keys: three queries for all of them."""
    incidents = dict[int, tuple[str, str]]()
    keys = {row.incident_id for row in rows if row.incident_id is not None}
    if keys:
        known = Incident.objects.get_queryset().filter(pk__in=keys).values_list("pk", "public_id", "title")
        incidents = {pk: (public_id, title) for pk, public_id, title in known}
    meant = {int(row.object_id) for row in rows if _is_person(row)}
    asked = {row.by_id for row in rows if row.by_id is not None} | meant
    people = {user.pk: user for user in User.objects.filter(pk__in=asked).only("name", "email")} if asked else {}
    values = _values(rows, whole=whole)
    return [_entry(row, _Names(people, incidents, values), whole=whole) for row in rows]


def _entry(row: Change | Opening, names: _Names, *, whole: bool) -> Entry:
    by = names.people.get(row.by_id or 0)
    incident, title = names.incidents.get(row.incident_id or 0, (None, None))
    named = names.people.get(int(row.object_id)) if _is_person(row) else None
    change = row if isinstance(row, Change) else None
    return Entry(
        row.at,
        by.name if by else None,
        by.email if by else None,
        row.through,
        change.action if change else _OPENED,
        row.object_kind,
        row.object_id,
        named.name if named else None,
        incident,
        title,
        changed(*names.values[change.pk]) if change and change.pk in names.values else None,
        change.before if whole and change else None,
        change.after if whole and change else None,
    )


def _values(rows: Sequence[Change | Opening], *, whole: bool) -> _Values:
    """Return what was before and after, where that is short: of no incident, or of a state. Those of a text may be long."""
    short = [row for row in rows if isinstance(row, Change) and (row.incident_id is None or row.action in _SHORT)]
    if whole:
        return {row.pk: (row.before, row.after) for row in short}
    found = Change.objects.filter(pk__in=[row.pk for row in short]) if short else Change.objects.none()
    return {pk: (before, after) for pk, before, after in found.values_list("pk", "before", "after")}


_SHORT = frozenset({"set_state", "waive", "take_up_again"})
_OF_PERSONS = frozenset(
    {"person", "role", "password", "second factor", "recovery codes", "teams of a person", "invitation link", "reset link"}
)


def _is_person(row: Change | Opening) -> bool:
    """Whether an entry is about a person, whose key its object then is."""
    return row.object_kind in _OF_PERSONS and row.object_id.isdecimal() and len(row.object_id) < 18


def _require_administrator(viewer: Viewer) -> None:
    if not viewer.may_administer:
        raise NotAllowed("The audit is for administrators.")


def _place(row: Change | Opening) -> _Place:
    return _Place(row.at, isinstance(row, Opening), row.pk)


def _sealed(place: _Place) -> str:
    text = f"{place.at.isoformat()}|{int(place.opening)}|{place.id}"
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _place_of(cursor: str) -> _Place:
    try:
        text = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4)).decode("ascii")
        at, opening, number = text.split("|")
        place = _Place(datetime.fromisoformat(at), opening == "1", int(number))
    except (ValueError, binascii.Error):
        raise Invalid("This cursor is not one that the audit gave.") from None
    if place.at.tzinfo is None or not 0 <= place.id < 2**63:
        raise Invalid("This cursor is not one that the audit gave.")
    return place
