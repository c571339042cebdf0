"""The ASGI application.

HTTP goes to Django's WSGI handler in a few threads, which is faster than Django's own ASGI handler; the sockets of editors stay
in the event loop. See `docs/decisions/0005-serving.md`.
"""

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from django.urls import path

from juncture.web.bodies import Bodies
from juncture.web.wsgi import application as django

from juncture.web.together.consumers import Editor  # isort: skip  # after the apps are loaded

THREADS = 16
"""Calls at once. More than processors, since a large upload over a slow line holds one for minutes."""

application = ProtocolTypeRouter(
    {
        "http": Bodies(WSGIMiddleware(django, workers=THREADS), large=THREADS // 2),  # type: ignore[arg-type]  # its own names for the same arguments
        "websocket": URLRouter([path("postmortems/<str:postmortem>/together/", Editor.as_asgi())]),
    }
)
