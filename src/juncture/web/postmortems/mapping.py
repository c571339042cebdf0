"""Between a postmortem's rows and its record; nothing else converts."""

from __future__ import annotations

import msgspec

from juncture.model import record
from juncture.web.postmortems.models import Postmortem, Publication, Section

_encode = msgspec.json.Encoder().encode


def to_record(row: Postmortem) -> record.Postmortem:
    """Return the record that rows hold."""
    drafted = msgspec.json.decode(row.drafted, type=record.Postmortem)
    sections = tuple(record.Section(section.heading, section.markdown) for section in row.sections.order_by("position", "id"))
    metadata = drafted.metadata | {"state": row.state}
    return msgspec.structs.replace(drafted, title=row.title, practice=row.practice, sections=sections, metadata=metadata)


def from_record(row: Postmortem, value: record.Postmortem) -> list[Section]:
    """Set a row's columns from a record, and return its sections as unsaved rows."""
    row.title = value.title[:300]
    row.practice = value.practice
    row.drafted = _encode(msgspec.structs.replace(value, title="", sections=()))
    return [
        Section(postmortem=row, position=position, heading=section.heading[:300], markdown=section.markdown)
        for position, section in enumerate(value.sections)
    ]


def published_record(publication: Publication) -> record.Postmortem:
    """Return the frozen record of a publication."""
    return msgspec.json.decode(publication.record, type=record.Postmortem)


def frozen(value: record.Postmortem) -> bytes:
    """Return a record as a publication keeps it."""
    return _encode(value)
