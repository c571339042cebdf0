"""The audit, page by page and as a file."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET
from msgspec import Struct

from juncture.web.access.errors import Invalid
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.journal import selectors
from juncture.web.journal.exporting import as_csv, as_json_lines
from juncture.web.journal.operations import record_opening
from juncture.web.pages.answers import page

_FIELDS = ("person", "action", "kind", "incident", "from", "to")
_LONGEST = 100


class Day(Struct, frozen=True):
    """Entries of one day, newest first."""

    day: date
    entries: list[selectors.Entry]


@require_GET
@page
def audit(request: ViewerRequest) -> HttpResponse:
    """Show who did and who opened what."""
    given = _given(request)
    told: dict[str, object] = {"given": given, "filtered": any(given.values())}
    try:
        wanted = wanted_of(request, request.viewer.zone)
        found, following = selectors.entries(request.viewer, wanted, cursor=request.GET.get("cursor", ""))
    except Invalid as error:
        told |= {"complaint": error.sentence, "days": []}
        return render(request, "journal/audit.html", told, status=error.status)
    kept = {name: value for name, value in given.items() if value}
    told |= {
        "days": _by_day(found, ZoneInfo(request.viewer.zone)),
        "following": urlencode(kept | {"cursor": following}) if following else "",
        "query": urlencode(kept),
        "actions": sorted({entry.action for entry in found} | {"open", "sign in", "declare", "change"}),
        "kinds": sorted({entry.object_kind for entry in found} | {"incident", "postmortem", "person", "role"}),
    }
    return render(request, "journal/audit.html", told)


@require_GET
@page
def export(request: ViewerRequest, form: str) -> HttpResponseBase:
    """Give the audit as a file; that it was taken is an entry of its own."""
    if form not in {"csv", "jsonl"}:
        raise Invalid("The audit is given as csv or jsonl.")
    found = selectors.all_entries(request.viewer, wanted_of(request, request.viewer.zone))
    record_opening(request.viewer, object_kind="audit export", object_id=f"audit.{form}")
    lines = as_csv(found) if form == "csv" else as_json_lines(found)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/jsonl"
    answer = StreamingHttpResponse(lines, content_type=kind)
    answer["Content-Disposition"] = f'attachment; filename="audit.{form}"'
    return answer


def wanted_of(request: HttpRequest, zone: str) -> selectors.Wanted:
    """Return what a query asks of the audit; days are those of a zone. Raises Invalid."""
    given = _given(request)
    return selectors.Wanted(
        given["person"],
        given["action"],
        given["kind"],
        given["incident"].upper().removeprefix("INC-").lower(),
        _day("from", given["from"], zone),
        _day("to", given["to"], zone, after=1),
    )


def _given(request: HttpRequest) -> dict[str, str]:
    return {name: storable(request.GET.get(name, "")).strip()[:_LONGEST] for name in _FIELDS}


def _day(name: str, text: str, zone: str, *, after: int = 0) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.combine(date.fromisoformat(text) + timedelta(days=after), time(), ZoneInfo(zone))
    except (ValueError, OverflowError):
        raise Invalid(f"{name}: {text[:20]!r} is no day. Write one such as 2026-03-09.") from None


def _by_day(found: list[selectors.Entry], zone: ZoneInfo) -> list[Day]:
    days: list[Day] = []
    for entry in found:
        on = entry.at.astimezone(zone).date()
        if not days or days[-1].day != on:
            days.append(Day(on, []))
        days[-1].entries.append(entry)
    return days
