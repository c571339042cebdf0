"""Accounts: what participants saw, thought and tried, as they wrote it on the incident's page."""

from __future__ import annotations

from collections.abc import Iterator

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.reader import Confidence, Found, Session, Settings
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, Note, Sighting
from juncture.model.identity import Occurrences

_LIMIT = 4 * 1024 * 1024


class _Reader:
    name = "account"
    title = "Account"
    reads = "What a participant remembers, with times as exact as memory is; written under Accounts on an incident's page."

    def recognise(self, head: Head) -> Confidence:
        from juncture.evidence.accounts import is_account  # noqa: PLC0415 - its patterns are slow to compile

        return (
            Confidence.CERTAIN
            if head.data[:12].lstrip(b"\xef\xbb\xbf").startswith(b"Account") and is_account(head.text[:2000])
            else Confidence.NO
        )

    def session(self, settings: Settings) -> Session:
        del settings
        return _Accounts()


class _Accounts:
    def order(self, head: Head) -> int:  # noqa: ARG002 - each account speaks for itself
        return 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield an event for each time that is remembered. Raises BadEvidence where day or zone cannot be read."""
        from juncture.evidence import accounts  # noqa: PLC0415 - as above

        try:
            terms, entries = accounts.read(artefact.text(_LIMIT))
        except (ValueError, KeyError, OSError, OverflowError) as error:
            raise BadEvidence(artefact.label, f"is an account whose head cannot be read ({error})", "Write it again") from None
        ids = Occurrences(f"account\x1f{terms.speaker}")
        for entry in entries:
            span = entry.time.span
            place = f"line:{entry.first}" if entry.first == entry.last else f"line:{entry.first}-{entry.last}"
            yield Sighting(
                id=ids.id_of(entry.text),
                source="account",
                kind=Kind.ACCOUNT,
                lane=Lane.PEOPLE,
                occurred_at=span.occurred_at,
                earliest=span.earliest,
                latest=span.latest,
                summary=entry.text,
                citation=artefact.cite(place),
                known_at=span.latest,
                known_by=(terms.speaker,) if terms.speaker else (),
                actor=terms.speaker or None,
            )
        if not entries:
            yield Note(artefact.label, "says no time that could be understood: kept, and nothing of it stands on the timeline")


READER = _Reader()
"""The reader that the registry finds. Yields accounts with the stretch of time that each is remembered for."""
