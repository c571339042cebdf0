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
    return {
        "sources": _sources(),
        "zones": _zones(),
        "zone": viewer.zone,
        "limit": settings.UPLOAD_LIMIT,
        "limit_text": f"{settings.UPLOAD_LIMIT / 1024**3:.2g} GB"
        if settings.UPLOAD_LIMIT >= 1024**3
        else f"{settings.UPLOAD_LIMIT // 1024**2} MB",
    }


@cache
def _zones() -> tuple[str, ...]:
    return tuple(sorted(available_timezones()))


@cache
def _sources() -> tuple[tuple[str, SafeString], ...]:
    # The Markdown renderer escapes all that it is given.
    return tuple((reader.title, mark_safe(inline_html(reader.reads))) for reader in installed_readers())  # noqa: S308
