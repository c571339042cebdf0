"""A request that knows who asks."""

from __future__ import annotations

from django.http import HttpRequest

from juncture.web.access.viewer import Viewer


class ViewerRequest(HttpRequest):
    """A request as the middleware hands it on."""

    viewer: Viewer
