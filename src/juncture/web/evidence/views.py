"""Pages of imports."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.operations import cancel_import, read_again
from juncture.web.evidence.progress import Stage
from juncture.web.evidence.selectors import ImportView, import_run
from juncture.web.incidents.selectors import incident
from juncture.web.pages.answers import page

_STAGES = {
    Stage.LOOKING: "Look at what was given",
    Stage.READING: "Read it",
    Stage.TIMELINE: "Put the events in order",
    Stage.DRAFT: "Write the draft",
}


class Step(Struct, frozen=True):
    """A stage as the page shows it: `done`, `now` or `later`."""

    name: str
    state: str


@require_GET
@page
def import_page(request: ViewerRequest, run: str) -> HttpResponse:
    """Show an import as it goes on."""
    return render(request, "evidence/import.html", _told(request, run))


@require_GET
@page
def import_state(request: ViewerRequest, run: str) -> HttpResponse:
    """Return the part of the page that changes; the page asks for it again until the import has ended."""
    return render(request, "evidence/import_state.html", _told(request, run))


@require_POST
@page
def cancel(request: ViewerRequest, run: str) -> HttpResponse:
    """Ask an import to stop."""
    cancel_import(request.viewer, run)
    return redirect("import", run)


@require_POST
@page
def again(request: ViewerRequest, run: str) -> HttpResponse:
    """Read once more what could not be read, or was stopped."""
    read_again(request.viewer, run)
    return redirect("import", run)


def _told(request: ViewerRequest, run: str) -> dict[str, object]:
    seen = import_run(request.viewer, run)
    of = incident(request.viewer, seen.incident)
    return {
        "here": "incidents",
        "run": seen,
        "incident": of,
        "heading": "Reading the evidence" if of.untitled and not seen.ended else of.title,
        "sentence": _sentence(seen),
        "what_next": _what_next(seen),
        "steps": [] if seen.ended else _steps(seen),
        "size": sum(seen.sizes),
        # Once all is read, what is left takes no longer than stopping it would.
        "can_stop": not seen.stopping and seen.progress.stage in {Stage.LOOKING, Stage.READING},
    }


def _steps(run: ImportView) -> list[Step]:
    stages = [stage for stage in _STAGES if stage is not Stage.DRAFT or run.draft_follows]
    now = stages.index(run.progress.stage) if run.state == "running" and run.progress.stage in stages else -1
    return [
        Step(_STAGES[stage], "done" if place < now else "now" if place == now else "later")
        for place, stage in enumerate(stages)
    ]


def _sentence(run: ImportView) -> str:
    if run.state == "queued":
        return "Waiting to be read. This takes a moment."
    if run.state == "running":
        return "It is being stopped." if run.stopping else _under_way(run)
    if run.state == "done":
        return f"{run.events:,} event{'' if run.events == 1 else 's'} found, each with the place it came from."
    if run.state == "cancelled":
        return "Reading was stopped. What had been read by then stays."
    return "Nothing in it could be read." if run.was_unreadable else "This could not be read."


def _what_next(run: ImportView) -> str:
    """Return what somebody can do about an import that did not end well, empty for every other."""
    if run.state == "cancelled":
        return "Read it again to read the rest, or go on with what is there."
    if run.was_unreadable:
        return (
            "Below stands why. Copy the text out of it and paste that, or export it as text, CSV or JSON."
            " What was given is kept as evidence all the same."
        )
    if run.state == "failed":
        return "What was given is kept. Read it again; if it fails once more, add its files in smaller parts."
    if run.state == "done" and not run.events:
        return "It was read, and no event with a time is in it. Say its day where times stand alone, or add what has times."
    return ""


def _under_way(run: ImportView) -> str:
    progress = run.progress
    found = f" {progress.found:,} entries so far." if progress.found else ""
    if progress.stage is Stage.LOOKING:
        return "Looking at what was given."
    if progress.stage is Stage.READING:
        return f"Reading file {min(progress.done + 1, progress.total):,} of {progress.total:,}.{found}"
    if progress.stage is Stage.TIMELINE:
        return "Putting the events in order."
    return "Writing the draft."
