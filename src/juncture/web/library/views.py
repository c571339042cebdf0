"""Pages of this app: the library, searched or not."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import storable
from juncture.web.incidents.selectors import severity_tones
from juncture.web.library.results import page_of
from juncture.web.library.search import FACETS, Found, Search, found
from juncture.web.library.shelf import newest_publications
from juncture.web.pages.answers import page

SIZE = 10
SHELF = 12
_MOST_PAGES = 100
_VALUE_LIMIT = 200
_VALUES = 20


@require_GET
@page
def library(request: ViewerRequest) -> HttpResponse:
    """Show what is found, or what there is to read."""
    search = search_of(request)
    told: dict[str, Any] = {"here": "library", "q": search.text, "search": search}
    if not search.text.strip():
        return render(
            request,
            "library/library.html",
            told | {"shelf": newest_publications(request.viewer, limit=SHELF, tones=severity_tones())},
        )
    answer = found(request.viewer, search)
    number = _page_number(request)
    results = page_of(request.viewer, answer, first=(number - 1) * SIZE, size=SIZE, newest_first=search.newest_first)
    told |= {
        "found": answer,
        "page": results,
        "facets": answer.facets,
        "dropped": _dropped(search),
        "first": (number - 1) * SIZE + 1,
        "last": (number - 1) * SIZE + len(results.results),
        "before": _link(search, page=number - 1) if number > 1 else None,
        "after": _link(search, page=number + 1) if number * SIZE < results.total else None,
        "words": _words(answer),
        "narrow": request.GET.get("narrow") == "1",
        "everywhere": _link(Search(search.text)),
    }
    return render(request, "library/library.html", told)


def search_of(request: HttpRequest) -> Search:
    """Return what a query asks for."""
    chosen = {
        name: tuple(dict.fromkeys(storable(value)[:_VALUE_LIMIT] for value in request.GET.getlist(name)[:_VALUES] if value))
        for name in FACETS
    }
    return Search(storable(request.GET.get("q", "")).strip("\r\n"), chosen, request.GET.get("sort") == "newest")


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "")
    return min(max(int(text), 1), _MOST_PAGES) if text.isdecimal() and len(text) < 5 else 1


def _link(search: Search, *, but: tuple[str, str] = ("", ""), page: int = 1) -> str:
    """Return the address of a search, without one of its chosen values."""
    query = [("q", search.text)]
    query += [(name, value) for name, values in search.chosen.items() for value in values if (name, value) != but]
    query += [("sort", "newest")] if search.newest_first else []
    return f"?{urlencode(query + ([('page', str(page))] if page > 1 else []))}"


def _dropped(search: Search) -> list[tuple[str, str]]:
    """Return each chosen value with the address that leaves it out."""
    return [(value, _link(search, but=(name, value))) for name, values in search.chosen.items() for value in values]


def _words(answer: Found) -> list[tuple[str, str]]:
    """Return the words that were looked for, each with the address of a search for it alone."""
    said = [" ".join(term.words) for term in answer.terms]
    return [(word, f"?{urlencode({'q': word})}") for word in said] if len(said) > 1 else []
