"""Pages of postmortems: read, edit a section, cite an event, publish."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from msgspec import Struct

from juncture.web.access.errors import NotFound
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.pages.answers import page
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.showing import shown_article
from juncture.web.timeline.selectors import Wanted, count_of, events_of
from juncture.web.timeline.showing import shown

FOUND_EVENTS = 20


@require_POST
@page
def start(request: ViewerRequest, incident: str) -> HttpResponse:
    """Draft a postmortem and show it; the one that is there already, so that a second click makes no second one."""
    if there := incident_of(request.viewer, incident).postmortems:
        return redirect("postmortem", there[0])
    row = operations.start_postmortem(request.viewer, incident, practice=request.POST.get("practice") or "google")
    return redirect("postmortem", row.public_id)


@require_GET
@page
def read(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show a postmortem: the working text to who may write, with the last words typed, else the latest publication."""
    view = selectors.postmortem(request.viewer, postmortem)
    if view.typing:
        operations.settle_text(request.viewer, postmortem)
        view = selectors.postmortem(request.viewer, postmortem)
    return _shown(request, view)


@require_GET
@page
def published(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show the latest publication as every reader sees it."""
    return _shown(request, selectors.postmortem(request.viewer, postmortem, published=True))


@require_POST
@page
def state(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Bring a postmortem to another state."""
    row = operations.set_state(request.viewer, postmortem, request.POST.get("to", ""), reason=request.POST.get("reason", ""))
    if row.state != "published":
        return redirect("postmortem", postmortem)
    messages.success(request, f"Published. This is publication {row.published_number}, as every reader sees it.")
    return redirect("postmortem-published", postmortem)


@require_http_methods(["GET", "POST"])
@page
def section(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    """Edit one section. What somebody else wrote meanwhile is merged, never overwritten.

    Finding events posts the text and gives it back as it is, unsaved: no word is lost, also without a script.
    """
    if request.method == "POST" and "find" not in request.POST:
        return _written(request, postmortem, section)
    of, sections = selectors.sections_of(request.viewer, postmortem)
    place = next((number for number, one in enumerate(sections) if one.id == section), None)
    if place is None:
        raise NotFound
    stored = sections[place].markdown
    asked = storable(request.POST.get("q") or request.GET.get("q", "")).strip()
    wanted = Wanted(text=asked, key_only=not asked)
    events, _ = events_of(request.viewer, of.incident, wanted, limit=FOUND_EVENTS)
    told = {
        "here": "incidents",
        "postmortem": of,
        "section": sections[place],
        "sections": sections,
        "base": request.POST.get("base", stored),
        "text": request.POST.get("text", stored),
        "place": place,
        "days": shown(events),
        "many_days": len({event.occurred_at.date() for event in events}) > 1,
        "found": len(events),
        "total": count_of(request.viewer, of.incident, wanted),
        "q": asked,
        "at": request.POST.get("at") or request.GET.get("at", ""),
    }
    return render(request, "postmortems/section.html", told)


def _written(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    text = request.POST.get("text", "")
    merged = operations.apply(request.viewer, postmortem, section, base=request.POST.get("base", ""), text=text)
    event = request.POST.get("cite")
    if not event:
        if request.POST.get("next") == "write":
            return redirect(f"{reverse('write', args=(postmortem,))}#s-{section}")
        place = selectors.place_of(request.viewer, postmortem, section)
        return redirect(f"{reverse('postmortem', args=(postmortem,))}#edit-{place}")
    at = request.POST.get("at", "")
    # A place in the text that was sent is one in what is stored only where nobody else wrote meanwhile.
    mine = at.isdecimal() and merged == operations.lines(text)
    behind = operations.cite(request.viewer, postmortem, section, event, at=int(at[:9]) if mine else None)
    words = storable(request.POST.get("q", "")).strip()
    return redirect(f"{request.path}?{urlencode({'q': words, 'at': behind} if words else {'at': behind})}")


class _Above(Struct, frozen=True):
    """The incident as far as the tabs above its postmortem name it."""

    id: str
    url: str
    name: str
    postmortems: tuple[str, ...]


def _shown(request: ViewerRequest, view: selectors.PostmortemView) -> HttpResponse:
    above = _Above(view.incident, f"/incidents/{view.incident}/", f"INC-{view.incident[:8]}", (view.id,))
    told = {"here": "incidents", "postmortem": view, "incident": above, "article": shown_article(request.viewer, view)}
    return render(request, "postmortems/postmortem.html", told)
