"""JSON lines and arrays of objects with a time in them: application logs, audit trails, deploy records, exported timelines.

Timesketch's form (https://timesketch.org/guides/user/import-from-json-csv/) is one of them. Files that a vendor's reader knows
are the vendor's.
"""

from __future__ import annotations

from juncture.evidence.artefact import Head
from juncture.evidence.reader import Confidence, Session, Settings


class JsonLines:
    """JSON objects with a time, one a line, in an array, or one after another."""

    name = "jsonl"
    title = "JSON lines"
    reads = (
        "JSON objects that carry a time, one a line or in an array: application logs, audit trails, deploy records, Timesketch."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return PLAUSIBLE for several objects with a time each, FALLBACK for a single one that also says something."""
        from juncture.evidence.json_entries import samples_of  # noqa: PLC0415 - only where there is something to look at
        from juncture.evidence.record_fields import FieldMap  # noqa: PLC0415

        samples = samples_of(head)
        if not samples:
            return Confidence.NO
        fields = FieldMap(samples)
        timed = sum(any(name in sample for name in fields.times) for sample in samples)
        if not fields.times or timed * 2 < len(samples) or all(len(sample) < 2 for sample in samples):
            return Confidence.NO
        several = len(samples) > 1 or head.first_byte == b"[" or not head.whole
        if several:
            return Confidence.PLAUSIBLE
        return Confidence.FALLBACK if fields.messages else Confidence.NO

    def session(self, settings: Settings) -> Session:
        """Return a reading session; files do not depend on each other."""
        from juncture.evidence.json_entries import JsonEntries  # noqa: PLC0415

        return JsonEntries(settings)


READER = JsonLines()
