"""Plain text logs of any program: a time, perhaps a level, and what happened."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.colours import without_colours
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.model.errors import BadEvidence

if TYPE_CHECKING:
    from juncture.evidence.stamps import Stamps

_ANY_DAY = Settings(today=dt.date(2000, 1, 1))
"""Recognising asks whether there are times, not which."""
_ARRAY = re.compile(r"\s*\[\s*\{")
"""JSON, and none of the brackets that logs put around their times."""
_SINCE_BOOT = re.compile(r"^(?:<\d{1,3}>)?\[\s*\d{1,9}\.\d{6}\]\s")
_MARKS_OF_A_TABLE = (",", ";", "\t", "|")


class PlainLog:
    """Text logs: syslog, web servers, databases, containers, and whatever puts a time into its lines."""

    name = "log"
    title = "Text log"
    reads = (
        "Log files whose lines carry times (syslog, nginx, PostgreSQL, Java, Python, containers, …), as they lie on the host."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return LIKELY for what programs write (levels, processes, requests), FALLBACK for other text with times in it."""
        from juncture.evidence.log_lines import share_of_levels  # noqa: PLC0415 - only where there is something to look at
        from juncture.evidence.stamps import LEARNT_LINES, Stamps  # noqa: PLC0415

        if head.first_byte in (b"{", b"") or b"\x00\x00\x00\x00" in head.data[:64] or _ARRAY.match(head.text):
            return Confidence.NO
        lines = [without_colours(line) for line in head.lines[:LEARNT_LINES] if line.strip()]
        if not lines:
            return Confidence.NO
        if _since_boot(lines):
            return Confidence.LIKELY
        stamps = Stamps(_ANY_DAY, head.path, lines)
        total, stamped, marked = share_of_levels(lines, stamps)
        first = stamps.find(lines[0])
        if not stamped or (first is None and (stamped < 2 or stamped * 20 < total)):
            return Confidence.NO
        evident = marked * 10 >= stamped * 3 and (stamped * 2 >= total or first is not None)
        return Confidence.LIKELY if evident and not _has_header(lines, stamps) else Confidence.FALLBACK

    def session(self, settings: Settings) -> _Session:
        """Return a reading session; files do not depend on each other."""
        return _Session(settings)


class _Session:
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:
        """Return 0: any order will do."""
        del head
        return 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield the events of the log. Raises BadEvidence for a kernel log whose times count from an unknown boot."""
        from juncture.evidence.digest import Digest, digested  # noqa: PLC0415 - only reading needs templates and bursts
        from juncture.evidence.log_lines import log_records  # noqa: PLC0415
        from juncture.evidence.stamps import Stamps  # noqa: PLC0415

        head = artefact.head()
        lines = [without_colours(line) for line in head.lines if line.strip()]
        if _since_boot(lines):
            raise BadEvidence(
                artefact.label,
                "the times count seconds since boot, and the file does not say when that was",
                "Export it with `dmesg --time-format iso` or `journalctl -k -o short-iso`",
            )
        stamps = Stamps(self._settings, artefact.label, lines)
        yield from digested(log_records(artefact, stamps), Digest(PlainLog.name, artefact))


def _since_boot(lines: list[str]) -> bool:
    sample = lines[:50]
    return bool(sample) and sum(bool(_SINCE_BOOT.match(line)) for line in sample) * 2 > len(sample)


def _has_header(lines: list[str], stamps: Stamps) -> bool:
    """Whether the first line is the header of a table: no time in it, but as many columns as the lines below."""
    if len(lines) < 2 or stamps.find(lines[0]) is not None:
        return False
    return any(0 < lines[0].count(mark) <= lines[1].count(mark) for mark in _MARKS_OF_A_TABLE)


READER = PlainLog()
