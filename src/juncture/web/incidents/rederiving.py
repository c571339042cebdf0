"""After an upgrade, make anew what is derived of incidents that an earlier version left: events, verdicts, what is searched.

An incident at a time, by the worker, while it is served. Where it has got to is a row, so that it goes on after a kill; an
incident that was being done is done again, with the same result.
"""

from __future__ import annotations

import logging

from django.db import transaction

from juncture.web.access.trouble import is_passing
from juncture.web.incidents.judging import judge_incident
from juncture.web.incidents.models import Incident
from juncture.web.library.indexing import index_all_of
from juncture.web.library.models import Derivation
from juncture.web.timeline.models import StoredTimeline
from juncture.web.timeline.rebuilding import rebuild_timeline

VERSION = 1
"""Of what is derived. Raise it with a change after which older rows do not do: the worker then goes over all incidents."""

log = logging.getLogger(__name__)


def rederive_next() -> bool:
    """Make anew what is derived of the next incident that an earlier version left; return whether there was one."""
    behind = Derivation.objects.filter(version__lt=VERSION).first()
    if behind is None:
        return False
    row = Incident.objects.get_queryset().filter(pk__gt=behind.place).order_by("pk").first()
    if row is None:
        Derivation.objects.filter(pk=behind.pk).update(version=VERSION, place=0)
        log.info("what an earlier version derived is made anew")
        return False
    try:
        rederive(row)
    except Exception as error:
        if is_passing(error):
            raise
        # One incident that cannot be done must not keep the others waiting.
        log.exception("what is derived of incident %s could not be made anew", row.public_id)
    Derivation.objects.filter(pk=behind.pk, place=behind.place).update(place=row.pk)
    return True


def rederive(incident: Incident) -> None:
    """Make anew what is derived of one incident. What did not change keeps its rows."""
    if StoredTimeline.objects.filter(incident=incident).exists():
        rebuild_timeline(incident)
    with transaction.atomic():
        judge_incident(incident.pk)
        index_all_of(incident.pk)
