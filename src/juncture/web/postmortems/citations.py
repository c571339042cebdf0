"""Citations in prose: a short label, unique in its document, bound by a footnote to a whole event id."""

from __future__ import annotations

import re

from juncture.model.evidence import Event
from juncture.model.instants import clock_time

_DEFINITION = re.compile(r"^\[\^([^\]\s]+)\]: .*\(event ([0-9a-f]{32})\b", re.MULTILINE)
_FOOTNOTES = re.compile(r"^\[\^[^\]\s]+\]: ", re.MULTILINE)
_LABEL = re.compile(r"\[\^e(\d+)\]")


def next_label(document: str, event: Event) -> tuple[str, bool]:
    """Return the label for an event in a document, and whether it is new there."""
    for label, bound in _DEFINITION.findall(document):
        if bound == event.id or bound in event.aliases:
            return label, False
    used = [int(number) for number in _LABEL.findall(document)]
    return f"e{max(used, default=0) + 1}", True


def with_citation(markdown: str, label: str, at: int | None) -> tuple[str, int]:
    """Return a section's text with a citation at a place in its prose, and the place behind it.

    Blanks before the place are skipped, so that the citation follows the full stop. Without a place, or with one among the
    footnotes, it comes at the end of the prose.
    """
    footnotes = _FOOTNOTES.search(markdown)
    end = len(markdown[: footnotes.start()].rstrip()) if footnotes else len(markdown.rstrip())
    place = end if at is None or not 0 <= at <= end else len(markdown[:at].rstrip(" \t"))
    mark = f"[^{label}]"
    return f"{markdown[:place]}{mark}{markdown[place:]}", place + len(mark)


def footnote_for(label: str, event: Event) -> str:
    """Return the footnote that binds a label to an event: `[^e1]: 14:32:07 UTC, slack: text (event …, sha256:…, /12)`."""
    return f"[^{label}]: {bound_text(event)}"


def bound_text(event: Event) -> str:
    """Return what a footnote says of an event, and the ids that it is bound to."""
    first = event.citations[0] if event.citations else None
    said = " ".join(event.summary.split())
    short = f"{said[:119]}…" if len(said) > 120 else said
    place = f", {first.artefact}, {first.place}" if first and not re.search(r"[\s)]", first.place) else ""
    return f"{clock_time(event.occurred_at)} UTC, {event.source}: {short} (event {event.id}{place})"
