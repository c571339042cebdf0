"""One artefact: its text, masked, page by page; the original as a download; a picture drawn anew."""

from __future__ import annotations

import re
from typing import BinaryIO
from urllib.parse import quote

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET

from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.keeping import open_original
from juncture.web.evidence.opening import image_png, leaf_of
from juncture.web.evidence.selectors import view_of_item
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.pages.answers import page

_SEALED = "sandbox; default-src 'none'"
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
_LAST_PAGE = 10_000_000


@require_GET
@page
def artefact(request: ViewerRequest, incident: str, sha256: str) -> HttpResponseBase:
    """Show an artefact to its ring: its lines, masked; or give the original with `?original=1`. Each opening is recorded."""
    if "original" in request.GET:
        return original_of(request, incident, sha256)
    number = page_asked_for(request)
    item, stream = open_original(request.viewer, incident, sha256, opening=number == 1)
    stream.close()
    told = {
        "here": "incidents",
        "incident": incident_of(request.viewer, incident),
        "item": view_of_item(item),
        "leaf": leaf_of(item, number),
        "number": number,
    }
    return render(request, "evidence/artefact.html", told)


@require_GET
@page
def image(request: ViewerRequest, incident: str, sha256: str) -> HttpResponse:
    """Return a picture, drawn anew: never the bytes that came in."""
    answer = HttpResponse(image_png(request.viewer, incident, sha256), content_type="image/png")
    _seal(answer)
    answer["Cache-Control"] = "private, max-age=600"
    answer["Content-Disposition"] = "inline; filename=picture.png"
    return answer


def original_of(request: ViewerRequest, incident: str, sha256: str) -> HttpResponseBase:
    """Return the bytes of an artefact to its ring, or the part of them that is asked for. Raises NotFound."""
    wanted = _RANGE.fullmatch(request.headers.get("Range", ""))
    # The rest of what was opened already is no opening of its own.
    goes_on = bool(wanted and wanted[1] not in {"", "0"})
    item, stream = open_original(request.viewer, incident, sha256, opening=not goes_on)
    start, end = _bounds(wanted, item.size)
    if start >= end and item.size:
        stream.close()
        refused = HttpResponse(status=416)
        refused["Content-Range"] = f"bytes */{item.size}"
        return refused
    stream.seek(start)
    answer = FileResponse(_Part(stream, end - start), status=206 if wanted else 200, content_type="application/octet-stream")
    _seal(answer)
    name = item.name.replace("!/", "/").rsplit("/", 1)[-1]
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    answer["Content-Length"] = str(end - start)
    answer["Accept-Ranges"] = "bytes"
    answer["Cache-Control"] = "private, no-store"
    if wanted:
        answer["Content-Range"] = f"bytes {start}-{end - 1}/{item.size}"
    return answer


def _seal(answer: HttpResponseBase) -> None:
    """Let nothing in an answer run, and nothing guess its type."""
    answer["Content-Security-Policy"] = _SEALED
    answer["X-Content-Type-Options"] = "nosniff"


def _bounds(wanted: re.Match[str] | None, size: int) -> tuple[int, int]:
    if wanted is None or not (wanted[1] or wanted[2]):
        return 0, size
    if not wanted[1]:
        return max(0, size - int(wanted[2])), size
    return int(wanted[1]), min(size, int(wanted[2]) + 1 if wanted[2] else size)


class _Part:
    """So many bytes of a file, as a file."""

    def __init__(self, stream: BinaryIO, count: int) -> None:
        self._stream, self._left = stream, count

    def read(self, size: int = -1) -> bytes:
        """Return some bytes, none at the end."""
        piece = self._stream.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file."""
        self._stream.close()


def page_asked_for(request: HttpRequest) -> int:
    """Return which page of an artefact's lines is asked for, from 1."""
    text = request.GET.get("page", "1")
    return min(int(text), _LAST_PAGE) if text.isdecimal() and len(text) < 10 and int(text) else 1
