"""What every part of the page is drawn from: the record, the clock, the citations, and who is called what."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from juncture.document.drawing.clock import Clock, milliseconds
from juncture.document.html.citations import Citations
from juncture.evidence.places import Excerpt
from juncture.model.evidence import Citation, Event
from juncture.model.identity import ArtefactHash, EventId
from juncture.model.instants import Instant
from juncture.model.record import Milestone, MilestoneName, MilestoneState, Postmortem, Section
from juncture.text.footnotes import definitions
from juncture.text.markup import EMPTY, Markup, element, escape
from juncture.text.render import inline_html, to_html

_BOUND = re.compile(r"\((?:event ([0-9a-f]{32}))?(?:(?:, )?(sha256:[0-9a-f]{64}), ([^\s)]*))?\)\s*$")
"""The end of a footnote: the event that it is bound to, and artefact and place; a series has the latter alone."""


class Context:
    """One document being written. Citations are numbered in the order in which the parts ask for them."""

    def __init__(
        self,
        postmortem: Postmortem,
        excerpts: Mapping[Citation, Excerpt],
        clock: Clock,
        edit: Mapping[int, str] = MappingProxyType({}),
    ) -> None:
        self.postmortem, self.clock, self.edit = postmortem, clock, edit
        self.citations = Citations(excerpts, _paths(postmortem))
        self.events: dict[EventId, Event] = {}
        for event in postmortem.timeline:
            self.events.update(dict.fromkeys((event.id, *event.aliases), event))
        self.roles = {each.role: each.role for each in postmortem.participants}
        self.roles |= {each.name: each.role for each in postmortem.participants if each.name}
        self._footnotes = definitions("\n\n".join(section.markdown for section in postmortem.sections))

    def milestone(self, name: MilestoneName) -> Milestone | None:
        """Return a milestone; the incident's own instant stands in where the record has no reason for it."""
        found = next((each for each in self.postmortem.milestones if each.name is name), None)
        at: Instant | None = getattr(self.postmortem.incident, f"{name}_at")
        if found is None and at is not None:
            return Milestone(name, at, MilestoneState.FOUND, "")
        return found

    def prose(self, markdown: str, *, least_heading: int = 3) -> Markup:
        """Return what a person wrote, its footnotes as citations."""
        return Markup(to_html(markdown, footnote=self.footnote, least_heading=least_heading))

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
            return self.citations.marks((Citation(ArtefactHash(bound[2]), None, bound[3]),))
        event = self.events.get(EventId(bound[1])) if bound and bound[1] else None
        if event and event.citations:
            return self.citations.marks(event.citations[:1])
        return element("sup", element("span", "note", title=words, class_="note-words"))

    def time(self, at: Instant, text: str | None = None) -> Markup:
        """Return an instant as `14:32:07` (or `text`), which says its day and zone to whoever asks."""
        local = self.clock.local(at)
        stamp = f"{self.clock.day(at)}, {self.clock.second(at)} {self.clock.zone}"
        return element("time", text or self.clock.second(at), datetime=local.isoformat(), title=stamp)

    def shows(self, block: str) -> bool:
        """Whether a section of the record shows the objects of `block` itself."""
        return any(f"juncture:{block} " in section.markdown for section in self.postmortem.sections)

    def role(self, actor: str | None) -> str | None:
        """Return the role of whoever acted, None where they are not among those who took part."""
        return self.roles.get(actor) if actor else None

    def edit_link(self, section: Section | None) -> Markup:
        """Return the link at which a section is written; empty where this page is not for writing."""
        position = next((n for n, each in enumerate(self.postmortem.sections) if each is section), None)
        if section is None or position is None or position not in self.edit:
            return EMPTY
        said = section.heading.strip() or "the opening words"
        address, name = self.edit[position], f"edit-{position}"
        return element("a", "Edit", class_="edit no-print", id=name, href=address, aria_label=f"Edit {said}")

    def since(self, at: Instant) -> str:
        """Return what `data-known` says of an instant."""
        return str(milliseconds(at))


def _paths(postmortem: Postmortem) -> dict[str, str]:
    """Return the path of every artefact whose citations give one."""
    parts = (postmortem.timeline, postmortem.impact.figures, postmortem.participants, postmortem.changes, postmortem.decisions)
    cited = (citation for part in parts for each in part for citation in each.citations)
    return {citation.artefact: citation.path for citation in cited if citation.path}
