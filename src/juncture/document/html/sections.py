"""Sections of a page: prose with the parts of the record that it shows, then the parts that no section shows."""

from __future__ import annotations

import re
from collections.abc import Callable

from juncture.document.html.context import Context
from juncture.document.html.parts.actions import actions
from juncture.document.html.parts.analysis import factors, lessons, questions, weak_points
from juncture.document.html.parts.changes import changes
from juncture.document.html.parts.decisions import decisions
from juncture.document.html.parts.graphs import graphs
from juncture.document.html.parts.head import fog
from juncture.document.html.parts.impact import impact
from juncture.document.html.parts.notes import notes
from juncture.document.html.parts.people import participants
from juncture.document.html.parts.phases import milestones, phases
from juncture.document.html.parts.revisions import revisions
from juncture.document.html.parts.timeline import timeline
from juncture.document.prompts import without_prompts
from juncture.model.record import Section
from juncture.text.markup import EMPTY, Markup, element, joined

Part = Callable[[Context], Markup]

PARTS: dict[str, tuple[str, Part]] = {
    "impact": ("Impact", lambda context: joined((EMPTY if context.shows("graphs") else graphs(context), impact(context)))),
    "timeline": ("Key timeline", timeline),
    "changes": ("Changes before it began", changes),
    "decisions": ("Decisions", decisions),
    "weak-points": ("Weak points", weak_points),
    "factors": ("Contributing factors", factors),
    "lessons": ("Lessons", lessons),
    "actions": ("Actions", actions),
    "participants": ("Who took part", participants),
    "questions": ("Questions for the author", questions),
    "notes": ("Assumptions and doubts", notes),
    "corrections": ("Corrections", revisions),
}
"""The blocks of a record in the order in which they stand where no section shows them, each with its heading."""
_BY_BLOCK: dict[str, Part] = {"phases": phases, "milestones": milestones, "graphs": graphs}
"""Blocks that stand elsewhere where no section shows them: the ribbon below the summary, graphs with the impact."""
_FOR_AUTHORS = frozenset({"questions"})
_IN_REPLAY = frozenset({"timeline", "changes", "decisions"})
"""Parts that the replay shows, as far as they were known."""
_ANNEXES = frozenset({"sources", "evidence", "appendix", "supporting information", "references"})
"""Sections that are looked up, not read: they are set small."""
_BLOCKS = re.compile(r"<!--\s*juncture:([A-Za-z][A-Za-z0-9_-]*)\s*-->")
_EMPTY_PROSE = re.compile(r'<div class="prose later">\s*</div>')


class Sections:
    """Writes sections, and remembers which parts and headings they have used."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._used: set[str] = set()
        self.headings: list[tuple[str, str]] = [("title", "Summary")]

    def written(self, section: Section) -> Markup:
        """Return a section of the record: its prose, with the parts that it shows where it shows them."""
        markdown, authors = section.markdown, self._context.edition.for_authors
        if not authors:
            if _is_for_authors(markdown):
                return EMPTY
            markdown = without_prompts(markdown)
        shown: list[str] = []
        name = self._context.anchors.section(section.heading)
        html = self._context.prose(markdown, name, block=lambda block: self._block(block, shown))
        annex = " annex" if section.heading.strip().lower() in _ANNEXES else ""
        body = _EMPTY_PROSE.sub("", f'<div class="prose later">{html}</div>').replace('"prose later"', f'"prose later{annex}"')
        if pictures := self._context.pictures():
            body += element("div", pictures, class_="part later")
        if not body:
            if not authors or ("juncture:" not in section.markdown and not self._context.edition.edit):
                return EMPTY
            body = element("p", "Nothing here yet.", class_="quiet later")
        return self._section(section.heading, name, Markup(body), shown, self._context.edit_link(section))

    def unwritten(self, name: str) -> Markup:
        """Return a part that no section shows, under its own heading."""
        if name in self._used or (name in _FOR_AUTHORS and not self._context.edition.for_authors):
            return EMPTY
        self._used.add(name)
        heading, part = PARTS[name]
        body = part(self._context)
        if not body:
            return EMPTY
        return self._section(heading, self._context.anchors.section(heading), _part(name, body), [name])

    def evidence(self) -> Markup:
        """Return what was cited, last of all."""
        if not self._context.citations.count:
            return EMPTY
        self.headings.append(("evidence-list", "Evidence"))
        return element(
            "section",
            element("h2", element("span", "Evidence", class_="at-rest"), id="evidence-list-heading"),
            element("div", self._context.citations.evidence(), class_="later"),
            fog(),
            id="evidence-list",
            class_="document-section later-section",
            aria_labelledby="evidence-list-heading",
        )

    def _block(self, name: str, shown: list[str]) -> str | None:
        """Return a part in the midst of a section's prose, which is closed before it and opened again after."""
        name = name.lower().replace("_", "-")
        part = _BY_BLOCK.get(name) or (PARTS[name][1] if name in PARTS else None)
        if part is None or name in self._used:
            return None
        self._used.add(name)
        body = part(self._context)
        if not body:
            return None
        shown.append(name)
        return f'</div>{_part(name, body)}<div class="prose later">'

    def _section(self, heading: str, slug: str, body: Markup, shown: list[str], edit: Markup = EMPTY) -> Markup:
        name = f"section-{slug}"
        lives = bool(_IN_REPLAY.intersection(shown))
        title = heading.strip()
        said = element("span", title, class_="at-rest")
        if "timeline" in shown:
            said = joined(
                (said, element("span", "Known at ", element("span", class_="replay-clock"), class_="in-replay", hidden=True))
            )
        if title:
            self.headings.append((name, title))
        return element(
            "section",
            element("h2", said, edit, id=f"{name}-heading") if title else edit or None,
            body,
            None if lives else fog(),
            id=name,
            class_=f"document-section{'' if lives else ' later-section'}",
            aria_labelledby=f"{name}-heading" if title else None,
        )


def _is_for_authors(markdown: str) -> bool:
    """Whether a section holds nothing but what only authors are asked."""
    blocks = {name.lower().replace("_", "-") for name in _BLOCKS.findall(markdown)}
    return bool(blocks) and blocks <= _FOR_AUTHORS


def _part(name: str, body: Markup) -> Markup:
    return element("div", body, id=name, class_="part" if name in _IN_REPLAY else "part later")
