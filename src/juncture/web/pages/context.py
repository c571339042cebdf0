"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from juncture import __version__


def for_all_pages(request: HttpRequest) -> dict[str, Any]:
    """Return the viewer and the version."""
    return {"viewer": getattr(request, "viewer", None), "version": __version__}
