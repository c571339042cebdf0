"""The pages on which a postmortem is written: the editor, and the forms of its objects."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import Struct

from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.incidents.operations import require_author
from juncture.web.pages.answers import page
from juncture.web.postmortems import object_selectors, operations, selectors
from juncture.web.postmortems.diagnosing import diagnostics
from juncture.web.postmortems.forms import FORMS, Field, ObjectForm
from juncture.web.postmortems.object_api import ACTS

_DONE = {
    "accept": "Accepted.",
    "dismiss": "Dismissed. It is in no text and no export.",
    "remove": "Removed.",
    "undo": "Undone.",
}


class Panel(Struct, frozen=True):
    """The objects of one kind as a page lists them."""

    form: ObjectForm
    waiting: list[object_selectors.ObjectView]
    accepted: list[object_selectors.ObjectView]
    dismissed: list[object_selectors.ObjectView]


class _Above(Struct, frozen=True):
    """The incident as far as the head of its pages names it."""

    id: str
    url: str
    name: str
    title: str
    severity: str | None
    severity_tone: str
    near_miss: bool
    services: tuple[str, ...]
    began_at: datetime | None
    visibility: str
    team: str | None
    postmortems: tuple[str, ...]


@require_GET
@page
def write(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show the whole document for writing, with what checks say of it."""
    view, objects = object_selectors.written(request.viewer, postmortem)
    found = diagnostics(request.viewer, view, objects)
    told = {
        "here": "incidents",
        "postmortem": view,
        "incident": _above(view),
        "findings": found,
        "panels": _panels(objects),
    }
    return render(request, "postmortems/write.html", told)


@require_GET
@page
def objects(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show all objects of a postmortem, each with what can be done with it."""
    found = object_selectors.objects_of(request.viewer, postmortem)
    told = {
        "here": "incidents",
        "postmortem": selectors.line(request.viewer, postmortem),
        "panels": _panels(found),
    }
    return render(request, "postmortems/objects.html", told)


@require_http_methods(["GET", "POST"])
@page
def add(request: ViewerRequest, postmortem: str, objects: str) -> HttpResponse:
    """Add an object by a form; only its title is needed."""
    require_author(request.viewer, "write")
    form = _form(objects)
    if request.method == "POST":
        try:
            operations.add_object(request.viewer, postmortem, objects, _values(form, request.POST))
        except Invalid as refused:
            return _shown(request, postmortem, form, None, request.POST, refused.sentence)
        messages.success(request, f"{form.one} added.")
        return redirect(_back(request, postmortem, objects))
    return _shown(request, postmortem, form, None, request.GET)


@require_http_methods(["GET", "POST"])
@page
def edit(request: ViewerRequest, postmortem: str, objects: str, object: int) -> HttpResponse:  # noqa: A002 - the address's name
    """Change an object by a form."""
    require_author(request.viewer, "write")
    form = _form(objects)
    if request.method == "POST":
        try:
            operations.edit_object(request.viewer, postmortem, objects, object, _values(form, request.POST))
        except Invalid as refused:
            return _shown(request, postmortem, form, object, request.POST, refused.sentence)
        return redirect(_back(request, postmortem, objects))
    return _shown(request, postmortem, form, object, {})


@require_POST
@page
def act(request: ViewerRequest, postmortem: str, objects: str, object: int, act: str) -> HttpResponse:  # noqa: A002 - the same
    """Accept, dismiss, remove or undo, and go back to where it was asked for."""
    require_author(request.viewer, "write")
    if act not in ACTS:
        raise NotFound
    ACTS[act](request.viewer, postmortem, objects, object)
    messages.success(request, _DONE[act])
    return redirect(_back(request, postmortem, objects))


@require_POST
@page
def make(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    """Make an object of words in a section, without a script: the form sends the text, and the sentence that is meant."""
    require_author(request.viewer, "write")
    selectors.place_of(request.viewer, postmortem, section)
    made = operations.make_object(
        request.viewer, postmortem, request.POST.get("kind", ""), storable(request.POST.get("sentence", ""))[:4000]
    )
    messages.success(request, made.said)
    return redirect(f"{reverse('write', args=(postmortem,))}#s-{section}")


def _above(view: selectors.PostmortemView) -> _Above:
    """Return the head of a page from its postmortem: no question of its own."""
    of = view.record.incident
    return _Above(
        view.incident,
        f"/incidents/{view.incident}/",
        f"INC-{view.incident[:8]}",
        view.title,
        of.severity,
        view.severity_tone,
        view.near_miss,
        of.services,
        of.started_at,
        view.visibility,
        view.team,
        (view.id,),
    )


def _panels(found: object_selectors.Objects) -> list[Panel]:
    panels = []
    for name, form in FORMS.items():
        rows: list[object_selectors.ObjectView] = getattr(found, name.replace("-", "_"))
        by = {standing: [row for row in rows if row.standing == standing] for standing in ("proposed", "accepted", "dismissed")}
        panels.append(Panel(form, by["proposed"], by["accepted"], by["dismissed"]))
    return panels


def _form(objects: str) -> ObjectForm:
    if objects not in FORMS:
        raise NotFound
    return FORMS[objects]


def _values(form: ObjectForm, sent: QueryDict) -> dict[str, Any]:
    """Return what a form sent for the fields that it has; a list is a line each."""
    found: dict[str, Any] = {}
    for field in form.fields:
        if field.name in sent:
            text = sent.get(field.name, "").replace("\r\n", "\n")
            found[field.name] = [line.strip() for line in text.split("\n") if line.strip()] if field.kind == "lines" else text
        elif field.name == form.fields[0].name and sent.get("text") is not None:
            found[field.name] = ""
    return found


def _shown(
    request: ViewerRequest, postmortem: str, form: ObjectForm, piece: int | None, sent: Mapping[str, Any], complaint: str = ""
) -> HttpResponse:
    value: dict[str, Any] = {}
    if piece is not None:
        value = object_selectors.object_of(request.viewer, postmortem, form.kind, piece).value
    told = {
        "here": "incidents",
        "postmortem": selectors.line(request.viewer, postmortem),
        "form": form,
        "piece": piece,
        "fields": [(field, sent.get(field.name, _text(field, value.get(field.name)))) for field in form.fields],
        "complaint": complaint,
        "next": _back(request, postmortem, form.kind),
    }
    return render(request, "postmortems/object.html", told, status=422 if complaint else 200)


def _text(field: Field, value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    if field.kind == "number" and isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _back(request: HttpRequest, postmortem: str, objects: str) -> str:
    """Return where to go back to: where it was asked for, if that is a page of this server."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    if wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return f"{reverse('objects', args=(postmortem,))}#{objects}"
