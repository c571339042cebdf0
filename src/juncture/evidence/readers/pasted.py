"""Conversations as people copy them out of chat windows, terminals and mail programs, names and times as they come.

What a conversation looks like is told in `juncture.evidence.conversation`, which is imported when there is a text to look at:
`juncture sources` needs none of it.
"""

from __future__ import annotations

from juncture.evidence.artefact import Head
from juncture.evidence.reader import Confidence, Session, Settings

_LOOKED_AT = 24 * 1024


class _Reader:
    name = "pasted"
    title = "Pasted conversation"
    reads = (
        "Text copied from Slack, Teams, Discord, Mattermost, Google Chat, Zoom, WhatsApp, a terminal or a mail thread:"
        " select the messages, copy, paste into a file or standard input."
    )

    def recognise(self, head: Head) -> Confidence:
        from juncture.evidence.conversation.reading import heads_in  # noqa: PLC0415 - its patterns are slow to compile
        from juncture.evidence.conversation.recognising import confidence, is_something_else  # noqa: PLC0415

        if "\x00" in head.text[:1024] or is_something_else(head.text[:200]):
            return Confidence.NO
        lines, choice = heads_in(head.text[:_LOOKED_AT])
        return confidence(choice, lines)

    def session(self, settings: Settings) -> Session:
        from juncture.evidence.conversation.telling import Pastes  # noqa: PLC0415

        return Pastes(settings)


READER = _Reader()
