"""Tables in text with a column of times: exports of spreadsheets, query results, metrics, Timesketch.

Which column is what, is told by its name in several languages and by what stands in it. Timesketch:
https://timesketch.org/guides/user/import-from-json-csv/
"""

from __future__ import annotations

from juncture.evidence.artefact import Head
from juncture.evidence.reader import Confidence, Session, Settings


class TableReader:
    """CSV and its dialects, with a header and a column of times."""

    name = "table"
    title = "Table"
    reads = (
        "CSV, TSV and semicolon tables with a header and a column of times: spreadsheets, Timesketch, query results, metrics."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return LIKELY for a header with a column of times below it, PLAUSIBLE where a part of the rows has none."""
        if head.first_byte in (b"{", b"[", b"<", b"") or not any(mark in head.text for mark in ",;\t|"):
            return Confidence.NO
        from juncture.evidence.tables import share_of_timed_rows  # noqa: PLC0415 - only where there is something to look at

        share = share_of_timed_rows(head)
        if share is None:
            return Confidence.NO
        return Confidence.LIKELY if share >= 0.9 else Confidence.PLAUSIBLE if share >= 0.5 else Confidence.NO

    def session(self, settings: Settings) -> Session:
        """Return a reading session; files do not depend on each other."""
        from juncture.evidence.tables import Tables  # noqa: PLC0415

        return Tables(settings)


READER = TableReader()
