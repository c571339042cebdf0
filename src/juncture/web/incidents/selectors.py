"""Read incidents."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from msgspec import Struct

from juncture.inquiry.criteria import Outcome, in_one_sentence, severity_key
from juncture.web.access.errors import Moved, NotFound
from juncture.web.access.texts import is_storable, storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import EvidenceSigns, FormerAddress, Incident, IncidentQuerySet, IncidentService, Severity
from juncture.web.incidents.operations import UNTITLED
from juncture.web.postmortems.models import Postmortem

_FOLLOWING = frozenset({"import", "worker"})
"""Work that was begun under a former address goes on."""


class IncidentView(Struct, frozen=True):
    """An incident as a viewer sees it."""

    id: str
    url: str
    title: str
    severity: str | None
    services: tuple[str, ...]
    visibility: str
    team: str | None
    started_at: datetime | None
    created_at: datetime
    postmortems: tuple[str, ...] = ()
    postmortem_state: str | None = None
    """Where its first postmortem stands, as far as the viewer may know; None where there is none for them."""
    near_miss: bool = False
    data_lost: bool | None = None
    needs_postmortem: bool = False
    """Whether it meets a criterion that nobody has waived, and has no published postmortem."""
    reasons: tuple[str, ...] = ()
    """Why it meets criteria, each a clause."""
    waived: bool = False
    severity_tone: str = ""
    """The colour of the severity's chip: `bad`, `warn` or none."""
    began_at: datetime | None = None
    """When it started: as it was told, else as the evidence shows."""

    @property
    def untitled(self) -> bool:
        """Whether its title is still to come from its evidence."""
        return self.title == UNTITLED

    @property
    def name(self) -> str:
        """How it is called beside its title: its number, or the first digits of a random id."""
        return f"INC-{self.id[:8]}"

    @property
    def because(self) -> str:
        """The sentence that says why it needs a postmortem, empty where nothing does."""
        said = in_one_sentence(self.reasons)
        return f"{said} No user felt it." if said and self.near_miss else said

    @property
    def is_published(self) -> bool:
        """Whether its postmortem can be read by everybody who sees it."""
        return self.postmortem_state in {"published", "closed"}


class WantedIncidents(Struct, frozen=True):
    """Which incidents: all, or those of a `state` (needed, draft, published, waived, none), severity, service or team.

    `text` is found in title, services and number.
    """

    state: str = ""
    severity: str = ""
    service: str = ""
    team: str = ""
    near_miss: bool = False
    text: str = ""

    @property
    def is_all(self) -> bool:
        """Whether nothing is left out."""
        return self == ALL


STATES = {
    "needed": "Needs a postmortem",
    "draft": "Being drafted",
    "published": "Published",
    "waived": "Waived",
    "none": "No postmortem",
}
ALL = WantedIncidents()


class Needing(Struct, frozen=True):
    """An incident that should have a postmortem and has none published: why, and since when it is known."""

    incident: IncidentView
    reasons: tuple[str, ...]
    since: datetime

    @property
    def because(self) -> str:
        """The sentence that says why."""
        return self.incident.because


