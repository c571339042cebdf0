"""The slice of evidence beside the list: one event, where it stands, who knew it, what cites it, what was corrected."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

import msgspec
from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString
from msgspec import Struct

from juncture.document.drawing.clock import Clock
from juncture.document.drawing.labels import cut
from juncture.document.drawing.shapes import LOOKS
from juncture.document.replay import is_stretch
from juncture.evidence.mask import Mask
from juncture.evidence.places import Excerpt, excerpt
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Citation, Event, Sighting
from juncture.model.instants import duration_text
from juncture.stores.folder import FolderStore
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import StoredSighting
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.models import Incident
from juncture.web.postmortems.citations import footnote_for
from juncture.web.postmortems.models import Section
from juncture.web.timeline.history import Told, told
from juncture.web.timeline.models import Correction
from juncture.web.timeline.showing import doubt_of, shape_of
from juncture.web.timeline.sources import SourceLook, event_source

_MOST_SLICES = 6
_AROUND = 2
_FOOTNOTE = re.compile(r"^\[\^([^\]\s]+)\]: .*\(event ([0-9a-f]{32})\b", re.MULTILINE)


class Slice(Struct, frozen=True):
    """One place that an event rests on. `excerpt` is None where it cannot be shown, `why` then says the reason."""

    source: SourceLook
    place: str
    excerpt: Excerpt | None
    why: str
    sha256: str
    artefact: str
    """The address that opens the artefact, empty for who is not in its ring."""
    image: str = ""
    """The address of the picture that it is."""


class CitedIn(Struct, frozen=True):
    """A section whose text cites the event."""

    words: str
    address: str


class Seen(Struct, frozen=True):
    """One sighting of an event: what may be taken out of it."""

    id: str
    words: str
    first: bool


class Panel(Struct, frozen=True):
    """All that is told of one event."""

    id: str
    lane: str
    lane_name: str
    event_kind: str
    shape: SafeString
    key: bool
    hidden: bool
    title: str
    words: str
    happened: str
    day: str
    doubt: str
    known: str
    later: str
    known_by: str
    lasted: str
    service: str
    slices: tuple[Slice, ...]
    more_places: int
    cited_in: tuple[CitedIn, ...]
    corrections: tuple[Told, ...]
    annotation: str
    sightings: tuple[Seen, ...]
    why_key: str
    time_now: str
    citation: str
    """The footnote that binds a label in a text to this event."""


def panel(viewer: Viewer, incident: Incident, event: Event, rows: Sequence[Correction], clock: Clock) -> Panel:
    """Return the panel of an event of an incident that the viewer was let in to. `rows` are its corrections, in order."""
    annotations = [str(row.after.get("annotation") or "") for row in rows if row.kind == "annotate"]
    opens = _may_open(viewer, incident)
    later = ""
    if event.known_at is not None and event.known_at > event.occurred_at:
        seconds = (event.known_at - event.occurred_at).total_seconds()
        later = f"{duration_text(seconds if seconds < 60 else round(seconds / 60) * 60)} later" if seconds >= 1 else ""
    slices = tuple(_slice(each, event, incident, opens=opens) for each in event.citations[:_MOST_SLICES])
    return Panel(
        id=event.id,
        lane=str(event.lane),
        lane_name=LOOKS[event.lane].one,
        event_kind=str(event.kind).replace("_", " "),
        shape=shape_of(event),
        key=event.key,
        hidden=[row.kind for row in rows if row.kind in {"hide", "show"}][-1:] == ["hide"],
        title=cut(event.summary.replace("`", ""), 160),
        words=event.summary,
        happened=_exact(event, clock),
        day=clock.day(event.occurred_at),
        doubt=doubt_of(event),
        known=clock.second(event.known_at) if event.known_at else "",
        later=later,
        known_by=", ".join(event.known_by) if viewer.may_write else "",
        lasted=duration_text((event.ended_at - event.occurred_at).total_seconds()) if event.ended_at else "",
        service=event.service or "",
        slices=slices,
        more_places=max(0, len(event.citations) - _MOST_SLICES),
        cited_in=_cited_in(incident, event) if viewer.may_write else (),
        corrections=told(rows, clock, whole=viewer.may_write),
        annotation=annotations[-1] if annotations else "",
        sightings=_sightings(incident, event, clock) if viewer.may_write and event.aliases else (),
        why_key=event.why_key or "",
        time_now=clock.exact(event.occurred_at),
        citation=footnote_for("e1", event) if event.citations else "",
    )


def _exact(event: Event, clock: Clock) -> str:
    exact = clock.exact(event.occurred_at).partition(" ")[2]
    return exact[:-3] if exact.count(".") and exact.endswith("000") else exact


def _slice(citation: Citation, event: Event, incident: Incident, *, opens: bool) -> Slice:
    found, why = None, ""
    try:
        # What stands around it is for those alone who may open the artefact.
        around = _AROUND if opens and not is_stretch(citation.place) else 0
        found = _excerpt(artefact_store(), citation.artefact, citation.place, around)
    except BadEvidence as error:
        why = "The content was erased." if "erased" in error.what else f"It cannot be shown: {error.what}."
    except OSError:
        why = "The artefact cannot be read from the disk at this moment."
    address = ""
    if opens:
        try:
            address = reverse("evidence-artefact", args=(incident.public_id, citation.artefact[7:]))
        except NoReverseMatch:
            address = ""
    name = (citation.path or "").replace("!/", "/").rpartition("/")[2]
    look = event_source(event)
    place = citation.place.replace(":", " ").replace("line ", "line ") or "the whole"
    digits = citation.artefact.removeprefix("sha256:")
    image = reverse("evidence-image", args=(incident.public_id, digits)) if found and found.image else ""
    return Slice(SourceLook(name or look.name, look.path), place, found, why, digits, address, image)


@lru_cache(maxsize=2048)
def _excerpt(store: FolderStore, artefact: str, place: str, context: int) -> Excerpt:
    # An artefact never changes, and finding line 900,000 of a log takes as long as reading it.
    return excerpt(store.artefact(msgspec.convert(artefact, str)), place, Mask(store.salt), context)  # type: ignore[arg-type]  # a hash as it was stored


def _may_open(viewer: Viewer, incident: Incident) -> bool:
    """Whether the viewer is in the ring of the incident's artefacts: its people, and facilitators."""
    if not viewer.known:
        return False
    if viewer.role == "facilitator" or incident.created_by_id == viewer.user_id:
        return True
    return bool(getattr(incident, "has_me", False))


