"""Read evidence: from what was given to sightings and series, with a full account of what was read and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import BinaryIO, NamedTuple

from juncture.casework.ports import Progress
from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.mask import Mask
from juncture.evidence.reader import Confidence, Reader, Session, Settings
from juncture.evidence.registry import reader_for
from juncture.evidence.walk import Limits, walk
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut, Note, Series, Sighting
from juncture.model.identity import ArtefactHash

UNKNOWN_FORMAT = "no reader knows this format"
UNKNOWN_TEXT = (
    "no times that belong to messages or lines were found in this text (copy a conversation with its names and times)"
)


class Given(NamedTuple):
    """One thing that the caller gave: how it is named, and how to open it (a seekable binary stream, anew each time)."""

    label: str
    opener: Callable[[], BinaryIO]


class Told(NamedTuple):
    """What one artefact gave: who read it (empty: nobody knew it), and how much was found, masked and left out."""

    artefact: ArtefactHash
    reader: str
    found: int = 0
    masked: int = 0
    left_out: int = 0


class _Recognised(NamedTuple):
    order: int
    label: str
    session: Session
    reader: Reader
    artefact: Artefact


class EvidenceReading:
    """One reading of evidence. Iterate `sightings`; afterwards, the other attributes tell the rest.

    Nothing is printed or stored here. `keep` is called once, before reading, with all artefacts that were recognised,
    and returns those that it could not keep.
    """

    def __init__(
        self,
        *,
        readers: Iterable[Reader],
        settings: Settings,
        mask: Mask,
        limits: Limits,
        scratch: Callable[[], BinaryIO],
        progress: Progress,
        keep: Callable[[Sequence[Artefact]], Iterable[LeftOut] | None] | None = None,
    ) -> None:
        self._readers = tuple(readers)
        self._settings = settings
        self._mask = mask
        self._limits = limits
        self.scratch = scratch
        """Where what is too large to be held may wait."""
        self._progress = progress
        self._keep = keep
        self._last: Reader | None = None
        self.series: list[Series] = []
        self.notes: list[Note] = []
        self.left_out: list[LeftOut] = []
        self.read_by: Counter[str] = Counter()
        """Artefacts read, by the title of their reader."""
        self.artefacts: dict[str, Artefact] = {}
        """Every artefact that was read, by hash."""
        self.told: dict[str, Told] = {}
        """What each artefact gave, by its label."""
        self.count = 0
        """Sightings so far."""
        self.current, self.done, self.total = "", 0, 0
        """What is being read, how many artefacts have been, and how many there are (0 until all are recognised)."""

    @property
    def masked(self) -> Counter[str]:
        """How many secrets were masked, by kind."""
        return self._mask.counts

    @property
    def damaged(self) -> bool:
        """Whether something recognised could not be read whole."""
        return any(item.damaged for item in self.left_out)

    @property
    def empty(self) -> bool:
        """Whether nothing at all could be read."""
        return not self.count and not self.series

    def sightings(self, sources: Iterable[Given | LeftOut]) -> Iterator[Sighting]:
        """Yield every sighting, masked, artefact by artefact; users' directories and the like are read first."""
        recognised = sorted(self._recognised(sources), key=lambda item: item[:2])
        if self._keep:
            self.left_out.extend(self._keep([item.artefact for item in recognised]) or ())
        for number, (_, label, session, reader, artefact) in enumerate(recognised):
            self.current, self.done, self.total = label, number, len(recognised)
            self._progress.step(label, number, len(recognised))
            self.artefacts[artefact.hash] = artefact
            self.read_by[reader.title] += 1
            masked, left, count = self.masked.total(), len(self.left_out), self.count + len(self.series)
            yield from self._read(session, artefact)
            found = self.count + len(self.series) - count
            out = sum(item.count for item in self.left_out[left:])
            self.told[label] = Told(artefact.hash, reader.title, found, self.masked.total() - masked, out)
        self._progress.step("", len(recognised), len(recognised))

    def _recognised(self, sources: Iterable[Given | LeftOut]) -> Iterator[_Recognised]:
        sessions: dict[str, Session] = {}
        for artefact in self._walked(sources):
            head = self._head(artefact)
            if head is None:
                continue
            reader = self._reader_of(head)
            if reader is None:
                self.told[artefact.label] = Told(artefact.hash, "", left_out=1)
                self.left_out.append(LeftOut(artefact.label, UNKNOWN_TEXT if _is_prose(head) else UNKNOWN_FORMAT))
                continue
            session = sessions.get(reader.name) or sessions.setdefault(reader.name, reader.session(self._settings))
            yield _Recognised(session.order(head), artefact.label, session, reader, artefact)

    def _reader_of(self, head: Head) -> Reader | None:
        """Return the reader of a head. Files of one source come in rows: the last one's reader is asked first."""
        if self._last is None or self._last.recognise(head) < Confidence.CERTAIN:
            self._last = reader_for(head, self._readers)
        return self._last

    def _walked(self, sources: Iterable[Given | LeftOut]) -> Iterator[Artefact]:
        for source in sources:
            found = (source,) if isinstance(source, LeftOut) else walk(source.label, source.opener, self._limits, self.scratch)
            for item in found:
                if isinstance(item, LeftOut):
                    self.left_out.append(item)
                else:
                    yield item

    def _head(self, artefact: Artefact) -> Head | None:
        try:
            return artefact.head()
        except (OSError, BadEvidence) as error:
            self.left_out.append(LeftOut(artefact.label, f"cannot be opened: {error}", damaged=True))
            return None

    def _read(self, session: Session, artefact: Artefact) -> Iterator[Sighting]:
        mask = self._mask.sighting
        try:
            for item in session.read(artefact):
                if isinstance(item, Sighting):
                    self.count += 1
                    yield mask(item)
                elif isinstance(item, Series):
                    self.series.append(item)
                elif isinstance(item, LeftOut):
                    self.left_out.append(item)
                else:
                    self.notes.append(item)
        except BadEvidence as error:
            self.left_out.append(
                LeftOut(error.where, f"{error.what}. {error.hint}" if error.hint else error.what, damaged=True)
            )
        except OSError as error:
            self.left_out.append(LeftOut(artefact.label, f"cannot be read further: {error.strerror or error}", damaged=True))


def _is_prose(head: Head) -> bool:
    """Whether these are words that somebody may have pasted, and no data of a program."""
    start = head.text[:1000]
    return head.first_byte not in (b"", b"{", b"[", b"<") and not any(
        character < " " and not character.isspace() for character in start
    )
