"""Who changed what of a postmortem, newest first: read from the journal, a page at a time, for who may write."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Max, QuerySet
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import KIND as ACTION
from juncture.web.journal.models import Change
from juncture.web.postmortems.history.names import Names, names_of, who
from juncture.web.postmortems.history.telling import PIECES, Told, Values, told
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.selectors import postmortem_row

PAGE = 20
"""Entries of a page."""
MOST_SHOWN = 1200
"""Characters of what was added or removed at one place that a list shows; the page of an entry shows more."""
MOST_OF_EACH = 8000
_LOOKED_AT = 600
"""Changes, without their texts, of which a page is folded."""
_TOGETHER = timedelta(minutes=10)


class Asked(Struct, frozen=True):
    """Which changes: of one section, by one person (their keys); both where neither is asked for."""

    section: int | None = None
    person: int | None = None


class Entry(Struct, frozen=True):
    """One line of the history: a change, or several by one person in one section within ten minutes, folded.

    `last` and `first` are the keys of its newest and oldest change, `at` and `began` when they were made. `restores_this` and
    `restores_before` say whether the text after and before it can be brought back, `undoes` whether its object can.
    """

    last: int
    first: int
    count: int
    at: datetime
    began: datetime
    who: str
    through: str
    action: str
    kind: str
    object_id: str
    url: str
    told: Told
    restores_this: bool = False
    restores_before: bool = False
    undoes: bool = False


class History(Struct, frozen=True):
    """A page of entries, newest first; `following` is where it goes on (None: nowhere), `seen` its newest change (0: none)."""

    head: Head
    entries: list[Entry]
    following: int | None
    seen: int
    names: Names


class Head(Struct, frozen=True):
    """The postmortem that a history is of, as far as its pages name it."""

    id: str
    title: str
    incident: str
    published_number: int


class _Light(NamedTuple):
    """A change without what was before and after."""

    id: int
    at: datetime
    by: int | None
    through: str
    action: str
    kind: str
    object_id: str


class _Read(NamedTuple):
    """What a page has read at once of all its entries."""

    row: Postmortem
    names: Names
    values: dict[int, tuple[Values | None, Values | None]]
    newest: dict[tuple[str, str], int]
    most: int


_COLUMNS = ("id", "at", "by_id", "through", "action", "object_kind", "object_id")


def written_row(viewer: Viewer, postmortem_id: str) -> Postmortem:
    """Return the row of a postmortem whose working text the viewer may see. Raises NotFound."""
    row = postmortem_row(viewer, postmortem_id)
    if not viewer.may_write:
        raise NotFound
    return row


def changes_of(row: Postmortem) -> QuerySet[Change]:
    """Return all changes of a postmortem and its parts. For who was let in to its working text."""
    return Change.objects.filter(postmortem_id=row.pk)


def narrowed(changes: QuerySet[Change], asked: Asked) -> QuerySet[Change]:
    """Return those of changes that are asked for."""
    if asked.section is not None:
        changes = changes.filter(object_kind="section", object_id=str(asked.section))
    return changes if asked.person is None else changes.filter(by=asked.person)


def history(viewer: Viewer, postmortem_id: str, asked: Asked, *, before: int | None = None) -> History:
    """Return a page of the history, behind the change `before`. Raises NotFound, also for who may not write."""
    row = written_row(viewer, postmortem_id)
    seen = _newest_of_all(row)
    rows = _page(row, asked, before if before is not None else seen + 1)
    folded, following = _folded(rows[:_LOOKED_AT], _barriers(row, asked, rows))
    if following is None and len(rows) > _LOOKED_AT:
        following = rows[_LOOKED_AT - 1].id
    names = names_of(viewer, row)
    return History(head_of(row), _entries(row, folded, names, MOST_SHOWN), following, seen, names)


def each_of(viewer: Viewer, postmortem_id: str, change: int, first: int) -> History:
    """Return the changes that are folded in one entry, from `change` back to `first`, each an entry. Raises NotFound."""
    row = written_row(viewer, postmortem_id)
    newest = changes_of(row).filter(pk=change).first()
    if newest is None:
        raise NotFound
    same = changes_of(row).filter(
        object_kind=newest.object_kind, object_id=newest.object_id, by=newest.by_id, action=newest.action
    )
    found = same.filter(pk__lte=change, pk__gte=first).order_by("-id").values_list(*_COLUMNS)[: PAGE + 1]
    rows = [_Light(*each) for each in found]
    names = names_of(viewer, row)
    entries = _entries(row, [[each] for each in rows[:PAGE]], names, MOST_OF_EACH)
    return History(head_of(row), entries, rows[PAGE].id if len(rows) > PAGE else None, _newest_of_all(row), names)


def head_of(row: Postmortem) -> Head:
    """Return what pages name of a postmortem."""
    return Head(row.public_id, row.title, row.incident.public_id, row.published_number)


def _newest_of_all(row: Postmortem) -> int:
    newest: int | None = changes_of(row).aggregate(newest=Max("id"))["newest"]
    return newest or 0


def _page(row: Postmortem, asked: Asked, before: int) -> list[_Light]:
    found = narrowed(changes_of(row), asked).filter(pk__lt=before)
    return [_Light(*each) for each in found.order_by("-id").values_list(*_COLUMNS)[: _LOOKED_AT + 1]]


def _barriers(row: Postmortem, asked: Asked, rows: Sequence[_Light]) -> dict[str, list[int]]:
    """Return by section which changes others made between those of one person: what is folded is one person's own."""
    if asked.person is None or not rows:
        return {}
    sections = {each.object_id for each in rows if each.kind == "section"}
    others = changes_of(row).filter(object_kind="section", object_id__in=sections, pk__gt=rows[-1].id, pk__lt=rows[0].id)
    found: dict[str, list[int]] = {}
    for key, section in others.exclude(by=asked.person).values_list("id", "object_id"):
        found.setdefault(section, []).append(key)
    return found


