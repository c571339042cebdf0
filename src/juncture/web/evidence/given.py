"""What of an import's evidence is still there to be read."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from juncture.model.evidence import LeftOut
from juncture.model.identity import ArtefactHash
from juncture.web.evidence.models import EvidenceItem, ImportRun

ERASED = "was erased on {day}: {reason}"


class Held(Struct, frozen=True):
    """An artefact under the name by which it is read."""

    name: str
    artefact: ArtefactHash


def still_held(run: ImportRun) -> Iterator[Held | LeftOut]:
    """Yield what an import was given, in order; of an erased archive the files that came in it and stayed."""
    given = [(str(item["name"]), ArtefactHash(item["sha256"])) for item in run.given]
    erased = {
        item.sha256: item
        for item in EvidenceItem.objects.filter(
            incident=run.incident, sha256__in=[sha256 for _, sha256 in given], erased_at__isnull=False
        )
    }
    for name, sha256 in given:
        if sha256 not in erased:
            yield Held(name, sha256)
            continue
        item = erased[sha256]
        yield LeftOut(name, ERASED.format(day=item.erased_at.date() if item.erased_at else "", reason=item.erased_reason))
        members = EvidenceItem.objects.filter(incident=run.incident, archive=sha256, erased_at__isnull=True).order_by("id")
        for member, digest in members.values_list("name", "sha256"):
            yield Held(member, ArtefactHash(digest))
