"""Related postmortems: earlier ones that share services, alerts or words, with why, what mitigated them, and what is open.

Candidates are fetched by their traits, the newest of each; what the viewer may not see is left out before anything is weighed
or counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable

from django.db import connection
from msgspec import Struct

from juncture.memory.similar import Similar, ranked
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
_SLICE = 500


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
    candidates = _candidates(viewer, traits, incident)
    return _told(viewer, ranked(traits, candidates, most=MOST))


def _candidates(viewer: Viewer, traits: Collection[Trait], incident: str) -> dict[int, set[Trait]]:
    """Return the postmortems that share a trait, newest first, with what they share."""
    rows = _rows(viewer, sorted(traits, key=lambda trait: (_ORDER.index(trait.kind), trait.term))[:MOST_TERMS])
    seen = _seen(viewer, {row[0] for row in rows}, incident)
    found: dict[int, set[Trait]] = defaultdict(set)
    for of_incident, postmortem, kind, term in sorted(rows, key=lambda row: -row[1]):
        if of_incident in seen:
            found[postmortem].add(Trait(TraitKind(kind), term))
    return found


def _seen(viewer: Viewer, incidents: set[int], but: str) -> set[int]:
    """Return those of some incidents that the viewer may see, without one."""
    visible = Incident.objects.visible_to(viewer).exclude(public_id=but).order_by()
    if len(incidents) > _SLICE:
        return incidents.intersection(visible.values_list("pk", flat=True))
    return set(visible.filter(pk__in=incidents).values_list("pk", flat=True))


def _rows(viewer: Viewer, traits: Iterable[Trait]) -> list[tuple[int, int, str, str]]:
    """Return incident, postmortem, kind and term of the newest rows of each trait that this audience has.

    Written out: the ORM knows no limit within a union on SQLite. The words are the same for both databases.
    """
    table = connection.ops.quote_name(PostmortemTrait._meta.db_table)  # noqa: SLF001 - Django's documented way
    one = (
        f"SELECT * FROM (SELECT incident_id, postmortem_id, kind, term FROM {table} "  # noqa: S608 - a name of our own
        f"WHERE kind = %s AND term = %s AND audience IN (%s, %s) ORDER BY id DESC LIMIT {NEWEST}) AS newest"
    )
    values: list[str] = []
    for trait in traits:
        values += [trait.kind, trait.term, *Audience.of(viewer)]
    if not values:
        return []
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join([one] * (len(values) // 4)), values)
        return list(cursor.fetchall())


def _told(viewer: Viewer, similar: list[Similar[int]]) -> list[Related]:
    keys = [each.key for each in similar]
    if not keys:
        return []
    rows = {row.pk: row for row in Postmortem.objects.visible_to(viewer).select_related("incident").filter(pk__in=keys)}
    entries = {
        entry.object_id: entry
        for entry in SearchEntry.objects.visible_to(viewer).filter(
            kind=Kind.POSTMORTEM, object_id__in=[row.public_id for row in rows.values()], audience__in=Audience.of(viewer)
        )
    }
    mitigations: dict[int, list[str]] = defaultdict(list)
    told = PostmortemTrait.objects.visible_to(viewer).filter(
        postmortem__in=keys, kind=MITIGATION, audience__in=Audience.of(viewer)
    )
    for postmortem, term in told.order_by("pk").values_list("postmortem", "term"):
        mitigations[postmortem].append(term)
    actions = _open_actions(viewer, {row.incident_id for row in rows.values()})
    return [
        _one(rows[each.key], each, entries[rows[each.key].public_id], mitigations[each.key], actions[rows[each.key].public_id])
        for each in similar
        if each.key in rows and rows[each.key].public_id in entries
    ]


def _one(row: Postmortem, similar: Similar[int], entry: SearchEntry, did: list[str], actions: list[OpenAction]) -> Related:
    return Related(
        row.public_id,
        f"/postmortems/{row.public_id}/",
        entry.title,
        f"INC-{row.incident.public_id[:8]}",
        row.incident.started_at or row.incident.created_at,
        similar.reasons,
        tuple(did),
        tuple(actions[:_MOST_ACTIONS]),
        max(len(actions) - _MOST_ACTIONS, 0),
    )


def _open_actions(viewer: Viewer, incidents: Collection[int]) -> dict[str, list[OpenAction]]:
    """Return the open actions of some incidents, by postmortem."""
    found: dict[str, list[OpenAction]] = defaultdict(list)
    rows = SearchEntry.objects.visible_to(viewer).filter(
        incident__in=incidents, kind=Kind.ACTION, audience__in=Audience.of(viewer), state__in=_OPEN
    )
    for object_id, title, state in rows.order_by("pk").values_list("object_id", "title", "state"):
        postmortem, _, number = object_id.partition("#")
        url = f"/postmortems/{postmortem}/#action-{number}"
        found[postmortem].append(OpenAction(title, url, state.replace("_", " ")))
    return found
