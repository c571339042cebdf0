"""What the forms of incidents say, read into what operations take."""

from __future__ import annotations

import datetime as dt
import re
from typing import cast

from django.http import HttpRequest, QueryDict
from django.utils import timezone

from juncture.web.access.viewer import Viewer
from juncture.web.evidence.forms import date_of
from juncture.web.evidence.operations import checked_zone
from juncture.web.incidents.editing import Edit
from juncture.web.incidents.models import Visibility
from juncture.web.incidents.moments import moment_of
from juncture.web.incidents.operations import Declaration
from juncture.web.incidents.selectors import STATES, WantedIncidents

_SAID = {"yes": True, "no": False}


def names_in(text: str) -> list[str]:
    """Return the names of a field that takes several, with commas or lines between."""
    return [name for part in re.split(r"[,;\n]", text) if (name := part.strip())]


def declaration_of(form: QueryDict, viewer: Viewer) -> Declaration:
    """Return what the form of a new incident says. Raises Invalid for a time that is not understood."""
    return Declaration(
        title=form.get("title", "").strip(),
        severity=form.get("severity", ""),
        services=names_in(form.get("services", "")),
        visibility=form.get("visibility") or Visibility.ORGANISATION,
        team=form.get("team", ""),
        started_at=_started(form, viewer, day=date_of(form.get("date", ""))),
        near_miss=form.get("near_miss") == "yes",
        data_lost=_SAID.get(form.get("data_lost", "")),
        people=names_in(form.get("people", "")),
    )


def edit_of(form: QueryDict, viewer: Viewer) -> Edit:
    """Return what the form that changes an incident says: all of it. Who sees it only where that was shown."""
    edit = Edit(
        title=form.get("title", ""),
        severity=form.get("severity", ""),
        services=names_in(form.get("services", "")),
        started_at=_started(form, viewer, day=date_of(form.get("date", ""))),
        near_miss=form.get("near_miss") == "yes",
        data_lost=_SAID.get(form.get("data_lost", "")),
    )
    if "visibility" not in form:
        return edit
    return Edit(
        title=edit.title,
        severity=edit.severity,
        services=edit.services,
        started_at=edit.started_at,
        near_miss=edit.near_miss,
        data_lost=edit.data_lost,
        visibility=form.get("visibility", ""),
        team=form.get("team", ""),
    )


def wanted_of(request: HttpRequest) -> WantedIncidents:
    """Return which incidents a query asks for. An unknown state is none at all; words are cut at 200 characters."""
    query = cast("QueryDict", request.GET)
    state = query.get("state", "")
    return WantedIncidents(
        state=state if state in STATES or not state else "unknown",
        severity=query.get("severity", "")[:40],
        service=query.get("service", "")[:200].strip(),
        team=query.get("team", "")[:100].strip(),
        near_miss=query.get("near_miss", "").lower() in {"1", "true", "yes", "on"},
        text=query.get("q", "")[:200].strip(),
    )


def _started(form: QueryDict, viewer: Viewer, *, day: dt.date | None) -> dt.datetime | None:
    zone = checked_zone(form.get("timezone", "").strip()) or viewer.zone
    return moment_of(form.get("started", "")[:100], day=day, zone=zone, now=timezone.now())
