"""The JSON schema of everything that is read and written, made from the structs themselves."""

from __future__ import annotations

from typing import Any

import msgspec

from juncture.model.evidence import Event, LeftOut, Note, Series, Sighting
from juncture.model.record import Postmortem, Timeline

PUBLISHED = (Postmortem, Timeline, Event, Sighting, Series, LeftOut, Note)


def schema() -> dict[str, Any]:
    """Return one JSON schema (2020-12) whose `$defs` hold every published shape; the root is any one of the first."""
    roots, definitions = msgspec.json.schema_components(PUBLISHED, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Juncture",
        "anyOf": list(roots),
        "$defs": definitions,
    }
