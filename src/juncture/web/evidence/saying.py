"""Pictures of which a person says when they were: the event that this makes."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction

from juncture.evidence.artefact import Artefact
from juncture.evidence.memory_times import Remembered, remembered
from juncture.evidence.readers.image import picture_sighting
from juncture.model.identity import ArtefactHash, EventId
from juncture.web.access.errors import Invalid
from juncture.web.bulk import upsert
from juncture.web.evidence.days import day_of
from juncture.web.evidence.models import EvidenceItem, ImportRun, StoredSighting
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident


def time_said(incident: Incident, words: str, zone: str) -> Remembered:
    """Return the time that a person's words say; on the incident's day where they name none. Raises Invalid."""
    found = remembered(words, day=day_of(incident, zone), zone=ZoneInfo(zone or "UTC"))
    if found is None:
        raise Invalid(f"{words[:60]!r} says no time. Write 14:32, around 14:30, or 2026-03-02 14:32 for another day.")
    return found


def store_said(run: ImportRun) -> list[EventId]:
    """Write the sightings of those pictures of an import of which somebody said when they were; return their ids."""
    ids: list[EventId] = []
    given = [item["sha256"] for item in run.given]
    said = EvidenceItem.objects.filter(incident=run.incident, sha256__in=given, erased_at__isnull=True).exclude(when_said="")
    for item in said:
        held = artefact_store().artefact(ArtefactHash(item.sha256))
        named = Artefact(held.hash, item.name, held.size, held.open, item.name)
        span = time_said(run.incident, item.when_said, run.zone).span
        sighting = picture_sighting(named, span, what=item.what_said)
        with transaction.atomic():
            row = (run.incident.pk, sighting.id, msgspec.json.encode(sighting))
            upsert(StoredSighting, ("incident", "sighting_id", "body"), [row], unique=("incident", "sighting_id"), update=True)
        ids.append(sighting.id)
    return ids
