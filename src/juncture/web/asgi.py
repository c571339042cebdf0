"""The ASGI application: HTTP goes to Django's WSGI handler in a few threads, which is faster than Django's own ASGI handler.

See `docs/decisions/0005-serving.md`.
"""

from a2wsgi import WSGIMiddleware

from juncture.web.bodies import Bodies
from juncture.web.wsgi import application as django

THREADS = 16
"""Calls at once. More than processors, since a large upload over a slow line holds one for minutes."""

application = Bodies(WSGIMiddleware(django, workers=THREADS), large=THREADS // 2)  # type: ignore[arg-type]  # its own names for the same arguments
