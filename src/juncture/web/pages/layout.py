"""What every page is made of, whoever asks for it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from juncture import __version__
from juncture.document.html.assets import STYLES

THEME_COOKIE = "juncture_theme"
THEMES = ("light", "dark")
_APPS = ("people", "incidents", "evidence", "timeline", "postmortems", "actions", "library")
_SHEETS = (*(f"document/{name}" for name in STYLES), "pages/pages.css", *(f"{app}/{app}.css" for app in _APPS))


def layout(request: HttpRequest | None) -> dict[str, Any]:
    """Return version, style sheets (those of the exported file, then those of pages) and the theme that was chosen.

    An empty theme is that of the system.
    """
    chosen = request.COOKIES.get(THEME_COOKIE, "") if request else ""
    return {"version": __version__, "sheets": _SHEETS, "theme": chosen if chosen in THEMES else ""}
