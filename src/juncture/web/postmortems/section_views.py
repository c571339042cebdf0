"""Which sections a document has: the forms of the editor, and the calls of the API."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.problems import answered, body_of
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.api.describing import describe
from juncture.web.incidents.operations import require_author
from juncture.web.pages.answers import page
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.models import Section

_STEPS = {"up": -1, "down": 1}


class NewSection(Struct, forbid_unknown_fields=True):
    """The heading of a new section, and the section that it follows; the last one where none is named."""

    heading: str
    after: int | None = None


class Arranged(Struct, forbid_unknown_fields=True):
    """What changes of a section: its heading, its place among the sections (the first is 1), or both."""

    heading: str | None = None
    place: int | None = None


class SectionLine(Struct, frozen=True):
    """A section without its text: where it stands and how often it was changed."""

    id: int
    heading: str
    version: int


class Sections(Struct, frozen=True):
    """The sections of a postmortem, in their order."""

    items: list[SectionLine]


@require_POST
@page
def add(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Add a section behind another one."""
    after = request.POST.get("after", "")
    behind = int(after[:18]) if after.isdecimal() else None
    row = operations.add_section(request.viewer, postmortem, storable(request.POST.get("heading", "")), after=behind)
    messages.success(request, "Added. It waits for its text.")
    return _to(postmortem, row)


@require_POST
@page
def arrange(request: ViewerRequest, postmortem: str, section: int, act: str) -> HttpResponse:
    """Rename a section, move it up or down, or remove it."""
    require_author(request.viewer, "write")
    if act in _STEPS:
        row = operations.move_section(request.viewer, postmortem, section, by=_STEPS[act])
        messages.success(request, f"Moved {act}.")
    elif act == "rename":
        row = operations.rename_section(request.viewer, postmortem, section, storable(request.POST.get("heading", "")))
        messages.success(request, "Renamed.")
    elif act == "remove":
        ids = [one for one, *_ in selectors.section_versions(request.viewer, postmortem)]
        operations.remove_section(request.viewer, postmortem, section)
        messages.success(request, "The section is out of the document. Its history brings it back.")
        place = ids.index(section)
        near = [*ids[place + 1 :], *reversed(ids[:place])][0]
        return redirect(f"{reverse('write', args=(postmortem,))}#s-{near}")
    else:
        raise NotFound
    return _to(postmortem, row)


@describe("List the sections with their versions: who writes sees by it what others changed.", answer=Sections)
def list_sections(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """List sections."""
    lines = selectors.section_versions(request.viewer, postmortem)
    return answered(Sections([SectionLine(*line) for line in lines]))


@describe("Add an empty section behind another one.", body=NewSection, answer=SectionLine, status=201, refuses=(403,))
def add_by_call(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Add a section."""
    require_author(request.viewer, "write")
    body = body_of(request, NewSection)
    return answered(_line(operations.add_section(request.viewer, postmortem, body.heading, after=body.after)), 201)


@describe("Rename a section, or move it.", body=Arranged, answer=Sections, refuses=(403,))
def arrange_by_call(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    """Rename or move a section."""
    require_author(request.viewer, "write")
    body = body_of(request, Arranged)
    if body.heading is not None:
        operations.rename_section(request.viewer, postmortem, section, body.heading)
    if body.place is not None:
        ids = [one for one, *_ in selectors.section_versions(request.viewer, postmortem)]
        if section not in ids:
            raise NotFound
        operations.move_section(request.viewer, postmortem, section, by=body.place - 1 - ids.index(section))
    return list_sections(request, postmortem)


@describe("Take a section out of the document; its history brings it back.", answer=Sections, refuses=(403, 409))
def remove_by_call(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    """Remove a section."""
    operations.remove_section(request.viewer, postmortem, section)
    return list_sections(request, postmortem)


def _to(postmortem: str, section: Section) -> HttpResponse:
    return redirect(f"{reverse('write', args=(postmortem,))}#s-{section.pk}")


def _line(section: Section) -> SectionLine:
    return SectionLine(section.pk, section.heading, section.version)
