"""The page and the problem that say why a call was refused; also where no view was reached."""

from __future__ import annotations

import logging
import secrets
import sys

from django.core.exceptions import DisallowedHost, RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from juncture.web.access.errors import NotFound
from juncture.web.access.problems import is_api, problem
from juncture.web.access.trouble import sentence_for
from juncture.web.access.viewer import NOBODY
from juncture.web.pages.layout import layout

log = logging.getLogger(__name__)

_STALE = (
    "This page was open for too long, or cookies are not allowed here. Go back, load the page again, and send it once more."
)
_BROKEN = "Something broke on our side. What you had saved is safe. Go back and try again."
_UNREADABLE = "What was sent cannot be read. Go back, load the page again, and try once more."
_TOO_LONG = "This text is longer than 16 MB. Save it as a file and choose that: files are not held in memory."
_TOO_MANY = "These are more than 5,000 files. Pack them into one archive (zip or tar) and choose that."


class RefusedPage(HttpResponse):
    """A page that says why, and holds nothing of what was asked for."""


def refused_page(sentence: str, status: int, *, request: HttpRequest | None = None, reference: str = "") -> HttpResponse:
    """Return the page that says why. Without a request it asks neither the database nor the session for anything."""
    viewer = getattr(request, "viewer", NOBODY)
    told = layout(request) | {"viewer": viewer, "sentence": sentence, "status": status, "reference": reference}
    return RefusedPage(render_to_string("pages/refused.html", told, request), status=status)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an address that nothing has, in the same words as for what is not open to the viewer."""
    del exception
    return _answer(request, NotFound().sentence, 404)


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a call that cannot be read: too long, too many files, for a host that is not this one."""
    if isinstance(exception, RequestDataTooBig):
        return _answer(request, _TOO_LONG, 413)
    if isinstance(exception, TooManyFieldsSent | TooManyFilesSent):
        return _answer(request, _TOO_MANY, 413)
    if isinstance(exception, DisallowedHost):
        asked = request.META.get("HTTP_HOST", "")[:100]
        return _answer(request, f"This server does not know that it is called {asked}. JUNCTURE_URL tells it so.", 400)
    return _answer(request, _UNREADABLE, 400)


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a call that did not come from a page of ours, or from one that is too old."""
    del reason
    if is_api(request) and not getattr(request, "viewer", NOBODY).known:
        return problem(401, "Send `Authorization: Bearer TOKEN`; `juncture token EMAIL` prints one.")
    return _answer(request, _STALE, 403)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke; the log has the same reference beside what it was."""
    error = sys.exc_info()[1]
    reference = secrets.token_hex(4)
    log.error("reference %s: %s", reference, type(error).__name__)
    known = sentence_for(error)
    status = 503 if known else 500
    if is_api(request):
        return problem(status, f"{known or _BROKEN} Reference {reference}.")
    return refused_page(known or _BROKEN, status, reference=reference)


def _answer(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return problem(status, sentence) if is_api(request) else refused_page(sentence, status, request=request)
