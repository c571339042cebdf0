"""Read postmortems: the working text for who may write, the latest publication for everybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, TypedDict

from django.db.models import Exists, F, OuterRef, Subquery, prefetch_related_objects
from msgspec import Struct

from juncture.evidence.mask import Mask
from juncture.evidence.places import Excerpt, ExcerptLine, excerpt
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation
from juncture.model.identity import ArtefactHash
from juncture.model.record import Postmortem as Record
from juncture.stores.folder import FolderStore
from juncture.web.access.errors import Moved, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.opening import Cited, cited_in
from juncture.web.evidence.ring import is_in_ring
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import FormerAddress, Visibility
from juncture.web.incidents.selectors import tone_of_incident
from juncture.web.postmortems.file_text import file_of, written
from juncture.web.postmortems.mapping import published_record, to_record
from juncture.web.postmortems.models import LiveText, Piece, Postmortem, Publication, Section, State
from juncture.web.timeline.models import StoredTimeline

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

_KEPT_EXCERPTS = 4096


class SectionView(Struct, frozen=True):
    """A section for editing: its id, heading, text and version."""

    id: int
    heading: str
    markdown: str
    version: int


class PostmortemView(Struct, frozen=True):
    """A postmortem as a viewer sees it; `record` is the working one or the latest publication."""

    id: str
    url: str
    incident: str
    title: str
    practice: str
    state: str
    state_label: str
    working: bool
    changed: bool
    """Whether this text is not the one that readers see."""
    published_number: int
    published_at: datetime | None
    ledger_head: str | None
    record: Record
    sections: tuple[SectionView, ...]
    visibility: str = Visibility.ORGANISATION.value
    team: str | None = None
    near_miss: bool = False
    proposals: int = 0
    """How many changes newer evidence proposes to the working text."""
    severity_tone: str = ""
    """The colour of the severity's chip: `bad`, `warn` or none."""
    in_ring: bool = False
    """Whether the viewer may open the incident's artefacts."""
    rebuilt_at: datetime | None = None
    """When the incident's timeline was rebuilt last."""
    typing: bool = False
    """Whether words were typed that are not in this text yet: they are a second later."""


class Toned(TypedDict):
    """What a postmortem's row is read with: the colour of its incident's severity, and when its timeline was rebuilt, if so."""

    severity_tone: str | None
    rebuilt_at: datetime | None
    typing: bool


class PostmortemLine(Struct, frozen=True):
    """A postmortem in a list."""

    id: str
    url: str
    incident: str
    title: str
    state: str
    practice: str
    created_at: datetime
    proposals: int = 0
    """How many changes newer evidence proposes; 0 to who may not write."""


def postmortem_row(viewer: Viewer, postmortem_id: str) -> WithAnnotations[Postmortem, Toned]:
    """Return the row of a postmortem that the viewer may see. Raises NotFound. For operations, not for views."""
    seen = Postmortem.objects.visible_to(viewer).defer(None).defer("drafted", "newest").select_related("incident__team")
    row = (
        seen.annotate(severity_tone=tone_of_incident(), rebuilt_at=_rebuilt(), typing=_unsettled())
        .filter(public_id=postmortem_id)
        .first()
    )
    if row is None:
        raise _moved(viewer, postmortem_id) or NotFound
    return row


def _rebuilt() -> Subquery:
    return Subquery(StoredTimeline.objects.filter(incident=OuterRef("incident_id")).values("rebuilt_at")[:1])


def _unsettled() -> Exists:
    return Exists(LiveText.objects.filter(postmortem=OuterRef("pk"), settled_number__lt=F("number")))


def _moved(viewer: Viewer, postmortem_id: str) -> Moved | None:
    """Return where a postmortem is that was restricted, if the viewer may see it there."""
    former = FormerAddress.objects.filter(kind="postmortem", former_id=postmortem_id).values("public_id")
    row = Postmortem.objects.visible_to(viewer).filter(public_id__in=former).first()
    return Moved(postmortem_id, row.public_id) if row else None


def postmortem(viewer: Viewer, postmortem_id: str, *, published: bool = False) -> PostmortemView:
    """Return a postmortem: the latest publication if `published` or the viewer may not write. Raises NotFound."""
    return view_of(viewer, postmortem_row(viewer, postmortem_id), published=published)


def view_of(
    viewer: Viewer,
    row: WithAnnotations[Postmortem, Toned],
    *,
    published: bool = False,
    held: Mapping[str, Sequence[Piece]] | None = None,
) -> PostmortemView:
    """Return what a viewer sees of a row that is open to them; `held` are the rows of its objects. Raises NotFound."""
    latest = Publication.objects.filter(postmortem=row, number=row.published_number).first() if row.published_number else None
    working = viewer.may_write and not published
    if not working and latest is None:
        raise NotFound
    prefetch_related_objects([row], "sections")
    record = to_record(row, held) if working or latest is None else published_record(latest)
    sections = tuple(_section(section) for section in (row.sections.all() if working else ()))
    return PostmortemView(
        row.public_id,
        f"/postmortems/{row.public_id}/",
        row.incident.public_id,
        record.title,
        row.practice,
        row.state if working else State.PUBLISHED,
        State(row.state).label if working else State.PUBLISHED.label,
        working,
        working and (latest is None or record != published_record(latest)),
        row.published_number,
        latest.published_at if latest else None,
        latest.ledger_head if latest else None,
        record,
        sections,
        row.incident.visibility,
        row.incident.team.name if row.incident.team else None,
        row.incident.near_miss,
        row.proposals if working else 0,
        row.severity_tone or "",
        is_in_ring(viewer, row.incident),
        row.rebuilt_at,
        working and row.typing,
    )