def incidents(
    viewer: Viewer, *, limit: int = 50, before: int | None = None, wanted: WantedIncidents = ALL
) -> tuple[list[IncidentView], int | None]:
    """Return wanted incidents, newest first, and where the next page goes on (None: nowhere)."""
    found = _with_parts(_wanted(viewer, wanted)).order_by("-id")
    rows = list((found.filter(id__lt=before) if before else found)[: limit + 1])
    tones = severity_tones()
    return [view_of(row, viewer, tones) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None


def count_of_incidents(viewer: Viewer, wanted: WantedIncidents = ALL) -> int:
    """Return how many incidents are wanted, of those that the viewer may see."""
    return _wanted(viewer, wanted).count()


def incidents_needing_postmortem(viewer: Viewer, *, limit: int, now: datetime | None = None) -> list[Needing]:
    """Return incidents that meet a criterion, are not waived and have no published postmortem; newest first.

    One whose draft is under way has a `postmortem_state` (for who may write). `now` leaves out what was found only later.
    """
    found = _with_parts(_wanted(viewer, WantedIncidents(state="needed"))).order_by("-id")
    if now is not None:
        found = found.filter(created_at__lte=now)
    tones = severity_tones()
    needing = []
    for row in found[:limit]:
        met = [verdict.since for verdict in row.verdicts.get_queryset() if verdict.outcome == Outcome.MET]
        view = view_of(row, viewer, tones)
        needing.append(Needing(view, view.reasons, min(met, default=row.created_at)))
    return needing


def count_needing_postmortem(viewer: Viewer) -> int:
    """Return how many incidents meet a criterion, are not waived and have no published postmortem."""
    return count_of_incidents(viewer, WantedIncidents(state="needed"))


def incident_row(viewer: Viewer, public_id: str, *related: str) -> Incident:
    """Return the row of an incident that the viewer may see, with what is `related` to it. For operations, not for views.

    Raises NotFound, or Moved.
    """
    if not is_storable(public_id):
        raise NotFound
    seen = Incident.objects.visible_to(viewer).select_related("team", "waiver", "signs", *related)
    row = seen.filter(public_id=public_id).first()
    if row is not None:
        return row
    former = FormerAddress.objects.filter(kind="incident", former_id=public_id).values("incident")
    row = seen.filter(pk__in=former).first()
    if row is None:
        raise NotFound
    if viewer.through in _FOLLOWING:
        return row
    raise Moved(public_id, row.public_id)


def ids_of(kind: str, public_id: str) -> list[str]:
    """Return the id of a postmortem or an action, and those that it had before: what was written down under them is its own."""
    former = FormerAddress.objects.filter(kind=kind, public_id=public_id).values_list("former_id", flat=True)
    return [public_id, *former]


def incident(viewer: Viewer, public_id: str) -> IncidentView:
    """Return one incident. Raises NotFound, or Moved."""
    return view_of(incident_row(viewer, public_id), viewer)


def view_of(row: Incident, viewer: Viewer, tones: dict[str, str] | None = None) -> IncidentView:
    """Return what a viewer sees of a row that is open to them."""
    tones = severity_tones() if tones is None else tones
    seen = [postmortem for postmortem in row.postmortems.get_queryset() if viewer.may_write or postmortem.published_number]
    published = any(postmortem.published_number for postmortem in seen)
    verdicts = row.verdicts.get_queryset()
    signs: EvidenceSigns | None = getattr(row, "signs", None)
    return IncidentView(
        row.public_id,
        f"/incidents/{row.public_id}/",
        row.title,
        row.severity or None,
        tuple(service.name for service in row.services.get_queryset()),
        row.visibility,
        row.team.name if row.team else None,
        row.started_at,
        row.created_at,
        tuple(postmortem.public_id for postmortem in seen),
        (seen[0].state if viewer.may_write else "published") if seen else None,
        row.near_miss,
        row.data_lost,
        row.is_needed and not published,
        tuple(verdict.why for verdict in verdicts if verdict.outcome == Outcome.MET),
        getattr(row, "waiver", None) is not None,
        tones.get(row.severity_key, ""),
        row.started_at or (signs.started_at if signs else None),
    )


def tone_of_incident() -> Subquery:
    """Return the colour of the severity of what points at an incident, for an annotation: no question of its own."""
    return Subquery(Severity.objects.filter(key=OuterRef("incident__severity_key")).values("tone")[:1])


def severity_tones() -> dict[str, str]:
    """Return the colours of severities by their keys."""
    return dict(Severity.objects.values_list("key", "tone"))


class SeverityView(Struct, frozen=True):
    """A severity of the list: its colour is `bad` (red), `warn` (amber) or empty (grey)."""

    id: int
    name: str
    description: str
    tone: str


def severity_views(viewer: Viewer) -> list[SeverityView]:
    """Return the severities, the gravest first. They are nobody's secret; nobody signed in gets none."""
    rows = Severity.objects.all() if viewer.known else Severity.objects.none()
    return [SeverityView(row.pk, row.name, row.description, row.tone) for row in rows]


def severity_names() -> list[str]:
    """Return the severities that can be chosen, the gravest first."""
    return list(Severity.objects.values_list("name", flat=True))


def openings(viewer: Viewer, found: Sequence[IncidentView]) -> str:
    """Return the sentence that says how many incidents still need a postmortem, and how many drafts wait."""
    if not viewer.may_write:
        published = sum(bool(incident.postmortems) for incident in found)
        return f"{published or 'No'} postmortem{'' if published == 1 else 's'} {'is' if published == 1 else 'are'} published."
    needed = count_needing_postmortem(viewer)
    drafts = count_of_incidents(viewer, WantedIncidents(state="draft"))
    said = []
    if needed:
        said.append("One incident needs a postmortem." if needed == 1 else f"{needed:,} incidents need a postmortem.")
    if drafts:
        said.append("One draft is not published." if drafts == 1 else f"{drafts:,} drafts are not published.")
    return " ".join(said) or "Every incident that needs a postmortem has one."


def _with_parts(found: QuerySet[Incident]) -> QuerySet[Incident]:
    return found.select_related("team", "waiver", "signs").prefetch_related("postmortems", "services", "verdicts")


def _wanted(viewer: Viewer, wanted: WantedIncidents) -> IncidentQuerySet:
    found = Incident.objects.visible_to(viewer)
    if wanted.state:
        found = _in_state(found, viewer, wanted.state)
    if wanted.severity:
        found = found.filter(severity_key=severity_key(wanted.severity))
    if wanted.service:
        named = IncidentService.objects.filter(incident=OuterRef("pk"), name__iexact=storable(wanted.service))
        found = found.filter(Exists(named))
    if wanted.team:
        found = found.filter(Q(team__slug=wanted.team) | Q(team__name__iexact=storable(wanted.team)))
    if wanted.near_miss:
        found = found.filter(near_miss=True)
    for word in storable(wanted.text).split():
        number = word.upper().removeprefix("INC-")
        named = IncidentService.objects.filter(incident=OuterRef("pk"), name__icontains=word)
        found = found.filter(Q(title__icontains=word) | Q(public_id=number) | Exists(named))
    return found


def _in_state(found: IncidentQuerySet, viewer: Viewer, state: str) -> IncidentQuerySet:
    """Return those in a state as far as the viewer may know: that there is a draft is known to who may write."""
    postmortems = Postmortem.objects.get_queryset().filter(incident=OuterRef("pk"))
    published = Exists(postmortems.filter(published_number__gt=0))
    if state == "needed":
        return found.filter(is_needed=True).exclude(published)
    if state == "published":
        return found.filter(published)
    if state == "waived":
        return found.filter(waiver__isnull=False)
    if state == "draft":
        return found.filter(Exists(postmortems.filter(published_number=0))) if viewer.may_write else found.none()
    if state == "none":
        return found.exclude(Exists(postmortems) if viewer.may_write else published)
    return found.none()
