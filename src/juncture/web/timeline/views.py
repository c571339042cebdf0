"""The workbench of an incident's timeline: its page and the parts of it that are fetched alone, and what corrects it."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET, require_POST

from juncture.document.drawing.shapes import LOOKS, LaneLook, icon
from juncture.web.access.errors import Invalid
from juncture.web.access.problems import in_utc
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.pages.answers import page
from juncture.web.timeline.asking import Look, look_of
from juncture.web.timeline.drawing import decided_in, drawn
from juncture.web.timeline.history import marks, rows_of
from juncture.web.timeline.listing import listing, shown_count, window_words
from juncture.web.timeline.operations import Asked, correct
from juncture.web.timeline.panel import panel
from juncture.web.timeline.sources import source_look
from juncture.web.timeline.workbench import PAGE, Bench, bench, head_of
from juncture.web.timeline.zones import ZONES

PARTS = {"bench": "timeline/bench.html", "panel": "timeline/panel.html"}
_PART = "X-Part"


@require_GET
@page
def timeline(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show the timeline as it was asked for; of it only a part, where the page's own script asks for that."""
    return _shown(request, incident)


@require_POST
@page
def corrections(request: ViewerRequest, incident: str) -> HttpResponse:
    """Correct an event, or add one, and go back to where the form stood. What is refused is said there."""
    query = storable(request.POST.get("next", "")).removeprefix("?")
    asked = _asked(request)
    try:
        correction = correct(request.viewer, incident, asked)
    except Invalid as error:
        if _PART in request.headers:
            return render(request, "timeline/complaint.html", {"complaint": error.sentence}, status=422)
        request.GET = QueryDict(query)
        return _shown(request, incident, complaint=error.sentence, given=request.POST, status=422)
    back = QueryDict(query, mutable=True)
    if asked.kind in {"add", "split"}:
        back["event"] = correction.after.get("other") or correction.event_id
    return redirect(f"{reverse('timeline', args=(incident,))}?{back.urlencode()}")


def _asked(request: ViewerRequest) -> Asked:
    form = {name: storable(value) for name, value in request.POST.items() if isinstance(value, str)}
    for kind in ("pin", "unpin"):
        if form.get(kind):
            return Asked(kind=kind, event=form[kind])
    return Asked(
        kind=form.get("kind", ""),
        event=form.get("event", ""),
        time=form.get("time", ""),
        zone=form.get("zone", "") or request.viewer.zone,
        text=form.get("text", ""),
        lane=form.get("lane", ""),
        annotation=form.get("annotation", ""),
        sightings=tuple(map(storable, request.POST.getlist("sighting"))),
        other=_event_id(form.get("other", "")),
        why=form.get("why", ""),
    )


def _event_id(text: str) -> str:
    """Return the id of an event from its address as it was copied, or from the id itself."""
    _, asked, query = text.strip().partition("?")
    return QueryDict(query).get("event") or "" if asked else text.strip()


def _shown(
    request: ViewerRequest, incident: str, *, complaint: str = "", given: QueryDict | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    look = look_of(request)
    found = bench(viewer, incident, look)
    ids = {event.id for event in found.events}
    chosen = found.chosen
    rows = rows_of(found.incident, {*ids, *((chosen.id, *chosen.aliases) if chosen else ())})
    about = [row for row in rows if chosen and row.event_id in {chosen.id, *chosen.aliases}]
    told: dict[str, Any] = {"look": look, "bench": found, "may_write": viewer.may_write, "complaint": complaint}
    told["incident"] = head_of(viewer, found)
    told["back"] = look.address(offset=look.offset)
    told["closed"] = look.address(event="", offset=look.offset)
    numbers = dict(zip(("shown", "folded"), shown_count(found), strict=True)) | {
        "total": found.facets.total,
        "found": found.found,
    }
    told["numbers"] = {name: f"{number:,}" for name, number in numbers.items()}
    told["lane_names"] = [(look_.lane, look_.many) for look_ in LOOKS.values()]
    if chosen is not None:
        told["event"] = panel(viewer, found.incident, chosen, about, look.clock)
    part = request.headers.get(_PART, "")
    if part != "panel":
        told |= _list(found, look) | {"parts": listing(found, marks(rows)), "drawn": drawn(found)}
        told["decided"] = decided_in(found)
    if part not in PARTS:
        told |= {"here": "incidents", "given": given or {}} | _filters(found, look)
    answer = render(request, PARTS.get(part, "timeline/timeline.html"), told, status=status)
    patch_vary_headers(answer, (_PART,))
    return answer


def _list(found: Bench, look: Look) -> dict[str, Any]:
    _, folded = shown_count(found)
    zoomed = look.start is not None or look.end is not None
    return {
        "folded": folded,
        "zoomed": zoomed,
        "window": window_words(found, look.clock),
        "whole": look.address(start=None, end=None, like="", unlike=(), source="" if look.unlike else look.source),
        "is_part": bool(look.like or look.unlike),
        "earlier": look.address(offset=max(0, look.offset - PAGE)) if look.offset else "",
        "later": look.address(offset=look.offset + PAGE) if found.more else "",
        "everything": look.address(words="", lanes=(), source="", key_only=False, start=None, end=None, like="", unlike=()),
        "zooms": _zooms(found, look),
    }


def _zooms(found: Bench, look: Look) -> list[tuple[str, str]]:
    """Return links that move the window, for who has no script."""
    width = found.end - found.start
    ways = (
        ("Earlier", found.start - width / 2, found.end - width / 2),
        ("Later", found.start + width / 2, found.end + width / 2),
        ("Zoom in", found.start + width / 4, found.end - width / 4),
        ("Zoom out", found.start - width / 2, found.end + width / 2),
    )
    return [(name, look.address(start=in_utc("from", start), end=in_utc("to", end))) for name, start, end in ways]


def _filters(found: Bench, look: Look) -> dict[str, Any]:
    return {
        "lanes": [_pick(each, on=not look.lanes or each.lane in look.lanes) for each in LOOKS.values()],
        "sources": [(name, source_look(name).name, count) for name, count in found.facets.sources],
        "zones": ZONES,
    }


def _pick(look: LaneLook, *, on: bool) -> dict[str, Any]:
    # A shape is built from constants alone.
    return {"lane": look.lane, "name": look.many, "shape": mark_safe(icon(look.lane, named=False)), "on": on}  # noqa: S308
