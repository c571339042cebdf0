"""Pages of postmortems: read, edit a section, cite an event, publish."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.web.access.errors import NotFound
from juncture.web.access.middleware import ViewerRequest
from juncture.web.pages.answers import page
from juncture.web.postmortems import operations, selectors
from juncture.web.postmortems.showing import shown_article
from juncture.web.timeline.selectors import Wanted, events_of

FOUND_EVENTS = 20


@require_POST
@page
def start(request: ViewerRequest, incident: str) -> HttpResponse:
    """Draft a postmortem and show it."""
    row = operations.start_postmortem(request.viewer, incident, practice=request.POST.get("practice") or "google")
    return redirect("postmortem", row.public_id)


@require_GET
@page
def read(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show a postmortem: the working text to who may write, else the latest publication."""
    return _shown(request, selectors.postmortem(request.viewer, postmortem))


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
    return redirect("postmortem-published" if row.state == "published" else "postmortem", postmortem)


@require_http_methods(["GET", "POST"])
@page
def section(request: ViewerRequest, postmortem: str, section: int) -> HttpResponse:
    """Edit one section. What somebody else wrote meanwhile is merged, never overwritten."""
    if request.method == "POST":
        operations.apply(
            request.viewer, postmortem, section, base=request.POST.get("base", ""), text=request.POST.get("text", "")
        )
        if event := request.POST.get("cite"):
            operations.cite(request.viewer, postmortem, section, event)
            return redirect(request.get_full_path())
        return redirect("postmortem", postmortem)
    view = selectors.postmortem(request.viewer, postmortem)
    found = next((one for one in view.sections if one.id == section), None)
    if found is None:
        raise NotFound
    asked = request.GET.get("q", "")
    events, total = events_of(request.viewer, view.incident, Wanted(text=asked, key_only=not asked), limit=FOUND_EVENTS)
    told = {"postmortem": view, "section": found, "events": events, "total": total, "q": asked}
    return render(request, "postmortems/section.html", told)


def _shown(request: ViewerRequest, view: selectors.PostmortemView) -> HttpResponse:
    shown = shown_article(view, selectors.excerpts_for(view), zone=request.viewer.zone)
    return render(request, "postmortems/postmortem.html", {"postmortem": view, "article": shown})
