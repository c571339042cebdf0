"""Pages of imports."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from juncture.web.access.middleware import ViewerRequest
from juncture.web.evidence.operations import cancel_import
from juncture.web.evidence.selectors import ImportView, import_run
from juncture.web.incidents.selectors import incident
from juncture.web.pages.answers import page


@require_GET
@page
def import_page(request: ViewerRequest, run: str) -> HttpResponse:
    """Show an import as it goes on."""
    return render(request, "evidence/import.html", _told(request, run))


@require_GET
@page
def import_state(request: ViewerRequest, run: str) -> HttpResponse:
    """Return the part of the page that changes; it asks for itself again until the import has ended."""
    return render(request, "evidence/import_state.html", _told(request, run))


@require_POST
@page
def cancel(request: ViewerRequest, run: str) -> HttpResponse:
    """Ask an import to stop."""
    cancel_import(request.viewer, run)
    return redirect("import", run)


def _told(request: ViewerRequest, run: str) -> dict[str, object]:
    seen = import_run(request.viewer, run)
    return {"run": seen, "incident": incident(request.viewer, seen.incident), "sentence": _sentence(seen)}


def _sentence(run: ImportView) -> str:
    done, total = run.progress.get("done", 0), run.progress.get("total", 0)
    if run.state == "queued":
        return "Queued. Reading begins in a moment."
    if run.state == "running":
        return f"Reading: {done} of {total} files." if total else "Looking at what was given."
    if run.state == "done":
        return f"Read. {run.events:,} events, each with the place it came from."
    if run.state == "cancelled":
        return "Stopped. What had been read by then stays."
    return "Nothing could be read."
