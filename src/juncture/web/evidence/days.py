"""The day of an incident: that of times which stand without one."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from juncture.web.incidents.models import Incident


def day_of(incident: Incident, zone: str) -> dt.date:
    """Return the day on which an incident began by what is declared, else by its first key event, else today; in a zone."""
    from juncture.web.timeline.models import StoredEvent  # noqa: PLC0415 - the timeline is derived from what is here

    at = incident.started_at
    if at is None:
        rows = StoredEvent.objects.filter(incident=incident, key=True).order_by("occurred_at")
        at = rows.values_list("occurred_at", flat=True).first()
    return (at or timezone.now()).astimezone(ZoneInfo(zone or "UTC")).date()
