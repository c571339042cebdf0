"""Read what artefacts hold: masked lines for their ring, pictures for who may see them, excerpts that know what was erased."""

from __future__ import annotations

from base64 import b64encode
from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from msgspec import Struct

from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.pictures import HEADER_LIMIT, drawn, is_picture
from juncture.evidence.places import ExcerptLine, leaf
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation
from juncture.model.identity import ArtefactHash
from juncture.stores.folder import FolderStore
from juncture.web.access.errors import Invalid, NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.citable import citable_in, cited_by
from juncture.web.evidence.models import EvidenceItem
from juncture.web.evidence.ring import is_in_ring
from juncture.web.evidence.store import artefact_store, picture_cache
from juncture.web.incidents.selectors import incident_row

if TYPE_CHECKING:
    from juncture.web.postmortems.selectors import PostmortemView

LINES_A_PAGE = 200
_MOST_WITHIN = 40
"""Pictures that a file holds: each may have some megabytes."""


class ImageRef(Struct, frozen=True):
    """A picture that is cited: where it is had as PNG, and what it is called."""

    url: str
    name: str


class Leaf(Struct, frozen=True):
    """A page of an artefact's text, masked. `text` is false for what has none: a picture, an archive, other bytes."""

    lines: tuple[ExcerptLine, ...]
    first: int
    more: bool
    text: bool = True


class Cited(Struct, frozen=True):
    """What a seen postmortem shows of its incident's evidence: the places of events and series that it cites.

    `kept` are the artefacts of those; `gone` has the words that stand in the place of what was erased.
    """

    citations: tuple[Citation, ...]
    kept: frozenset[ArtefactHash]
    gone: dict[str, str]


def cited_in(view: PostmortemView) -> Cited:
    """Return what a seen postmortem shows of the artefacts that its incident received.

    Rights follow the incident, never the hash, and anybody may write down a hash and a place: other places are not shown.
    """
    every = cited_by(view.record)
    rows = EvidenceItem.objects.filter(incident__public_id=view.incident, sha256__in={one.artefact for one in every})
    there: set[str] = set()
    gone: dict[str, str] = {}
    for sha256, at, reason in rows.values_list("sha256", "erased_at", "erased_reason"):
        there.add(sha256)
        if at:
            gone[sha256] = _erased(at, reason)
    citable = set(citable_in(view.record, view.incident, view.rebuilt_at)) if there - gone.keys() else set()
    shown = tuple(one for one in every if one.artefact in gone or (one.artefact in there and one in citable))
    store = artefact_store()
    held = {one.artefact for one in shown if one.artefact not in gone}
    return Cited(shown, frozenset(one for one in held if _is_held(store, one)), gone)


def _is_held(store: FolderStore, artefact: ArtefactHash) -> bool:
    with suppress(BadEvidence, OSError):
        store.artefact(artefact)
        return True
    return False


def leaf_of(item: EvidenceItem, number: int) -> Leaf:
    """Return page `number` (from 1) of an artefact's lines, masked. For views that opened it by its ring."""
    store = artefact_store()
    artefact = store.artefact(ArtefactHash(item.sha256))
    start = artefact.head(4096)
    if is_picture(start.data) or "\x00" in start.text or start.data.startswith((b"PK\x03\x04", b"\x1f\x8b")):
        return Leaf((), 1, more=False, text=False)
    first = (max(number, 1) - 1) * LINES_A_PAGE + 1
    lines, more = leaf(artefact, first, LINES_A_PAGE, Mask(store.salt))
    if not lines and number > 1:
        raise NotFound
    return Leaf(lines, first, more)


def image_png(viewer: Viewer, incident_id: str, sha256: str) -> bytes:
    """Return a picture of an incident as PNG, drawn anew: to its ring, and to who may read a postmortem that cites it.

    Raises NotFound, or Invalid for one that cannot be drawn.
    """
    row = incident_row(viewer, incident_id)
    artefact = ArtefactHash(f"sha256:{sha256.removeprefix('sha256:')}")
    held = EvidenceItem.objects.filter(incident=row, sha256=artefact, erased_at__isnull=True).exists()
    if not held or not (is_in_ring(viewer, row) or _is_cited(viewer, row.pk, artefact)):
        raise NotFound
    store = artefact_store()
    try:
        kept = store.artefact(artefact)
        if not is_picture(kept.head(16).data):
            raise NotFound
        return _png(kept)
    except BadEvidence:
        raise NotFound from None
    except ValueError as error:
        raise Invalid(f"This picture cannot be drawn: {error}. Who is on the incident can download it.") from None


def images_for(view: PostmortemView, cited: Cited | None = None) -> dict[Citation, ImageRef]:
    """Return the pictures that a seen postmortem cites: who may read it may see them. `cited` is `cited_in(view)`."""
    cited = cited or cited_in(view)
    whole = [one for one in cited.citations if one.place.startswith("bytes:0-") and one.artefact in cited.kept]
    if not whole:
        return {}
    items = EvidenceItem.objects.filter(incident__public_id=view.incident, sha256__in={one.artefact for one in whole})
    names = dict(items.values_list("sha256", "name"))
    store = artefact_store()
    found: dict[Citation, ImageRef] = {}
    for citation in whole:
        with suppress(BadEvidence, OSError):
            if is_picture(store.artefact(citation.artefact).head(16).data):
                address = reverse("evidence-image", args=(view.incident, citation.artefact[7:]))
                name = names[citation.artefact].replace("!/", "/").rsplit("/", 1)[-1]
                found[citation] = ImageRef(address, name)
    return found


def images_within(view: PostmortemView, cited: Cited) -> dict[ArtefactHash, str]:
    """Return the pictures that a seen postmortem cites as `data:` addresses, for a file that travels; the first ones alone."""
    store = artefact_store()
    found: dict[ArtefactHash, str] = {}
    for citation in list(images_for(view, cited))[:_MOST_WITHIN]:
        with suppress(BadEvidence, OSError, ValueError):
            data = _png(store.artefact(citation.artefact))
            found[citation.artefact] = f"data:image/png;base64,{b64encode(data).decode()}"
    return found


def _erased(at: datetime, reason: str) -> str:
    return f"Erased on {at.date().isoformat()}: {reason}"


def _png(artefact: Artefact) -> bytes:
    return picture_cache().of(artefact.hash, lambda: drawn(artefact.read_whole(HEADER_LIMIT)))


def _is_cited(viewer: Viewer, incident: int, artefact: ArtefactHash) -> bool:
    """Whether a postmortem of the incident that the viewer may read cites an artefact: as they would read it."""
    from juncture.web.postmortems import selectors  # noqa: PLC0415 - postmortems read what is here
    from juncture.web.postmortems.models import Postmortem  # noqa: PLC0415 - as above

    for row in Postmortem.objects.visible_to(viewer).filter(incident=incident):
        view = selectors.postmortem(viewer, row.public_id)
        if any(one.artefact == artefact for one in citable_in(view.record, view.incident, view.rebuilt_at)):
            return True
    return False
