"""The evidence page's words: what is there, what is going on, whether it is intact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import ImportRun
from juncture.web.evidence.ring import is_in_ring, may_remove, row_for_evidence
from juncture.web.evidence.selectors import EvidenceView, ImportView, evidence_of, imports_of
from juncture.web.evidence.store import artefact_store

FIRST_LINES = 5


class Group(Struct, frozen=True):
    """Things left out for one reason: how many, and where the first of them are."""

    why: str
    count: int
    where: tuple[str, ...]
    damaged: bool


class Broken(Struct, frozen=True):
    """An artefact that is not as it was received, and how."""

    where: str
    what: str


class Verification(Struct, frozen=True):
    """The last verification of an incident's evidence: when, and what it found."""

    state: str
    at: datetime | None
    artefacts: int
    erased: int
    broken: tuple[Broken, ...]
    done: int
    head: str

    @property
    def under_way(self) -> bool:
        """Whether it waits or runs."""
        return self.state in {"queued", "running"}


class Bundle(Struct, frozen=True):
    """An artefact as the page lists it: with what came in it, where it is an archive."""

    item: EvidenceView
    members: tuple[EvidenceView, ...] = ()

    @property
    def events(self) -> int:
        """Events that it or its members gave; of an archive a sum of which each part is listed."""
        return self.item.events + sum(member.events for member in self.members)


class EvidencePage(Struct, frozen=True):
    """All that the evidence page shows of an incident."""

    bundles: tuple[Bundle, ...]
    imports: tuple[ImportView, ...]
    left_out: tuple[Group, ...]
    masked: dict[str, int]
    read_by: dict[str, int]
    verification: Verification | None
    removing: int
    head: str
    in_ring: bool
    may_remove: bool
    may_say: frozenset[str] = frozenset()
    """The hashes of artefacts of which the viewer may say when they were."""

    @property
    def count(self) -> int:
        """How many artefacts are there, erased ones included."""
        return sum(1 + len(bundle.members) for bundle in self.bundles)

    @property
    def distinct(self) -> int:
        """How many there are by their bytes: the same may have come under two names."""
        return len({one.sha256 for bundle in self.bundles for one in (bundle.item, *bundle.members)})

    @property
    def busy(self) -> bool:
        """Whether something goes on that the page should follow."""
        reading = any(not run.ended for run in self.imports)
        return reading or bool(self.removing) or bool(self.verification and self.verification.under_way)

    @property
    def waiting(self) -> tuple[EvidenceView, ...]:
        """The pictures of which nobody has said yet when they were, and the viewer may."""
        every = (one for bundle in self.bundles for one in (bundle.item, *bundle.members))
        return tuple(one for one in every if one.waits_for_time and one.sha256 in self.may_say)


def evidence_page(viewer: Viewer, incident_id: str) -> EvidencePage:
    """Return the evidence of an incident as its page shows it. Raises NotFound for who may see no list of it."""
    row = row_for_evidence(viewer, incident_id)
    items = evidence_of(viewer, incident_id)
    imports = imports_of(viewer, incident_id)
    removing = ImportRun.objects.filter(
        Q(state="queued") | Q(state="running"), incident=row, task=ImportRun.Task.REMOVE
    ).count()
    read_by: dict[str, int] = {}
    for item in items:
        if item.recognised and item.erased_at is None:
            read_by[item.recognised] = read_by.get(item.recognised, 0) + 1
    masked: dict[str, int] = {}
    for run in imports:
        for kind, count in run.masked.items():
            masked[kind] = masked.get(kind, 0) + count
    in_ring, own = is_in_ring(viewer, row), row.evidence.get_queryset()
    return EvidencePage(
        _bundles(items),
        tuple(imports),
        grouped([left for run in imports for left in run.left_out]),
        masked,
        dict(sorted(read_by.items(), key=lambda one: -one[1])),
        _verification(row.pk),
        removing,
        artefact_store().head().hash if items else "",
        in_ring,
        may_remove(viewer, row),
        frozenset((own if in_ring else own.filter(received_from=viewer.user_id)).values_list("sha256", flat=True)),
    )


def verification_of(viewer: Viewer, incident_id: str) -> Verification:
    """Return the last verification of an incident's evidence; its state is `never` where there was none. Raises NotFound."""
    never = Verification("never", None, 0, 0, (), 0, "")
    return _verification(row_for_evidence(viewer, incident_id).pk) or never


def grouped(left_out: Sequence[dict[str, object]]) -> tuple[Group, ...]:
    """Return what was left out by its reason, the damaged first, each with its first places."""
    groups: dict[tuple[str, bool], list[tuple[str, int]]] = {}
    for one in left_out:
        key = (str(one.get("why", "")), bool(one.get("damaged")))
        groups.setdefault(key, []).append((str(one.get("where", "")), int(str(one.get("count", 1)))))
    found = [
        Group(why, sum(count for _, count in places), tuple(dict.fromkeys(where for where, _ in places))[:FIRST_LINES], damaged)
        for (why, damaged), places in groups.items()
    ]
    return tuple(sorted(found, key=lambda group: (not group.damaged, -group.count)))


def _bundles(items: Sequence[EvidenceView]) -> tuple[Bundle, ...]:
    members: dict[str, list[EvidenceView]] = {}
    given = {item.sha256 for item in items if item.archive is None}
    for item in items:
        if item.archive in given:
            members.setdefault(str(item.archive), []).append(item)
    return tuple(Bundle(item, tuple(members.pop(item.sha256, ()))) for item in items if item.archive not in given)


def _verification(incident: int) -> Verification | None:
    run = ImportRun.objects.filter(incident=incident, task=ImportRun.Task.VERIFY).order_by("-id").first()
    if run is None:
        return None
    broken = tuple(Broken(str(item["where"]), str(item["why"])) for item in run.left_out if item.get("damaged"))
    return Verification(
        run.state,
        run.ended_at,
        run.read_by.get("artefacts", 0),
        run.read_by.get("erased", 0),
        broken,
        run.progress.get("done", 0),
        run.remark,
    )
