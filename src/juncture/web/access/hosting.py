"""Middleware: health, headers that every answer carries, and the size of what is sent."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.db.utils import Error
from django.http import HttpRequest, HttpResponse, UnreadablePostError

from juncture.web.access.problems import is_api, problem
from juncture.web.access.refusals import refused_page, unreadable

Next = Callable[[HttpRequest], HttpResponse]

_FORM_ROOM = 1024 * 1024
"""Bytes of a form besides its files: names, boundaries, a few words."""
_NOT_USED = "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()"


class OutermostMiddleware:
    """Answers `/healthz` under whatever name the server is asked, and adds headers."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if request.path == "/healthz":
            return healthz()
        answer = self._get_response(request)
        answer.headers.setdefault("Permissions-Policy", _NOT_USED)
        answer.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            # What is shown depends on who asks: no cache keeps it for somebody else. Not stored at all, since browsers hold
            # pages for their Back button, and show them after signing out without a question.
            answer.headers.setdefault("Cache-Control", "private, no-store")
        return answer


class SizeMiddleware:
    """Refuses what is too large, before anything reads it; its answer carries the policy and all other headers."""

    def __init__(self, get_response: Next) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        try:
            return _too_large(request) or self._get_response(request)
        finally:
            # Django forgets a file whose rest did not come until its memory is looked through.
            for handler in request._upload_handlers:  # type: ignore[attr-defined]  # noqa: SLF001 - asked for by its name, they would be made
                handler.upload_interrupted()

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer a request whose rest does not come: it is nobody's mistake here, and mostly nobody hears it."""
        return unreadable(request, exception) if isinstance(exception, UnreadablePostError) else None


def healthz() -> HttpResponse:
    """Return 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return HttpResponse("the database does not answer\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


def longest() -> int:
    """Return how many bytes the longest request has that is read."""
    return int(settings.UPLOAD_LIMIT) + _FORM_ROOM


def _too_large(request: HttpRequest) -> HttpResponse | None:
    sent = request.META.get("CONTENT_LENGTH") or "0"
    if not sent.isdecimal() or int(sent) <= longest():
        return None
    most = settings.UPLOAD_LIMIT // 1024 // 1024
    sentence = (
        f"This is larger than {most:,} MB, the most that this server takes at once. Send it in parts, or pack it; "
        "JUNCTURE_UPLOAD_LIMIT_MB raises the limit."
    )
    return problem(413, sentence) if is_api(request) else refused_page(sentence, 413)
