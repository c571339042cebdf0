"""What every part of the page is drawn from: the record, the clock, the citations, and who is called what."""

from __future__ import annotations

import re
from collections.abc import Mapping

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.html.anchors import Anchors
from juncture.document.html.citations import Citations
from juncture.document.html.edition import Edition
from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation, Event
from juncture.model.identity import ArtefactHash, EventId
from juncture.model.instants import Instant
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Postmortem, Section
from juncture.text.footnotes import definitions
from juncture.text.markup import EMPTY, Markup, element, escape, joined
from juncture.text.render import Block, inline_html, to_html

_BOUND = re.compile(r"\((?:event ([0-9a-f]{32}))?(?:(?:, )?(sha256:[0-9a-f]{64}), ([^\s)]*))?\)\s*$")
"""The end of a footnote: the event that it is bound to, and artefact and place; a series has the latter alone."""


class Context:
    """One document being written. Citations are numbered in the order in which the parts ask for them."""

    def __init__(
        self,
        postmortem: Postmortem,
        excerpts: Mapping[Citation, Excerpt],
        clock: Clock,
        edition: Edition = Edition(),  # noqa: B008 - frozen
    ) -> None:
        self.postmortem, self.clock, self.edition = postmortem, clock, edition
        self.citations = Citations(excerpts, _paths(postmortem), edition.images)
        self.anchors = Anchors()
        self.events: dict[EventId, Event] = {}
        for event in postmortem.timeline:
            self.events.update(dict.fromkeys((event.id, *event.aliases), event))
        self.roles = {each.role: each.role for each in postmortem.participants}
        self.roles |= {each.name: each.role for each in postmortem.participants if each.name}
        self._footnotes = definitions("\n\n".join(section.markdown for section in postmortem.sections))
        self._pictures: dict[ArtefactHash, Citation] = {}
        self._pictured: set[ArtefactHash] = set()

    def milestone(self, name: MilestoneName) -> Milestone | None:
        """Return a milestone; the incident's own instant stands in where the record has no reason for it."""
        found = next((each for each in self.postmortem.milestones if each.name is name), None)
        at: Instant | None = getattr(self.postmortem.incident, f"{name}_at")
        if found is None and at is not None:
            return Milestone(name, at, MilestoneState.FOUND, "")
        return found

    def prose(self, markdown: str, section: str, *, block: Block | None = None) -> Markup:
        """Return what a person wrote: its footnotes as citations, each of its sentences with an address in `section`."""
        return Markup(
            to_html(
                markdown,
                footnote=self.footnote,
                block=block,
                sentence=lambda text: self.anchors.sentence(section, text),
                least_heading=3,
            )
        )

    def line(self, markdown: str) -> Markup:
        """Return one sentence that a person wrote, its footnotes as citations."""
        return Markup(inline_html(markdown, footnote=self.footnote))

    def footnote(self, label: str) -> Markup:
        """Return what a footnote's reference becomes: the citation that it is bound to, else the words of its definition."""
        words = self._footnotes.get(label)
        if words is None:
            return escape(f"[^{label}]")
        bound = _BOUND.search(words)
        if bound and bound[2]:
            return self._cited(Citation(ArtefactHash(bound[2]), None, bound[3]))
        event = self.events.get(EventId(bound[1])) if bound and bound[1] else None
        if event and event.citations:
            return self._cited(event.citations[0])
        return element("sup", element("span", "note", title=words, class_="note-words"))

    def _cited(self, citation: Citation) -> Markup:
        if citation.artefact in self.edition.images:
            self._pictures[citation.artefact] = citation
        return self.citations.marks((citation,))

    def pictures(self) -> Markup:
        """Return the pictures that were cited in prose since this was last asked, each once a document."""
        fresh = [citation for artefact, citation in self._pictures.items() if artefact not in self._pictured]
        self._pictured.update(self._pictures)
        self._pictures.clear()
        return joined(self.citations.figure(citation) for citation in fresh)

    def time(self, at: Instant, text: str | None = None) -> Markup:
        """Return an instant as `14:32:07` (or `text`), which says its day and zone to whoever asks."""
        local = self.clock.local(at)
        stamp = f"{self.clock.day(at)}, {self.clock.second(at)} {self.clock.zone}"
        return element("time", text or self.clock.second(at), datetime=local.isoformat(), title=stamp)

    @property
    def near_miss(self) -> bool:
        """Whether users felt nothing of it."""
        return self.edition.near_miss or self.postmortem.metadata.get("near_miss", "").lower() in {"yes", "true"}

    def shows(self, block: str) -> bool:
        """Whether a section of the record shows the objects of `block` itself."""
        return any(f"juncture:{block} " in section.markdown for section in self.postmortem.sections)

    def role(self, actor: str | None) -> str | None:
        """Return the role of whoever acted, None where they are not among those who took part."""
        return self.roles.get(actor) if actor else None

    def edit_link(self, section: Section | None) -> Markup:
        """Return the link at which a section is written; empty where this page is not for writing."""
        position = next((n for n, each in enumerate(self.postmortem.sections) if each is section), None)
        if section is None or position is None or position not in self.edition.edit:
            return EMPTY
        said = section.heading.strip() or "the opening words"
        address, name = self.edition.edit[position], f"edit-{position}"
        return element("a", "Edit", class_="edit no-print", id=name, href=address, aria_label=f"Edit {said}")

    def since(self, at: Instant) -> str:
        """Return what `data-known` says of an instant."""
        return str(milliseconds(at))


def _paths(postmortem: Postmortem) -> dict[str, str]:
    """Return the path of every artefact whose citations give one."""
    parts = (postmortem.timeline, postmortem.impact.figures, postmortem.participants, postmortem.changes, postmortem.decisions)
    cited = (citation for part in parts for each in part for citation in each.citations)
    return {citation.artefact: citation.path for citation in cited if citation.path}
