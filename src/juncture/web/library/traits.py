"""Keeps the traits of a postmortem as rows: by them, others find it when they ask whether they have seen this before."""

from __future__ import annotations

from juncture.memory.traits import mitigation_of, traits_of
from juncture.model import record
from juncture.web.library.entries import latest_publication
from juncture.web.library.models import Audience, PostmortemTrait
from juncture.web.postmortems.mapping import published_record, to_record
from juncture.web.postmortems.models import Postmortem

MITIGATION = "mitigation"
_SLICE = 500

_Said = tuple[str, str, str]
"""Audience, kind, term."""


def keep_traits(row: Postmortem) -> None:
    """Make the rows of a postmortem be its traits of now: those of its working text, and those that readers see."""
    latest = latest_publication(row)
    working = _traits(to_record(row))
    published = _traits(published_record(latest)) if latest else set()
    wanted: set[_Said] = {(Audience.EVERYBODY, *each) for each in working & published}
    wanted |= {(Audience.WRITERS, *each) for each in working - published}
    wanted |= {(Audience.READERS, *each) for each in published - working}
    rows = PostmortemTrait.objects.get_queryset().filter(postmortem=row)
    held: dict[_Said, int] = {
        (audience, kind, term): pk for pk, audience, kind, term in rows.values_list("pk", "audience", "kind", "term")
    }
    gone = [pk for said, pk in held.items() if said not in wanted]
    for start in range(0, len(gone), _SLICE):
        rows.filter(pk__in=gone[start : start + _SLICE]).delete()
    fresh = [
        PostmortemTrait(incident_id=row.incident_id, postmortem=row, audience=audience, kind=kind, term=term)
        for audience, kind, term in sorted(wanted - held.keys())
    ]
    PostmortemTrait.objects.get_queryset().bulk_create(fresh, batch_size=_SLICE)


def _traits(value: record.Postmortem) -> set[tuple[str, str]]:
    found = {(str(trait.kind), trait.term) for trait in traits_of(value)}
    return found | {(MITIGATION, " ".join(chosen.split())[:300]) for chosen in mitigation_of(value)}
