"""Declare incidents."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.db.models import IntegerField, Max, QuerySet
from django.db.models.functions import Cast, Length
from msgspec import Struct, structs

from juncture.inquiry.criteria import severity_key
from juncture.web.access.errors import Invalid, NotAllowed, SignInNeeded
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import FormerAddress, Incident, IncidentPerson, IncidentService, Severity, Visibility
from juncture.web.incidents.persons import people_named
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_incident
from juncture.web.people.operations import team_named


class Declared(TypedDict, total=False):
    """The fields of a Declaration, where they are given by name."""

    title: str
    severity: str
    services: Sequence[str]
    visibility: str
    team: str
    started_at: datetime | None
    near_miss: bool
    data_lost: bool | None
    people: Sequence[str]


UNTITLED = "Incident without a title yet"
_TRIES = 20
_RANDOM_BYTES = 12


class Declaration(Struct, frozen=True):
    """What is said of an incident when it is declared; only the title is needed.

    `people` are who is on it, each by e-mail address, handle or name. `data_lost` is None while nobody has said.
    """

    title: str = ""
    severity: str = ""
    services: Sequence[str] = ()
    visibility: str = Visibility.ORGANISATION
    team: str = ""
    started_at: datetime | None = None
    near_miss: bool = False
    data_lost: bool | None = None
    people: Sequence[str] = ()


def declare(viewer: Viewer, said: Declaration | None = None, /, **fields: Unpack[Declared]) -> Incident:
    """Declare an incident, as `said` or by the fields of a Declaration. Raises SignInNeeded, NotAllowed or Invalid."""
    require_author(viewer, "declare incidents")
    checked = check_declaration(viewer, said or Declaration(**fields))
    for _ in range(_TRIES):
        try:
            with transaction.atomic():
                return _declared(viewer, checked)
        except IntegrityError:
            # Somebody took the same number at the same moment.
            continue
    raise Invalid("Too many incidents are being declared at this moment. Try again.")


def check_declaration(viewer: Viewer, said: Declaration) -> Declaration:
    """Return what is said in the form in which it is kept. Raises Invalid where an incident cannot be declared so."""
    team = " ".join(said.team.split())[:100]
    if said.visibility == Visibility.TEAM and not team:
        raise Invalid("An incident that one team sees needs the name of that team.")
    return structs.replace(
        said,
        title=checked_title(said.title),
        severity=severity_name(said.severity),
        services=service_names(said.services),
        visibility=checked_visibility(said.visibility),
        team=team,
        people=[person.email for person in people_named(said.people, but=viewer.user_id)],
    )


def _declared(viewer: Viewer, said: Declaration) -> Incident:
    fields: dict[str, Any] = {
        name: getattr(said, name) for name in ("title", "severity", "visibility", "started_at", "near_miss", "data_lost")
    }
    people = people_named(said.people)
    incident = Incident.objects.create(
        public_id=public_id_for(said.visibility),
        created_by_id=viewer.person,
        team=team_named(viewer, said.team) if said.team else None,
        severity_key=severity_key(said.severity),
        **fields,
    )
    IncidentPerson.objects.bulk_create(IncidentPerson(incident=incident, user=person) for person in people)
    IncidentService.objects.bulk_create(
        IncidentService(incident=incident, name=name, position=position) for position, name in enumerate(said.services)
    )
    judge_incident(incident.pk)
    index_incident(incident.pk)
    more = {
        "services": list(said.services),
        "team": said.team,
        "started_at": said.started_at.isoformat() if said.started_at else None,
        "people": [person.pk for person in people],
    }
    record_change(
        viewer,
        action="declare",
        object_kind="incident",
        object_id=incident.public_id,
        incident_id=incident.pk,
        after=fields | more,
    )
    return incident


def checked_title(title: str) -> str:
    """Return a title in one line. Raises Invalid for none, one too long, or one that cannot be stored."""
    title = " ".join(title.split())
    if not title:
        raise Invalid("An incident needs a title: one line that says what users felt.")
    if len(title) > 300:
        raise Invalid(f"The title has {len(title)} characters; 300 are the most.")
    if not is_storable(title):
        raise Invalid("The title holds a NUL or half a character, which cannot be stored.")
    return title


def checked_visibility(visibility: str) -> str:
    """Return a visibility. Raises Invalid for another word."""
    if visibility not in Visibility.values:
        raise Invalid(f"{visibility!r} is no visibility: {', '.join(Visibility.values)}")
    return visibility


def learn_from_evidence(viewer: Viewer, incident: Incident, *, title: str, severity: str, services: Sequence[str]) -> None:
    """Give an incident what nobody said of it and its draft found: title, severity, services. Call inside a transaction.

    A severity is taken over where it is one of the list.
    """
    before: dict[str, Any] = {}
    if incident.title == UNTITLED and title:
        before["title"], incident.title = incident.title, title[:300]
    known = Severity.objects.filter(key=severity_key(severity)).first() if severity and not incident.severity else None
    if known is not None:
        before["severity"], incident.severity, incident.severity_key = "", known.name, known.key
    names = [] if incident.services.exists() else service_names(services)
    if names:
        before["services"] = []
        IncidentService.objects.bulk_create(
            IncidentService(incident=incident, name=name, position=position) for position, name in enumerate(names)
        )
    if not before:
        return
    incident.save(update_fields=["title", "severity", "severity_key"])
    judge_incident(incident.pk)
    index_incident(incident.pk)
    told = {"title": incident.title, "severity": incident.severity, "services": names}
    record_change(
        viewer,
        action="learn",
        object_kind="incident",
        object_id=incident.public_id,
        incident_id=incident.pk,
        before=before,
        after={name: told[name] for name in before},
    )


def require_author(viewer: Viewer, what: str) -> None:
    """Raise SignInNeeded or NotAllowed unless the viewer may write."""
    if not viewer.known:
        raise SignInNeeded
    if not viewer.may_write:
        raise NotAllowed(f"Your role or token only reads. Ask an administrator for the role of author to {what}.")


def service_names(services: Sequence[str]) -> list[str]:
    """Return names of services, each once, in one line. Raises Invalid for one that cannot be stored."""
    names = dict.fromkeys(name for service in services if (name := " ".join(service.split())[:200]))
    if not all(map(is_storable, names)):
        raise Invalid("The name of a service holds a NUL or half a character, which cannot be stored.")
    return list(names)


def severity_name(severity: str) -> str:
    """Return a severity in one line. Raises Invalid for one that cannot be stored."""
    name = " ".join(severity.split())[:40]
    if not is_storable(name):
        raise Invalid("The severity holds a NUL or half a character, which cannot be stored.")
    return name


def public_id_for(visibility: str) -> str:
    """Return the id of a new incident: random for a restricted one, else the next number, of which none is given twice."""
    if visibility == Visibility.RESTRICTED:
        return random_id()
    last = max(last_number(Incident.objects.get_queryset(), "public_id"), last_number(_former(), "former_id"))
    return str(last + 1)


def random_id() -> str:
    """Return a public id that counts nothing."""
    return secrets.token_hex(_RANDOM_BYTES)


def _former() -> QuerySet[FormerAddress]:
    return FormerAddress.objects.filter(kind="incident")


def last_number(rows: QuerySet[Any], name: str) -> int:
    """Return the highest of the ids in a column that are numbers, and not random; 0 where there are none."""
    numbered = rows.annotate(size=Length(name)).filter(size__lt=2 * _RANDOM_BYTES)
    return numbered.aggregate(last=Max(Cast(name, IntegerField())))["last"] or 0
