"""Which readers there are, and which one reads an artefact."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable
from functools import cache
from importlib.metadata import entry_points

from juncture.evidence import readers
from juncture.evidence.artefact import Head
from juncture.evidence.reader import Confidence, Reader

ENTRY_POINT_GROUP = "juncture.readers"


@cache
def installed_readers() -> tuple[Reader, ...]:
    """Return all readers by name: those of this package, and those that other packages offer."""
    own = (importlib.import_module(f"{readers.__name__}.{module.name}") for module in pkgutil.iter_modules(readers.__path__))
    found: list[Reader] = [module.READER for module in own if hasattr(module, "READER")]
    found.extend(entry.load() for entry in entry_points(group=ENTRY_POINT_GROUP))
    return tuple(sorted(found, key=lambda reader: reader.name))


def reader_for(head: Head, candidates: Iterable[Reader]) -> Reader | None:
    """Return the most confident reader of this content, or None if nobody knows it."""
    best, confidence = None, Confidence.NO
    for reader in candidates:
        own = reader.recognise(head)
        if own > confidence:
            best, confidence = reader, own
    return best
