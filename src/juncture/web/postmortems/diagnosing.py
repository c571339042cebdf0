"""What the margin of the editor says: one list of findings about a postmortem, each in the shape of a lint finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from juncture.document.claims import claims_of
from juncture.document.findings import Finding, Severity, finding_at
from juncture.model.evidence import AlertDetails
from juncture.model.record import Postmortem as Record
from juncture.web.access.errors import NotFound
from juncture.web.access.viewer import Viewer
from juncture.web.postmortems.object_selectors import Objects
from juncture.web.postmortems.selectors import PostmortemView, SectionView
from juncture.web.timeline.models import EventAlias, StoredEvent

_SHOWN = 48
"""Characters of a sentence that name it."""
_REFERENCE = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_DEFINITION = re.compile(r"^\[\^([^\]\s]+)\]:[^\n]*", re.MULTILINE)
_BOUND = re.compile(r"\(event ([0-9a-f]{32})\b")
_CODE = re.compile(r"^(?:```|~~~).*?^(?:```|~~~)[^\n]*|`[^`\n]*`", re.MULTILINE | re.DOTALL)
_WAITING = {"decisions": "decision", "factors": "factor", "weak_points": "weak point"}
MOST = 300
"""More findings than this are no list that a person reads."""


def diagnostics(viewer: Viewer, view: PostmortemView, objects: Objects) -> list[Finding]:
    """Return the findings about a postmortem's working text, section by section, then what is asked and what waits.

    Raises NotFound for who may not write: readers see citations, not what is missing.
    """
    if not viewer.may_write or not view.working:
        raise NotFound
    found = [*_about_text(view, names_of(view.record)), *_about_objects(objects)]
    return found[:MOST]


def names_of(record: Record) -> set[str]:
    """Return what a sentence may claim something of: the services, alerts and roles of the record."""
    alerts = {event.details.name for event in record.timeline if isinstance(event.details, AlertDetails)}
    return {*record.incident.services, *alerts, *(one.role for one in record.participants)}


def path_of(section: SectionView) -> str:
    """Return what a finding calls a section."""
    return f"sections/{section.id}"


def _about_text(view: PostmortemView, names: set[str]) -> Iterator[Finding]:
    texts = [(section, _without_code(section.markdown)) for section in view.sections]
    defined: dict[str, str | None] = {}
    for _, text in texts:
        for match in _DEFINITION.finditer(text):
            bound = _BOUND.search(match[0])
            defined.setdefault(match[1], bound[1] if bound else None)
    referred = {match[1] for _, text in texts for match in _REFERENCE.finditer(text)}
    there = _events_there(view, [event for event in defined.values() if event])
    met: set[str] = set()
    for section, text in texts:
        yield from sorted(
            (
                *_claims(section, names),
                *_references(section, text, defined),
                *_definitions(section, text, referred, there, met),
            ),
            key=lambda one: (one.line, one.column),
        )


def _claims(section: SectionView, names: set[str]) -> Iterator[Finding]:
    for claim in claims_of(section.markdown, heading=section.heading, names=names):
        if not claim.cited:
            where = claim.sentence
            yield finding_at(
                path_of(section),
                section.markdown,
                (where.start, where.end),
                "claim/uncited",
                Severity.NOTE,
                f"“{_first_words(where.text)}” states {claim.states} and cites nothing. What shows it?",
            )


def _first_words(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rpartition(' ')[0]}…"


def _references(section: SectionView, text: str, defined: dict[str, str | None]) -> Iterator[Finding]:
    for match in _REFERENCE.finditer(text):
        if match[1] not in defined:
            yield finding_at(
                path_of(section),
                section.markdown,
                match.span(),
                "citation/undefined",
                Severity.WARNING,
                f"No footnote says what [^{match[1]}] is. Type [^ to choose an event, or take the mark out.",
            )


def _definitions(section: SectionView, text: str, referred: set[str], there: set[str], met: set[str]) -> Iterator[Finding]:
    for match in _DEFINITION.finditer(text):
        label, bound = match[1], _BOUND.search(match[0])
        said = ""
        severity = Severity.WARNING
        if label in met:
            rule, said = "footnote/twice", f"[^{label}] is defined twice; the first counts. Give this one another label."
        elif bound and bound[1] not in there:
            rule, said = "citation/unresolved", f"[^{label}] names an event that is not on this incident's timeline."
        elif label not in referred:
            rule, said = "footnote/unused", f"Nothing cites [^{label}]. It does no harm; readers do not see it."
            severity = Severity.NOTE
        else:
            rule = ""
        met.add(label)
        if rule:
            end = match.start() + len(label) + 3
            yield finding_at(path_of(section), section.markdown, (match.start(), end), rule, severity, said)


def _about_objects(objects: Objects) -> Iterator[Finding]:
    for name, one in _WAITING.items():
        for waiting in getattr(objects, name):
            if waiting.standing == "proposed":
                path = f"{name.replace('_', '-')}/{waiting.id}"
                yield _whole(path, "proposal/waiting", f"A {one} is proposed from the evidence: {waiting.title}")
    for question in objects.questions:
        if question.standing != "dismissed":
            yield _whole(f"questions/{question.id}", "practice/question", question.title)


def _whole(path: str, rule: str, message: str) -> Finding:
    return Finding(path, 1, 1, 1, 1, rule, Severity.NOTE, message)


def _without_code(markdown: str) -> str:
    """Return the text with its code blanked, each character in its place."""
    return _CODE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), markdown)


def _events_there(view: PostmortemView, ids: Sequence[str]) -> set[str]:
    """Return which of these events there are on the incident's timeline, or in the record itself (of an imported file)."""
    known = {event for one in view.record.timeline for event in (one.id, *one.aliases)}
    asked = list({event for event in ids if event not in known})
    of = {"incident__public_id": view.incident}
    stored = set(StoredEvent.objects.filter(**of, event_id__in=asked[:900]).values_list("event_id", flat=True))
    stored |= set(EventAlias.objects.filter(**of, alias__in=asked[:900]).values_list("alias", flat=True))
    return {str(event) for event in known} | stored
