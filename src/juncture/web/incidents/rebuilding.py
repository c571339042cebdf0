"""Make what is derived of incidents anew: what their evidence shows, and how the criteria judge it."""

from __future__ import annotations

from django.db import transaction

from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.timeline.rebuilding import weighed_timeline


def rebuild_verdicts() -> int:
    """Judge every incident anew by its stored timeline, an incident a transaction; return how many there are.

    The rows are then what the changes one by one had made them.
    """
    count = 0
    for incident in Incident.objects.get_queryset().order_by("pk").iterator(2000):
        with transaction.atomic():
            judge_incident(incident.pk, weighed_timeline(incident))
        count += 1
    return count
