"""Related postmortems: earlier ones that share services, alerts or words, with why, what mitigated them, and what is open.

Candidates are fetched by their traits, the newest of each; what the viewer may not see is left out before anything is weighed
or counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from typing import NamedTuple

from django.db import connection
from django.db.models import Q
from msgspec import Struct

from juncture.memory.similar import Similar, ranked_by_bits
from juncture.memory.traits import Trait, TraitKind, traits_of_words
from juncture.model.instants import Instant
from juncture.model.record import ActionState
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident
from juncture.web.incidents.selectors import IncidentView
from juncture.web.library.models import Audience, Kind, PostmortemTrait, SearchEntry
from juncture.web.library.traits import MITIGATION
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.selectors import PostmortemLine

MOST = 5
NEWEST = 300
"""How many postmortems of each trait are candidates, the newest ones."""
MOST_TERMS = 40
_ORDER = (TraitKind.ALERT, TraitKind.NAME, TraitKind.SERVICE, TraitKind.FACTOR, TraitKind.METRIC, TraitKind.WORD)
_OPEN = (ActionState.OPEN, ActionState.IN_PROGRESS)
_MOST_ACTIONS = 5


class OpenAction(Struct, frozen=True):
    """An action of an earlier postmortem that is not done."""

    title: str
    url: str
    state: str


class Related(Struct, frozen=True):
    """An earlier postmortem that shares something with this one."""

    id: str
    url: str
    title: str
    incident: str
    started_at: Instant
    reasons: tuple[str, ...]
    mitigations: tuple[str, ...]
    open_actions: tuple[OpenAction, ...]
    more_actions: int
    """Open actions that are not among them."""


def related_to(viewer: Viewer, subject: PostmortemLine | IncidentView, *, published: bool = False) -> list[Related]:
    """Return the postmortems that a viewer may see and that are nearest to a postmortem or an incident that they see.

    `published`: by what the latest publication of the postmortem says, also for who may see the working text.
    """
    if isinstance(subject, PostmortemLine):
        return _related(viewer, _traits(viewer, subject.id, published=published), subject.incident)
    return _related(viewer, traits_of_words(subject.title, subject.services), subject.id)


def _traits(viewer: Viewer, postmortem: str, *, published: bool) -> set[Trait]:
    """Return the traits of a postmortem as they are kept beside it."""
    audience = Audience.READERS if published or not viewer.may_write else Audience.WRITERS
    rows = PostmortemTrait.objects.visible_to(viewer).filter(
        postmortem__public_id=postmortem, audience__in=(Audience.EVERYBODY, audience)
    )
    return {Trait(TraitKind(kind), term) for kind, term in rows.exclude(kind=MITIGATION).values_list("kind", "term")}


def _related(viewer: Viewer, traits: Collection[Trait], incident: str) -> list[Related]:
    asked = sorted(traits, key=lambda trait: (_ORDER.index(trait.kind), trait.term))[:MOST_TERMS]
    return _told(viewer, ranked_by_bits(asked, _candidates(viewer, asked, incident), most=MOST))


def _candidates(viewer: Viewer, traits: Sequence[Trait], incident: str) -> dict[int, int]:
    """Return the postmortems that share a trait, newest first, with what they share: 1 for the first of `traits`, 2, 4, 8 …

    The newest of each trait that this audience has, then of these what the viewer may see. Written out: the ORM knows no limit
    within a union on SQLite, and thousands of rows are brought together faster where they lie. The words are the same for both
    databases.
    """
    if not traits:
        return {}
    table = connection.ops.quote_name(PostmortemTrait._meta.db_table)  # noqa: SLF001 - Django's documented way
    newest = " UNION ALL ".join(
        f"SELECT * FROM (SELECT incident_id, postmortem_id, {1 << place} AS bit FROM {table} "  # noqa: S608 - a name of our own
        f"WHERE kind = %s AND term = %s AND audience IN (%s, %s) ORDER BY id DESC LIMIT {NEWEST}) AS newest"
        for place in range(len(traits))
    )
    audience = Audience.of(viewer)
    visible = Incident.objects.visible_to(viewer).exclude(public_id=incident).order_by().values("pk")
    seen, values = visible.query.sql_with_params()
    sql = (
        f"SELECT postmortem_id, CAST(sum(DISTINCT bit) AS bigint) FROM ({newest}) AS shared WHERE incident_id IN ({seen}) "  # noqa: S608 - all of it was written here
        "GROUP BY postmortem_id ORDER BY postmortem_id DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*(value for trait in traits for value in (trait.kind, trait.term, *audience)), *values])
        return dict(cursor.fetchall())


class _Seen(NamedTuple):
    """A postmortem that the viewer may see, and when its incident began."""

    key: int
    id: str
    incident: int
    incident_id: str
    started_at: Instant | None
    declared_at: Instant


_SEEN = ("pk", "public_id", "incident", "incident__public_id", "incident__started_at", "incident__created_at")


def _told(viewer: Viewer, similar: list[Similar[int]]) -> list[Related]:
    """Return what is told of the nearest. What hangs on a postmortem that the viewer may see is found by its key."""
    keys = [each.key for each in similar]
    if not keys:
        return []
    visible = Postmortem.objects.visible_to(viewer).filter(pk__in=keys).order_by().values_list(*_SEEN)
    seen = {row.key: row for row in map(_Seen._make, visible)}
    titles, actions = _entries(viewer, {row.incident for row in seen.values()})
    mitigations = _mitigations(viewer, seen)
    return [
        _one(row, each, titles[row.id], mitigations[each.key], actions[row.id])
        for each in similar
        if (row := seen.get(each.key)) and row.id in titles
    ]


def _mitigations(viewer: Viewer, postmortems: Collection[int]) -> dict[int, list[str]]:
    """Return what mitigated some postmortems that the viewer may see.

    Their kind is looked at here: where it is asked for, SQLite goes through the mitigations of the whole library.
    """
    found: dict[int, list[str]] = defaultdict(list)
    rows = PostmortemTrait.objects.get_queryset().filter(postmortem__in=postmortems, audience__in=Audience.of(viewer))
    for postmortem, kind, term in rows.order_by("pk").values_list("postmortem", "kind", "term"):
        if kind == MITIGATION:
            found[postmortem].append(term)
    return found


def _one(row: _Seen, similar: Similar[int], title: str, did: list[str], actions: list[OpenAction]) -> Related:
    return Related(
        row.id,
        f"/postmortems/{row.id}/",
        title,
        f"INC-{row.incident_id[:8]}",
        row.started_at or row.declared_at,
        similar.reasons,
        tuple(did),
        tuple(actions[:_MOST_ACTIONS]),
        max(len(actions) - _MOST_ACTIONS, 0),
    )


def _entries(viewer: Viewer, incidents: Collection[int]) -> tuple[dict[str, str], dict[str, list[OpenAction]]]:
    """Return the titles of the postmortems of some incidents, and their open actions, by the postmortem's id.

    `incidents` are those that the viewer may see.
    """
    titles: dict[str, str] = {}
    actions: dict[str, list[OpenAction]] = defaultdict(list)
    rows = SearchEntry.objects.get_queryset().filter(
        Q(kind=Kind.POSTMORTEM) | Q(kind=Kind.ACTION, state__in=_OPEN),
        incident__in=incidents,
        audience__in=Audience.of(viewer),
    )
    for kind, object_id, title, state in rows.order_by("pk").values_list("kind", "object_id", "title", "state"):
        if kind == Kind.POSTMORTEM:
            titles[object_id] = title
            continue
        postmortem, _, number = object_id.partition("#")
        url = f"/postmortems/{postmortem}/#action-{number}"
        actions[postmortem].append(OpenAction(title, url, state.replace("_", " ")))
    return titles, actions
