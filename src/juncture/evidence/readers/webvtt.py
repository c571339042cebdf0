"""Transcripts of calls: WebVTT from Teams, Zoom, Meet and others, and SubRip. `juncture.evidence.transcripts` reads them.

It is imported when there is a transcript: `juncture sources` needs none of it.
"""

from __future__ import annotations

import re

from juncture.evidence.artefact import Head
from juncture.evidence.reader import Confidence, Session, Settings

_SUBRIP = re.compile(r"\s*\d+\s*\r?\n[^\n]*-->")


class _Reader:
    name = "webvtt"
    title = "Call transcript (WebVTT)"
    reads = "A .vtt or .srt transcript of a call, as Teams, Zoom and Meet let you download it after a recorded meeting."

    def recognise(self, head: Head) -> Confidence:
        from juncture.evidence.captions import TIMING  # noqa: PLC0415 - only where there is something to look at

        start = head.text[:2000].lstrip("\ufeff \t\r\n")
        if re.match(r"WEBVTT(?:[ \t\r\n]|$)", start):
            return Confidence.CERTAIN
        is_subrip = _SUBRIP.match(start) and any(TIMING.match(line) for line in start.splitlines()[:4])
        return Confidence.CERTAIN if is_subrip else Confidence.NO

    def session(self, settings: Settings) -> Session:
        from juncture.evidence.transcripts import Transcripts  # noqa: PLC0415 - the patterns behind it are slow to compile

        return Transcripts(settings)


READER = _Reader()
"""The reader that the registry finds. Yields utterances, and notes on how the start was found."""
