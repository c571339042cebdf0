"""The evidence page: what there is, what was made of it, whether it is intact, and how to add to it."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from juncture.web.access.errors import Refused
from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.keeping import remove_artefact, say_when, verify_now
from juncture.web.evidence.showing import EvidencePage, evidence_page
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.pages.answers import page

_BELOW = "#artefacts"


@require_http_methods(["GET", "POST"])
@page
def evidence(request: ViewerRequest, incident: str) -> HttpResponseBase:
    """Show the evidence of an incident; take more of it."""
    if request.method == "POST":
        from juncture.web.incidents.views import add_evidence  # noqa: PLC0415 - its pages take evidence too

        return add_evidence(request, incident)
    return render(request, "evidence/evidence.html", _told(request, incident))


@require_GET
@page
def live(request: ViewerRequest, incident: str) -> HttpResponse:
    """Return what changes while something goes on; when nothing does any more, the page is loaded anew."""
    told = _told(request, incident)
    answer = render(request, "evidence/live.html", told)
    if not told["busy"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@page
def verify(request: ViewerRequest, incident: str) -> HttpResponse:
    """Have the evidence verified."""
    verify_now(request.viewer, incident)
    return redirect("evidence", incident)


@require_POST
@page
def remove(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    """Have an artefact erased."""
    try:
        remove_artefact(request.viewer, incident, sha256, reason=request.POST.get("reason", ""))
    except Refused as refused:
        return _complained(request, incident, refused)
    return redirect("evidence", incident)


@require_POST
@page
def when(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    """Take when a picture was, and what it shows."""
    try:
        given = request.POST
        say_when(
            request.viewer,
            incident,
            sha256,
            when=given.get("when", ""),
            what=given.get("what", ""),
            zone=given.get("timezone", ""),
        )
    except Refused as refused:
        return _complained(request, incident, refused)
    return redirect("evidence", incident)


def _complained(request: ViewerRequest, incident: str, refused: Refused) -> HttpResponse:
    """Return the page with what is wrong; where the page is not open to them either, its own refusal."""
    if refused.status not in {409, 422}:
        raise refused
    told = _told(request, incident) | {"complaint": refused.sentence, "given": request.POST}
    return render(request, "evidence/evidence.html", told, status=refused.status)


def _told(request: ViewerRequest, incident: str) -> dict[str, object]:
    seen = evidence_page(request.viewer, incident)
    return {
        "here": "incidents",
        "incident": incident_of(request.viewer, incident),
        "evidence": seen,
        "busy": seen.busy,
        "sentence": _sentence(seen),
        "limit": settings.UPLOAD_LIMIT,
        "limit_text": _limit_text(),
        "zone": request.viewer.zone,
    }


def _limit_text() -> str:
    limit = settings.UPLOAD_LIMIT
    return f"{limit / 1024**3:.2g} GB" if limit >= 1024**3 else f"{limit // 1024**2} MB"


def _sentence(seen: EvidencePage) -> str:
    if not seen.count:
        return "There is no evidence yet."
    count = f"{seen.count:,} artefact{'' if seen.count == 1 else 's'}"
    if any(not run.ended for run in seen.imports):
        return f"{count} so far. Evidence is being read."
    if seen.removing:
        return f"{count}. What was asked to be removed is being erased."
    checked = seen.verification
    if checked and checked.broken:
        return f"{count}, and {len(checked.broken)} of them {'is' if len(checked.broken) == 1 else 'are'} not as received."
    if checked and checked.state == "done" and checked.artefacts >= seen.distinct:
        return f"{count}, intact when last verified."
    return f"{count}, kept as received."
