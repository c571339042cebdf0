"""The page that takes a folder of old Markdown postmortems: choose, look, bring in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from juncture.web.access.errors import Invalid
from juncture.web.access.requests import ViewerRequest
from juncture.web.access.texts import file_name
from juncture.web.incidents.operations import require_author
from juncture.web.library.arriving import FILE_LIMIT, FILES_LIMIT, TOGETHER_LIMIT, Sent, bring, chosen, look
from juncture.web.pages.answers import page


@require_http_methods(["GET", "POST"])
@page
def arriving(request: ViewerRequest) -> HttpResponse:
    """Take files and show what they would become; take what was shown and chosen, and bring it in."""
    require_author(request.viewer, "import postmortems")
    told = {"here": "library", "files": FILES_LIMIT, "megabytes": TOGETHER_LIMIT // 1024**2}
    if request.method == "GET":
        return render(request, "library/arriving.html", told)
    try:
        return _looked(request, told) if request.FILES else _brought(request, told)
    except Invalid as error:
        return render(request, "library/arriving.html", told | {"complaint": error.sentence}, status=error.status)


def _brought(request: ViewerRequest, told: dict[str, object]) -> HttpResponse:
    held = list(_held(request))
    if not held:
        raise Invalid("Choose the Markdown files first, or a folder that holds them.")
    return render(request, "library/brought.html", told | {"brought": bring(request.viewer, held)})


def _looked(request: ViewerRequest, told: dict[str, object]) -> HttpResponse:
    taken, left = chosen(_files(request))
    arrivals, unread = look(request.viewer, taken)
    if not arrivals:
        raise Invalid(f"None of these files can be read: {(*left, *unread)[0].name} {(*left, *unread)[0].why}.")
    held = [(one, base64.b64encode(one.sent.text).decode()) for one in arrivals]
    return render(request, "library/looked.html", told | {"arrivals": held, "left": [*left, *unread]})


def _files(request: ViewerRequest) -> Iterator[tuple[str, int, Sent | None]]:
    files, paths = request.FILES.getlist("file"), request.POST.getlist("paths")
    for number, file in enumerate(files):
        name = file_name(paths[number] if len(paths) == len(files) else file.name or "file")
        size = file.size or 0
        yield name, size, Sent(name, file.read()) if size <= FILE_LIMIT else None


def _held(request: ViewerRequest) -> Iterator[Sent]:
    """Yield the chosen files as the page before held them. They are the person's own, so they may have changed them."""
    for number in request.POST.getlist("take")[:FILES_LIMIT]:
        try:
            text = base64.b64decode(request.POST.get(f"text-{number}", ""), validate=True)
        except (binascii.Error, ValueError):
            raise Invalid("A file did not come back whole. Choose the files again.") from None
        if not text or len(text) > FILE_LIMIT:
            raise Invalid("A file did not come back whole. Choose the files again.")
        yield Sent(file_name(request.POST.get(f"name-{number}", "file")), text)
