"""Change what is said of an incident, who sees it, and who is on it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from msgspec import UNSET, Struct, UnsetType

from juncture.inquiry.criteria import severity_key
from juncture.web.access.errors import InTheWay, Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import FormerAddress, Incident, IncidentPerson, IncidentService, Visibility
from juncture.web.incidents.operations import (
    checked_title,
    checked_visibility,
    random_id,
    require_author,
    service_names,
    severity_name,
)
from juncture.web.incidents.persons import person_named
from juncture.web.incidents.rights import require_editor, require_opener
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import forget_postmortem, index_all_of
from juncture.web.people.models import TeamMember, User
from juncture.web.people.operations import team_named
from juncture.web.postmortems.models import Postmortem


class Edit(Struct, frozen=True):
    """What is to change of an incident; what is unset stays."""

    title: str | UnsetType = UNSET
    severity: str | UnsetType = UNSET
    services: Sequence[str] | UnsetType = UNSET
    started_at: datetime | UnsetType | None = UNSET
    near_miss: bool | UnsetType = UNSET
    data_lost: bool | UnsetType | None = UNSET
    visibility: str | UnsetType = UNSET
    team: str | UnsetType = UNSET


def edit_incident(viewer: Viewer, incident_id: str, edit: Edit) -> str:
    """Change an incident; return its public id, which is a new one where it became restricted.

    Raises NotFound, NotAllowed, or Invalid. Who sees it is changed by its creator and by facilitators alone.
    """
    require_author(viewer, "change incidents")
    with transaction.atomic():
        seen = incident_row(viewer, incident_id)
        require_editor(viewer, seen)
        if edit == Edit():
            raise Invalid(
                "Say what is to change: title, severity, services, started_at, near_miss, data_lost, visibility, team."
            )
        row = Incident.objects.get_queryset().select_for_update(no_key=True).get(pk=seen.pk)
        before = _told(row)
        _set_facts(row, edit)
        if row.visibility != _new(edit.visibility, row.visibility) or edit.team is not UNSET:
            _set_visibility(viewer, row, edit)
        row.save()
        after = _told(row)
        if after == before:
            return row.public_id
        judge_incident(row.pk)
        index_all_of(row.pk)
        changed = [name for name, value in after.items() if value != before[name]]
        record_change(
            viewer,
            action="edit",
            object_kind="incident",
            object_id=row.public_id,
            incident_id=row.pk,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
    return row.public_id


def add_person_to_incident(viewer: Viewer, incident_id: str, name: str) -> User:
    """Put a person on an incident, by e-mail address, handle or name: they then see it.

    Raises NotFound, NotAllowed, or Invalid for nobody of this name.

    A person who is on it already, or declared it, is InTheWay.
    """
    require_author(viewer, "add people")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        require_opener(viewer, row)
        person = person_named(name)
        if person.pk == row.created_by_id:
            raise InTheWay(f"{person.name} declared this incident and is on it already.")
        _, is_new = IncidentPerson.objects.get_or_create(incident=row, user=person)
        if not is_new:
            raise InTheWay(f"{person.name} is on this incident already.")
        _record_person(viewer, row, "add_person", after=person.pk)
    return person


def remove_person_from_incident(viewer: Viewer, incident_id: str, person: int) -> None:
    """Take a person (by key) off an incident. Raises NotFound, NotAllowed, or InTheWay where they are not on it."""
    require_author(viewer, "take people off")
    with transaction.atomic():
        row = incident_row(viewer, incident_id)
        require_opener(viewer, row)
        gone, _ = IncidentPerson.objects.filter(incident=row, user=person).delete()
        if not gone:
            raise InTheWay("This person is not on the incident, or declared it.")
        _record_person(viewer, row, "remove_person", before=person)


def remove_named_person(viewer: Viewer, incident_id: str, name: str) -> None:
    """Take a person off an incident, by e-mail address, handle or name. Raises as `remove_person_from_incident`, or Invalid."""
    require_author(viewer, "take people off")
    require_opener(viewer, incident_row(viewer, incident_id))
    remove_person_from_incident(viewer, incident_id, person_named(name).pk)


def people_on(viewer: Viewer, incident_id: str) -> list[str]:
    """Return the e-mail addresses of who is on an incident, the one who declared it first.

    Raises NotFound, also for who only reads.
    """
    row = incident_row(viewer, incident_id, "created_by")
    if not viewer.may_write:
        raise NotFound
    added = IncidentPerson.objects.filter(incident=row).order_by("id").values_list("user__email", flat=True)
    return list(dict.fromkeys((row.created_by.email, *added)))


def _set_facts(row: Incident, edit: Edit) -> None:
    row.title = checked_title(_new(edit.title, row.title))
    row.severity = severity_name(_new(edit.severity, row.severity))
    row.severity_key = severity_key(row.severity)
    for name in ("started_at", "near_miss", "data_lost"):
        value = getattr(edit, name)
        if value is not UNSET:
            setattr(row, name, value)
    if edit.services is not UNSET:
        names = service_names(edit.services)
        if names != list(row.services.values_list("name", flat=True)):
            IncidentService.objects.filter(incident=row).delete()
            IncidentService.objects.bulk_create(
                IncidentService(incident=row, name=name, position=position) for position, name in enumerate(names)
            )


def _set_visibility(viewer: Viewer, row: Incident, edit: Edit) -> None:
    visibility = checked_visibility(_new(edit.visibility, row.visibility))
    current = row.team.name if row.team else ""
    team = " ".join(_new(edit.team, current).split())[:100]
    if (visibility, team.casefold()) == (row.visibility, current.casefold()):
        return
    require_opener(viewer, row)
    if visibility == Visibility.TEAM and not team:
        raise Invalid("An incident that one team sees needs the name of that team.")
    was = row.visibility
    row.team = team_named(viewer, team) if team else None
    row.visibility = visibility
    if visibility == Visibility.RESTRICTED and was != Visibility.RESTRICTED:
        _take_new_ids(row)
    _stay_on_it(viewer, row)


def _stay_on_it(viewer: Viewer, row: Incident) -> None:
    """Whoever narrows who sees an incident goes on seeing it."""
    if row.visibility == Visibility.ORGANISATION or row.created_by_id == viewer.user_id:
        return
    in_team = row.visibility == Visibility.TEAM and TeamMember.objects.filter(team=row.team, user=viewer.user_id).exists()
    if not in_team:
        IncidentPerson.objects.get_or_create(incident=row, user_id=viewer.person)


def _take_new_ids(row: Incident) -> None:
    """Give a restricted incident, its postmortems and their actions random ids: a sequence counts. The former ones lead on."""
    row.public_id = _renamed(row, "incident", row.public_id)
    for postmortem in Postmortem.objects.get_queryset().select_for_update(no_key=True).filter(incident=row):
        forget_postmortem(row.pk, postmortem.public_id)
        postmortem.public_id = _renamed(row, "postmortem", postmortem.public_id)
        postmortem.save(update_fields=["public_id"])
    actions = list(ActionItem.objects.get_queryset().select_for_update(no_key=True).filter(incident=row))
    for action in actions:
        action.public_id, action.number = _renamed(row, "action", action.public_id), None
    ActionItem.objects.get_queryset().bulk_update(actions, ("public_id", "number"), batch_size=100)


def _renamed(row: Incident, kind: str, former_id: str) -> str:
    public_id = random_id()
    FormerAddress.objects.filter(incident=row, kind=kind, public_id=former_id).update(public_id=public_id)
    FormerAddress.objects.create(incident=row, kind=kind, former_id=former_id, public_id=public_id)
    return public_id


def _told(row: Incident) -> dict[str, Any]:
    """Return what a change tells of an incident."""
    return {
        "title": row.title,
        "severity": row.severity,
        "services": list(row.services.values_list("name", flat=True)),
        "started_at": row.started_at.isoformat() if row.started_at else None,
        "near_miss": row.near_miss,
        "data_lost": row.data_lost,
        "visibility": row.visibility,
        "team": row.team.name if row.team else "",
        "public_id": row.public_id,
    }


def _record_person(viewer: Viewer, row: Incident, action: str, *, before: int | None = None, after: int | None = None) -> None:
    record_change(
        viewer,
        action=action,
        object_kind="incident",
        object_id=row.public_id,
        incident_id=row.pk,
        before=None if before is None else {"person": before},
        after=None if after is None else {"person": after},
    )


def _new(value: str | UnsetType, old: str) -> str:
    return old if isinstance(value, UnsetType) else value
