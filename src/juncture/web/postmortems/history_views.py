"""The pages of a postmortem's history: who changed what, each change of an entry, two publications side by side."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST
from msgspec import Struct

from juncture.web.access.errors import Invalid
from juncture.web.access.problems import cursor_of, sealed
from juncture.web.access.requests import ViewerRequest
from juncture.web.pages.answers import page
from juncture.web.postmortems import operations
from juncture.web.postmortems.history import entries, publications
from juncture.web.postmortems.history.names import Names
from juncture.web.postmortems.history.telling import OPENING

_DIGITS = 18
"""Of the largest key that a database has."""


class Day(Struct, frozen=True):
    """Entries of one day, newest first."""

    day: date
    entries: list[entries.Entry]


class Choice(Struct, frozen=True):
    """Something that the history can be narrowed to."""

    key: int
    name: str
    chosen: bool


@require_GET
@page
def history(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show who changed what, newest first."""
    asked = asked_of(request)
    found = entries.history(request.viewer, postmortem, asked, before=cursor_of(request))
    kept = {name: request.GET[name] for name in ("section", "person") if request.GET.get(name)}
    told = _shared(found.head) | {
        "days": _by_day(found.entries, ZoneInfo(request.viewer.zone)),
        "seen": found.seen,
        "filtered": bool(kept),
        "later": "cursor" in request.GET,
        "following": urlencode(kept | {"cursor": sealed(found.following)}) if found.following else "",
        "sections": _sections(found.names, asked.section),
        "people": [Choice(key, name, key == asked.person) for key, name in found.names.people.items()],
        "publications": publications.publications_of(request.viewer, postmortem),
        "restored": _restored(found, number_of(request, "restored")),
    }
    return render(request, "postmortems/history.html", told)


@require_GET
@page
def entry(request: ViewerRequest, postmortem: str, change: int) -> HttpResponse:
    """Show each change of an entry; alone, where a page opens the entry in place."""
    first = number_of(request, "first")
    found = entries.each_of(request.viewer, postmortem, change, change if first is None else first)
    following = f"{reverse('history-entry', args=(postmortem, found.following))}?first={first}" if found.following else ""
    told = _shared(found.head) | {
        "days": _by_day(found.entries, ZoneInfo(request.viewer.zone)),
        "seen": found.seen,
        "following_entry": following,
    }
    alone = request.headers.get("HX-Request") == "true"
    return render(request, "postmortems/history_each.html" if alone else "postmortems/history_entry_page.html", told)


@require_GET
@page
def compare(request: ViewerRequest, postmortem: str) -> HttpResponse:
    """Show what a publication, or the working text, says otherwise than an earlier publication."""
    older, newer = number_of(request, "from"), number_of(request, "to")
    found = publications.comparison_of(request.viewer, postmortem, older, newer)
    told = _shared(found.head) | {
        "comparison": found,
        "publications": publications.publications_of(request.viewer, postmortem),
    }
    return render(request, "postmortems/compare.html", told)


@require_POST
@page
def restore(request: ViewerRequest, postmortem: str, change: int) -> HttpResponse:
    """Bring back what a section said; what others typed since the page was shown is kept."""
    side, seen = request.POST.get("side", "after"), request.POST.get("seen", "")
    known = int(seen) if seen.isdecimal() and len(seen) <= _DIGITS else None
    done = operations.restore_text(request.viewer, postmortem, change, side=side, seen=known)
    if done.change is None:
        messages.success(request, "It says that already, so nothing was changed.")
        return redirect("history", postmortem)
    return redirect(f"{reverse('history', args=(postmortem,))}?restored={done.change}")


@require_POST
@page
def undo(request: ViewerRequest, postmortem: str, change: int) -> HttpResponse:
    """Undo the last change of an object."""
    operations.undo_change(request.viewer, postmortem, change)
    messages.success(request, "Undone. The newest entry undoes this in turn.")
    return redirect("history", postmortem)


def asked_of(request: HttpRequest) -> entries.Asked:
    """Return what a query narrows the history to. Raises Invalid."""
    return entries.Asked(number_of(request, "section"), number_of(request, "person"))


def number_of(request: HttpRequest, name: str) -> int | None:
    """Return a number of the query, None where it is not given. Raises Invalid."""
    text = request.GET.get(name, "")
    if not text or (name == "to" and text == "working"):
        return None
    if not (text.isascii() and text.isdecimal()) or len(text) > _DIGITS:
        raise Invalid(f"{name} is a number.")
    return int(text)


def _shared(head: entries.Head) -> dict[str, object]:
    return {"here": "incidents", "postmortem": head}


def _restored(found: entries.History, change: int | None) -> entries.Entry | None:
    """Return the entry of a text that was restored just now: what undoes it is offered above the page."""
    new = (each for each in found.entries if each.last == change and each.action in {"restore", "remove"})
    return next((each for each in new if each.kind == "section"), None)


def _sections(names: Names, chosen: int | None) -> list[Choice]:
    there = [Choice(int(key), name or OPENING, int(key) == chosen) for key, name in names.sections.items()]
    return [
        each if str(each.key) in names.standing else Choice(each.key, f"{each.name} (removed)", each.chosen) for each in there
    ]


def _by_day(found: list[entries.Entry], zone: ZoneInfo) -> list[Day]:
    days: list[Day] = []
    for each in found:
        on = each.at.astimezone(zone).date()
        if not days or days[-1].day != on:
            days.append(Day(on, []))
        days[-1].entries.append(each)
    return days
