"""The box that takes evidence: what its form has to say and offer."""

from __future__ import annotations

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from juncture.evidence.registry import installed_readers
from juncture.text.render import inline_html
from juncture.web.access.viewer import Viewer


def box(viewer: Viewer) -> dict[str, Any]:
    """Return what a page with the box is rendered with: sources, zones, the upload limit in MB."""
    return {"sources": _sources(), "zones": zones(), "zone": viewer.zone} | limit()


def limit() -> dict[str, Any]:
    """Return how much one upload may hold, in bytes and in words."""
    most = settings.UPLOAD_LIMIT
    words = f"{most / 1024**3:.2g} GB" if most >= 1024**3 else f"{most // 1024**2} MB"
    return {"limit": most, "limit_text": words}


@cache
def zones() -> tuple[str, ...]:
    """Return the names of all zones."""
    return tuple(sorted(available_timezones()))


@cache
def _sources() -> tuple[tuple[str, SafeString], ...]:
    # The Markdown renderer escapes all that it is given.
    return tuple((reader.title, mark_safe(inline_html(reader.reads))) for reader in installed_readers())  # noqa: S308
