"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from juncture import __version__
from juncture.document.html.assets import STYLES

_SHEETS = (*(f"document/{name}" for name in STYLES), "pages/pages.css")


def for_all_pages(request: HttpRequest) -> dict[str, Any]:
    """Return the viewer, the version, and the style sheets: those of the exported file, then those of pages."""
    return {"viewer": getattr(request, "viewer", None), "version": __version__, "sheets": _SHEETS}
