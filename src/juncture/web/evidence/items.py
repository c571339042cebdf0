"""Keep beside each artefact what it gave: who read it, how many events cite it, what was masked and left out."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

from django.db import transaction

from juncture.casework.reading import Told
from juncture.model.identity import ArtefactHash
from juncture.web.evidence.models import EvidenceItem, ImportRun
from juncture.web.timeline.operations import Rebuilt

_SLICE = 200


def note_told(run: ImportRun, told: Mapping[str, Told]) -> None:
    """Write down what each artefact of a reading gave."""
    waiting = iter(told.items())
    while slice_ := list(islice(waiting, _SLICE)):
        with transaction.atomic():
            for label, one in slice_:
                EvidenceItem.objects.filter(incident=run.incident, sha256=one.artefact, name=label[:1000]).update(
                    recognised=one.reader[:120], masked=one.masked, left=one.left_out
                )


def note_events(run: ImportRun, rebuilt: Rebuilt) -> None:
    """Write down how many events cite each artefact of the incident."""
    changed = []
    for item in EvidenceItem.objects.filter(incident=run.incident).only("id", "sha256", "events"):
        count = rebuilt.cited.get(ArtefactHash(item.sha256), 0)
        if item.events != count:
            item.events = count
            changed.append(item)
    for start in range(0, len(changed), _SLICE):
        EvidenceItem.objects.bulk_update(changed[start : start + _SLICE], ["events"])
