"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from juncture.web.access.viewer import NOBODY
from juncture.web.pages.layout import layout


def for_all_pages(request: HttpRequest) -> dict[str, Any]:
    """Return the viewer and the layout."""
    return layout(request) | {"viewer": getattr(request, "viewer", NOBODY)}