def _folded(rows: Iterable[_Light], barriers: dict[str, list[int]]) -> tuple[list[list[_Light]], int | None]:
    """Return changes in groups, newest first, and the change behind which the next page begins (None: there is none)."""
    groups: list[list[_Light]] = []
    last_of: dict[str, list[_Light]] = {}
    previous = 0
    for each in rows:
        group = last_of.get(each.object_id) if each.kind == "section" else None
        if group is not None and _together(group, each, barriers.get(each.object_id, ())):
            group.append(each)
        elif len(groups) == PAGE:
            return groups, previous
        else:
            groups.append([each])
            if each.kind == "section":
                last_of[each.object_id] = groups[-1]
        previous = each.id
    return groups, None


def _together(group: Sequence[_Light], each: _Light, barriers: Iterable[int]) -> bool:
    newest, oldest = group[0], group[-1]
    same = (each.by, each.through, each.action) == (newest.by, newest.through, newest.action)
    near = each.action == "write" and newest.at - each.at <= _TOGETHER
    return same and near and not any(each.id < barrier < oldest.id for barrier in barriers)


def _entries(row: Postmortem, groups: Sequence[Sequence[_Light]], names: Names, most: int) -> list[Entry]:
    read = _Read(row, names, _values(groups), _newest(row, groups), most)
    return [_entry(group, read) for group in groups]


def _values(groups: Sequence[Sequence[_Light]]) -> dict[int, tuple[Values | None, Values | None]]:
    """Return what was before and after the ends of each group: the texts between are not read."""
    ends = {key for group in groups for key in (group[0].id, group[-1].id)}
    found = Change.objects.filter(pk__in=ends).values_list("pk", "before", "after")
    return {key: (before, after) for key, before, after in found}


def _newest(row: Postmortem, groups: Sequence[Sequence[_Light]]) -> dict[tuple[str, str], int]:
    """Return the newest change of each thing of a page: of it alone something can be undone."""
    kinds = {group[0].kind for group in groups}
    found = changes_of(row).filter(object_kind__in=kinds, object_id__in={group[0].object_id for group in groups})
    counted = found.order_by().values_list("object_kind", "object_id").annotate(newest=Max("id"))
    return {(kind, object_id): newest for kind, object_id, newest in counted}


def _entry(group: Sequence[_Light], read: _Read) -> Entry:
    last, first = group[0], group[-1]
    before, after = read.values[first.id][0], read.values[last.id][1]
    is_newest = read.newest.get((last.kind, last.object_id)) == last.id
    is_section = last.kind == "section"
    stands_so = is_newest and last.object_id in read.names.standing
    return Entry(
        last.id,
        first.id,
        len(group),
        last.at,
        first.at,
        who(read.names.people.get(last.by or 0), last.through),
        last.through,
        last.action,
        last.kind,
        last.object_id,
        _url(last, read),
        _told(last, before, after, read),
        is_section and after is not None and not stands_so,
        is_section and before is not None and before.get("markdown") != (after or {}).get("markdown"),
        is_newest and last.kind in PIECES,
    )


def _told(change: _Light, before: Values | None, after: Values | None, read: _Read) -> Told:
    name = read.names.of(change.kind, change.object_id)
    return told(change.action, change.kind, before, after, through=change.through, name=name, most=read.most)


def _url(change: _Light, read: _Read) -> str:
    postmortem = f"/postmortems/{read.row.public_id}"
    if change.kind == "section" and change.object_id in read.names.standing:
        return f"{postmortem}/write/#s-{change.object_id}"
    if change.kind in PIECES:
        return f"{postmortem}/objects/#{PIECES[change.kind].name}"
    if change.kind == ACTION and (action := read.names.actions.get(change.object_id)):
        return f"/actions/{action.public_id}/"
    return ""
