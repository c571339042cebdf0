"""Lists of actions: which are wanted, in what order, and where a list goes on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import islice
from typing import cast
from zoneinfo import ZoneInfo

from django.db.models import Exists, Manager, OuterRef, Q, QuerySet
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import ActionItem, State
from juncture.web.actions.showing import ActionView, view_of
from juncture.web.incidents.models import IncidentService
from juncture.web.postmortems.models import RECORDS, Factor

COUNTED = 1000
"""Up to so many are counted; more are `1,000+`."""
RECENT = dt.timedelta(days=30)
_KEYS = 10**11
"""Row keys below this share a cursor with the day of the due date."""
_WORDS = 6
_CODE = 12
"""A longer factor is a title of its own."""


class Wanted(Struct, frozen=True, kw_only=True):
    """Which actions: all that are given at once. `text` are words, `service` a name; `owner` is the key of a person."""

    owner: int | None = None
    state: str = ""
    kind: str = ""
    service: str = ""
    text: str = ""
    overdue: bool = False


ALL = Wanted()


class Group(Struct, frozen=True):
    """Some actions of a kind on a page, how many there are (`more`: at least), and their state or what they have in common."""

    name: str
    title: str
    told: str
    actions: tuple[ActionView, ...]
    count: int
    more: bool

    @property
    def counted(self) -> str:
        """How many there are, as it is shown."""
        return f"{COUNTED:,}+" if self.more else f"{self.count:,}"

    @property
    def hidden(self) -> bool:
        """Whether there are more than are shown."""
        return self.count > len(self.actions)


def today_of(viewer: Viewer) -> dt.date:
    """Return the day that it is where the viewer is."""
    return timezone.now().astimezone(ZoneInfo(viewer.zone)).date()


def found(viewer: Viewer, wanted: Wanted = ALL) -> QuerySet[ActionItem]:
    """Return the wanted actions that a viewer may see, in no order."""
    rows = ActionItem.objects.visible_to(viewer)
    if wanted.owner is not None:
        rows = rows.filter(owner=wanted.owner)
    if wanted.state:
        rows = rows.filter(state=wanted.state)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.service:
        rows = rows.filter(Exists(IncidentService.objects.filter(incident=OuterRef("incident_id"), name=wanted.service)))
    if wanted.overdue:
        rows = rows.filter(unfinished=1, due_order__lt=today_of(viewer))
    for word in wanted.text.split()[:_WORDS]:
        said = Q(title__icontains=word) | Q(criterion__icontains=word) | Q(factor__icontains=word) | Q(ticket__icontains=word)
        rows = rows.filter(said)
    return rows


def page_of(viewer: Viewer, wanted: Wanted, *, limit: int, after: int | None = None) -> tuple[list[ActionView], int | None]:
    """Return wanted actions and where the next page goes on (None: nowhere): what is due first stands first.

    What is finished stands newest first, where only that is asked for.
    """
    rows = found(viewer, wanted)
    if wanted.state in {State.VERIFIED, State.WONT_DO}:
        start = after or 0
        page = seen(rows.order_by("-state_at", "-id")[start : start + limit + 1], viewer)
        return page[:limit], start + limit if len(page) > limit else None
    if after is not None:
        day, key = divmod(after, _KEYS)
        due = dt.date.fromordinal(min(max(day, 1), dt.date.max.toordinal()))
        rows = rows.filter(Q(due_order__gt=due) | Q(due_order=due, id__gt=key), due_order__gte=due)
    listed = list(_with_all(rows).order_by("due_order", "id")[: limit + 1])
    last = listed[limit - 1] if len(listed) > limit else None
    following = last.due_order.toordinal() * _KEYS + last.pk if last else None
    return _views(listed[:limit], viewer), following


def groups(viewer: Viewer, wanted: Wanted, *, limit: int) -> list[Group]:
    """Return the groups of the list: what is late, what waits for proof, what is open, what was verified lately."""
    today, rows = today_of(viewer), found(viewer, wanted)
    unfinished = rows.filter(unfinished=1)
    late, still_open = unfinished.filter(due_order__lt=today), unfinished.filter(due_order__gte=today)
    lately = rows.filter(state=State.VERIFIED, state_at__gte=timezone.now() - RECENT)
    asked = (
        ("late", "Late", "", late.order_by("due_order", "id")),
        ("done", "Proof due", "Done. Now show that it works.", _done(rows)),
        ("open", "Open", "", still_open.order_by("due_order", "id")),
        ("verified", "Verified", "In the last 30 days.", lately.order_by("-state_at", "-id")),
    )
    return _groups(viewer, asked, limit)


def columns(viewer: Viewer, wanted: Wanted, *, limit: int) -> list[Group]:
    """Return the columns of the board: one a state, what is due first on top; what was verified lately."""
    rows = found(viewer, wanted)
    lately = rows.filter(state=State.VERIFIED, state_at__gte=timezone.now() - RECENT).order_by("-state_at", "-id")
    by_due = [(state, rows.filter(state=state).order_by("due_order", "id")) for state in (State.OPEN, State.IN_PROGRESS)]
    asked = (
        *((state, of, "") for state, of in by_due),
        (State.DONE, _done(rows), ""),
        (State.VERIFIED, lately, "In the last 30 days."),
    )
    return _groups(viewer, [(state.value, state.label, told, of) for state, of, told in asked], limit)


def seen(rows: QuerySet[ActionItem], viewer: Viewer) -> list[ActionView]:
    """Return what a viewer sees of rows that are open to them."""
    return _views(list(_with_all(rows)), viewer)


def count_of_late(viewer: Viewer, wanted: Wanted) -> int:
    """Return how many of the wanted actions are late, counted up to one more than `COUNTED`."""
    late = found(viewer, wanted).filter(unfinished=1, due_order__lt=today_of(viewer))
    return late.order_by()[: COUNTED + 1].count()


def _views(rows: list[ActionItem], viewer: Viewer) -> list[ActionView]:
    today, titles, services = today_of(viewer), factor_titles(rows, viewer), touched_services(rows)
    return [
        view_of(row, viewer, today, titles.get((row.postmortem_id, row.factor or "")), tuple(services.get(row.incident_id, ())))
        for row in rows
    ]


def touched_services(rows: list[ActionItem]) -> dict[int, list[str]]:
    """Return the names of the services that the incidents of actions touched, by the keys of these incidents."""
    found: dict[int, list[str]] = {}
    incidents = {row.incident_id for row in rows}
    named = IncidentService.objects.filter(incident__in=incidents).order_by("incident_id", "position", "id") if rows else ()
    for one in named:
        found.setdefault(one.incident_id, []).append(one.name)
    return found


def factor_titles(rows: list[ActionItem], viewer: Viewer) -> dict[tuple[int, str], str]:
    """Return the titles of the factors that actions name by their ids, by postmortem and id; none for who only reads."""
    codes = {row.factor for row in rows if row.factor and len(row.factor) <= _CODE}
    if not codes or not viewer.may_write:
        return {}
    every = cast("Manager[Factor]", Factor.objects).get_queryset()
    named = every.filter(postmortem__in={row.postmortem_id for row in rows}, code__in=codes)
    return {(of, code): title for of, code, title in named.order_by("-id").values_list("postmortem_id", "code", "title")}


def _done(rows: QuerySet[ActionItem]) -> QuerySet[ActionItem]:
    return rows.filter(state=State.DONE).order_by("due_order", "id")


def _groups(viewer: Viewer, asked: Iterable[tuple[str, str, str, QuerySet[ActionItem]]], limit: int) -> list[Group]:
    """Return groups of a name, a title, what is told of it, and the rows that it has. Factors are named for all at once."""
    listed = [(name, title, told, rows, list(_with_all(rows[: limit + 1]))) for name, title, told, rows in asked]
    views = iter(_views([row for *_, shown in listed for row in shown], viewer))
    groups = []
    for name, title, told, rows, shown in listed:
        seen = tuple(islice(views, len(shown)))
        count = rows.order_by()[: COUNTED + 1].count() if len(shown) > limit else len(shown)
        groups.append(Group(name, title, told, seen[:limit], min(count, COUNTED), count > COUNTED))
    return groups


def _with_all(rows: QuerySet[ActionItem]) -> QuerySet[ActionItem]:
    return rows.select_related("postmortem", "incident", "owner").defer(*(f"postmortem__{name}" for name in RECORDS))
