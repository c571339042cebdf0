"""The evidence appendix: which sources were read, from which artefacts, how much of each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from juncture.document.drafting.facts import Facts
from juncture.document.drafting.footnotes import plain
from juncture.model.evidence import Citation

MOST_ARTEFACTS = 12
"""More artefacts than these are counted by folder; footnotes hold the whole hash of each that is cited."""


def sources(facts: Facts) -> str:
    """Return the sources with their counts, the artefacts with their hashes, and the footnotes of the draft."""
    parts = [_by_source(facts), _artefacts(facts), facts.footnotes.definitions()]
    return "\n\n".join(part for part in parts if part)


def _by_source(facts: Facts) -> str:
    counts: dict[str, list[int]] = {}
    for number, event in enumerate(facts.timeline.events):
        counts.setdefault(event.source, []).append(number)
    lines = []
    for source, numbers in sorted(counts.items()):
        first, last = facts.timeline.events[numbers[0]], facts.timeline.events[numbers[-1]]
        many = f"{len(numbers):,} event{'s' if len(numbers) > 1 else ''}"
        span = (
            f"{facts.stamp(first.occurred_at)} to {facts.stamp(last.occurred_at)}"
            if len(numbers) > 1
            else facts.stamp(first.occurred_at)
        )
        lines.append(f"- {plain(source)}: {many}, {span}")
    if facts.series:
        samples = sum(len(one.instants) for one in facts.series)
        lines.append(f"- series: {len(facts.series):,} with {samples:,} samples")
    return "Read for this draft:\n\n" + "\n".join(lines) if lines else "Nothing was read."


def _artefacts(facts: Facts) -> str:
    found: dict[str, str | None] = {}
    for citation in _citations(facts):
        found.setdefault(citation.artefact, citation.path)
    if not found:
        return ""
    many = f"{len(found):,} artefacts" if len(found) > 1 else "1 artefact"
    if len(found) > MOST_ARTEFACTS:
        return f"{many}, by folder:\n\n" + "\n".join(_folders(found.values()))
    listed = sorted(found.items(), key=lambda item: (item[1] or "", item[0]))
    lines = [f"- {_code(path) if path else 'stored under its hash'}, {digest[:19]}…" for digest, path in listed]
    return f"{many}, by path and hash:\n\n" + "\n".join(lines)


def _folders(paths: Iterable[str | None]) -> list[str]:
    counts = Counter(path.rpartition("/")[0] if path else None for path in paths)
    ordered = sorted(counts.items(), key=lambda item: item[0] or "")
    return [f"- {_code(folder) if folder else 'without a folder'}: {count:,}" for folder, count in ordered]


def _code(path: str) -> str:
    fence = "``" if "`" in path else "`"
    return f"{fence}{' '.join(path.split())}{fence}"


def _citations(facts: Facts) -> list[Citation]:
    cited = [citation for event in facts.timeline.events for citation in event.citations]
    return [*cited, *(one.citation for one in facts.series)]
