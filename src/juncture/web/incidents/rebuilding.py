"""Make what is derived of incidents anew: what their evidence shows, and how the criteria judge it."""

from __future__ import annotations

import msgspec
from django.db import transaction

from juncture.casework.bulk import HELD
from juncture.model.evidence import Event
from juncture.model.record import Milestone, Timeline
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.timeline.models import StoredEvent, StoredTimeline
from juncture.web.timeline.rebuilding import derived_timeline


def rebuild_verdicts() -> int:
    """Judge every incident anew by its stored timeline, an incident a transaction; return how many there are.

    The rows are then what the changes one by one had made them.
    """
    count = 0
    for incident in Incident.objects.get_queryset().order_by("pk").iterator(2000):
        with transaction.atomic():
            judge_incident(incident.pk, _timeline(incident))
        count += 1
    return count


def _timeline(incident: Incident) -> Timeline | None:
    """Return what an incident is judged by: its stored events, or of too many those that its timeline was built of."""
    stored = StoredTimeline.objects.filter(incident=incident).first()
    if stored is None:
        return None
    rows = StoredEvent.objects.filter(incident=incident, hidden=False)
    if rows.count() > HELD:
        return derived_timeline(incident)
    decode = msgspec.json.Decoder(Event).decode
    events = tuple(map(decode, rows.order_by("occurred_at", "event_id").values_list("body", flat=True)))
    return Timeline(events, msgspec.json.decode(stored.milestones, type=tuple[Milestone, ...]))
