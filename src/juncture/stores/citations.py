"""The citations that documents make: records and timelines in JSON and JSON Lines, and footnotes in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from juncture.casework.ports import Cited
from juncture.model.evidence import Citation, LeftOut
from juncture.model.identity import ArtefactHash

_FOOTNOTE = re.compile(r"\(event [0-9a-f]{32}, (sha256:[0-9a-f]{64})(?:, ([^\s)]+))?\)")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")


def citations_in(path: Path, label: str) -> Iterator[Cited | LeftOut]:
    """Yield the citations in a file, by its suffix; nothing for suffixes that no record has. LeftOut where it is no JSON."""
    if path.suffix == ".md":
        for number, line in enumerate(path.read_text("utf-8", "replace").splitlines(), 1):
            for found in _FOOTNOTE.finditer(line):
                yield Cited(f"{label}, line {number}", Citation(ArtefactHash(found[1]), None, found[2] or ""))
    elif path.suffix == ".json":
        yield from _in_json(path.read_bytes(), label)
    elif path.suffix == ".jsonl":
        with path.open("rb") as stream:
            for number, data in enumerate(stream, 1):
                yield from _in_json(data, f"{label}, line {number}")


def _in_json(data: bytes, where: str) -> Iterator[Cited | LeftOut]:
    try:
        value: object = msgspec.json.decode(data)
    except (ValueError, RecursionError) as error:
        yield LeftOut(where, f"is no JSON ({error})", damaged=True)
        return
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(reversed(value))
        elif isinstance(value, dict):
            artefact, place = value.get("artefact"), value.get("place")
            if isinstance(artefact, str) and isinstance(place, str) and _HASH.fullmatch(artefact):
                yield Cited(where, Citation(ArtefactHash(artefact), None, place))
            waiting.extend(reversed(value.values()))