def markdown_file(viewer: Viewer, postmortem_id: str, *, published: bool = False) -> bytes:
    """Return the Markdown file of what `postmortem` gives. Raises NotFound."""
    row = postmortem_row(viewer, postmortem_id)
    if viewer.may_write and not published:
        return file_of(row, to_record(row))
    latest = Publication.objects.filter(postmortem=row, number=row.published_number).first()
    if latest is None:
        raise NotFound
    return written(published_record(latest))


def section_versions(viewer: Viewer, postmortem_id: str) -> list[tuple[int, str, int]]:
    """Return id, heading and version of each section. Raises NotFound, also for who may not write."""
    row = postmortem_row(viewer, postmortem_id)
    if not viewer.may_write:
        raise NotFound
    return list(Section.objects.filter(postmortem=row).values_list("pk", "heading", "version"))


def sections_of(viewer: Viewer, postmortem_id: str) -> tuple[PostmortemLine, tuple[SectionView, ...]]:
    """Return a postmortem in a line, and its sections for editing. Raises NotFound, also for who may not write."""
    row = postmortem_row(viewer, postmortem_id)
    if not viewer.may_write:
        raise NotFound
    return line_of(viewer, row), tuple(_section(section) for section in Section.objects.filter(postmortem=row))


def line(viewer: Viewer, postmortem_id: str, *, published: bool = False) -> PostmortemLine:
    """Return a postmortem in a line. Raises NotFound, with `published` also for one that never was."""
    row = postmortem_row(viewer, postmortem_id)
    if published and not row.published_number:
        raise NotFound
    return line_of(viewer, row)


def place_of(viewer: Viewer, postmortem_id: str, section_id: int) -> int:
    """Return which section of the document it is, counted from 0. Raises NotFound."""
    ids = list(Section.objects.filter(postmortem=postmortem_row(viewer, postmortem_id)).values_list("pk", flat=True))
    if section_id not in ids:
        raise NotFound
    return ids.index(section_id)


def postmortems(viewer: Viewer, *, limit: int = 50, before: int | None = None) -> tuple[list[PostmortemLine], int | None]:
    """Return postmortems, newest first, and where the next page goes on (None: nowhere)."""
    found = Postmortem.objects.visible_to(viewer).select_related("incident").order_by("-id")
    rows = list((found.filter(id__lt=before) if before else found)[: limit + 1])
    return [line_of(viewer, row) for row in rows[:limit]], rows[limit - 1].pk if len(rows) > limit else None


def excerpts_for(view: PostmortemView, cited: Cited | None = None, *, around: int = 0) -> dict[Citation, Excerpt]:
    """Return the excerpts of a seen postmortem's citations, masked: who may read it sees what it cites.

    `around` is how many lines or messages stand before and after the cited ones: more than none for the ring of the artefacts
    alone. `cited` is `cited_in(view)`, where the caller has it.
    """
    store, cited = artefact_store(), cited or cited_in(view)
    found: dict[Citation, Excerpt] = {}
    for citation in cited.citations:
        # What was erased has no excerpt, also not from memory: in its place stands that it was erased, when and why.
        if citation.artefact in cited.gone:
            told = ExcerptLine("", cited.gone[citation.artefact], hit=False)
            found[citation] = Excerpt("Erased evidence", citation.place, (told,))
        elif citation.artefact in cited.kept:
            with suppress(BadEvidence, OSError):
                found[citation] = _excerpt(store, citation.artefact, citation.place, around)
    return found


@lru_cache(maxsize=_KEPT_EXCERPTS)
def _excerpt(store: FolderStore, artefact: ArtefactHash, place: str, around: int) -> Excerpt:
    # An artefact never changes, and finding line 900,000 of a log takes as long as reading it.
    return excerpt(store.artefact(artefact), place, Mask(store.salt), around)


def _section(section: Section) -> SectionView:
    return SectionView(section.pk, section.heading, section.markdown, section.version)


def line_of(viewer: Viewer, row: Postmortem) -> PostmortemLine:
    """Return a row that the viewer may see as a line of a list."""
    return PostmortemLine(
        row.public_id,
        f"/postmortems/{row.public_id}/",
        row.incident.public_id,
        row.title_for(viewer),
        row.state,
        row.practice,
        row.created_at,
        row.proposals if viewer.may_write else 0,
    )
