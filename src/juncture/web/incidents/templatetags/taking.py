"""The sheet that opens where evidence is dropped or pasted on a page without a box for it."""

from __future__ import annotations

from typing import Any

from django import template

from juncture.web.access.viewer import NOBODY, Viewer
from juncture.web.incidents.box import limit

register = template.Library()


@register.inclusion_tag("incidents/sheet.html", takes_context=True)
def evidence_sheet(context: template.Context) -> dict[str, Any]:
    """Return what the sheet is rendered with: the incident of the page, where it has one, and how much may be sent."""
    asks = context.get("viewer")
    viewer = asks if isinstance(asks, Viewer) else NOBODY
    of_page = _incident_of(context)
    told = {
        "may_write": viewer.may_write,
        "incident_id": of_page,
        "incident_name": f"INC-{of_page[:8]}",
        "zone": viewer.zone,
        "csrf_token": context.get("csrf_token"),
    }
    return told | limit()


def _incident_of(context: template.Context) -> str:
    """Return the id of the incident that a page is about, empty for none: its own, or that of its postmortem."""
    of_page, postmortem = context.get("incident"), context.get("postmortem")
    for found in (getattr(of_page, "id", None), getattr(postmortem, "incident", None)):
        if isinstance(found, str):
            return found
    return ""
