"""The sheet that opens where evidence is dropped or pasted on a page without a box for it."""

from __future__ import annotations

from typing import Any

from django import template

from juncture.web.access.viewer import NOBODY, Viewer
from juncture.web.incidents.box import limit
from juncture.web.incidents.selectors import IncidentView

register = template.Library()


@register.inclusion_tag("incidents/sheet.html", takes_context=True)
def evidence_sheet(context: template.Context) -> dict[str, Any]:
    """Return what the sheet is rendered with: the incident of the page, where it has one, and how much may be sent."""
    asks = context.get("viewer")
    viewer = asks if isinstance(asks, Viewer) else NOBODY
    of_page = context.get("incident")
    told = {
        "may_write": viewer.may_write,
        "incident": of_page if isinstance(of_page, IncidentView) else None,
        "zone": viewer.zone,
        "csrf_token": context.get("csrf_token"),
    }
    return told | limit()
