"""The ASGI application.

HTTP goes to Django's WSGI handler in a few threads, which is faster than Django's own ASGI handler; the sockets of editors stay
in the event loop. See `docs/decisions/0005-serving.md` and `0015-slow-readers.md`.
"""

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from django.conf import settings
from django.urls import path

from juncture.web.access.hosting import longest
from juncture.web.answers import Answers, in_whole
from juncture.web.bodies import Bodies
from juncture.web.wsgi import application as django

from juncture.web.together.consumers import Editor  # isort: skip  # after the apps are loaded

THREADS = 16
"""Calls at once. More than processors, since a large upload over a slow line holds one for minutes."""

_wsgi = WSGIMiddleware(in_whole(django, settings.DATA / "uploads"), workers=THREADS)  # type: ignore[arg-type]  # its own names
application = ProtocolTypeRouter(
    {
        "http": Answers(Bodies(_wsgi, large=THREADS // 2, most=longest())),  # type: ignore[arg-type]  # the same
        "websocket": URLRouter([path("postmortems/<str:postmortem>/together/", Editor.as_asgi())]),
    }
)