def _cited_in(incident: Incident, event: Event) -> tuple[CitedIn, ...]:
    ids = {event.id, *event.aliases}
    sections = list(
        Section.objects.filter(postmortem__incident=incident)
        .order_by("postmortem_id", "position")
        .values_list("postmortem__public_id", "pk", "heading", "markdown")
    )
    labels: dict[str, set[str]] = {}
    for postmortem, _, _, markdown in sections:
        labels.setdefault(postmortem, set()).update(label for label, bound in _FOOTNOTE.findall(markdown) if bound in ids)
    found = []
    for postmortem, section, heading, markdown in sections:
        prose = _FOOTNOTE.sub("", markdown)
        if any(f"[^{label}]" in prose for label in labels[postmortem]):
            found.append(CitedIn(heading, reverse("section", args=(postmortem, section))))
    return tuple(found)


def _sightings(incident: Incident, event: Event, clock: Clock) -> tuple[Seen, ...]:
    bodies = (
        StoredSighting.objects.filter(incident=incident, sighting_id__in=(event.id, *event.aliases))
        .order_by("id")
        .values_list("body", flat=True)[:50]
    )
    seen = (msgspec.json.decode(body, type=Sighting) for body in bodies)
    return tuple(
        Seen(each.id, f"{clock.second(each.occurred_at)}, {each.source}: {each.summary[:140]}", each.id == event.id)
        for each in seen
    )
