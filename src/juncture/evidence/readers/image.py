"""Screenshots and photographs: when they were taken. What they show is for people to see; nothing in them is read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.pictures import HEADER_LIMIT, Taken, is_picture, picture_of
from juncture.evidence.reader import Confidence, Found, Session, Settings
from juncture.evidence.times import Span, from_wall_clock
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, Note, RecordDetails, Sighting
from juncture.model.identity import sighting_id

NO_TIME = "no time in it, nor in its name: kept as it is; say when it was, and it stands on the timeline"


class _Reader:
    name = "image"
    title = "Screenshot or photograph"
    reads = (
        "PNG, JPEG, WebP and GIF: when it was taken, from the camera's mark or from a name such as"
        " `Screenshot 2026-03-02 at 14.32.07.png`. Secrets in a picture cannot be masked."
    )

    def recognise(self, head: Head) -> Confidence:
        return Confidence.CERTAIN if is_picture(head.data[:16]) else Confidence.NO

    def session(self, settings: Settings) -> Session:
        return _Pictures(settings)


class _Pictures:
    """A reading session over pictures: each speaks for itself."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def order(self, head: Head) -> int:  # noqa: ARG002 - each picture speaks for itself
        return 0

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield the picture as one sighting, or a note that nothing says when it was. Raises BadEvidence for a broken one."""
        data = artefact.read_whole(HEADER_LIMIT)
        try:
            picture = picture_of(data, artefact.label)
        except ValueError as error:
            raise BadEvidence(artefact.label, f"is a picture that cannot be read: {error}", "Save it again as PNG") from None
        if picture.taken is None:
            yield Note(artefact.label, NO_TIME)
            return
        if picture.taken.zone is None and self._settings.zone is None:
            yield Note(artefact.label, f"the time that {picture.taken.by} gives has no zone: taken to be UTC")
        try:
            span = self._span(picture.taken)
        except OverflowError:
            raise BadEvidence(artefact.label, "was taken beyond the years 1 to 9999", "Set the clock of the camera") from None
        yield picture_sighting(artefact, span, size=(picture.width, picture.height))

    def _span(self, taken: Taken) -> Span:
        if taken.zone is None:
            zone = self._settings.zone or ZoneInfo("UTC")
            return from_wall_clock(taken.local, zone, width_seconds=taken.width_seconds)
        at = taken.local.replace(tzinfo=taken.zone).astimezone(UTC)
        width = timedelta(seconds=taken.width_seconds)
        return Span(at, at, at + (width - timedelta(microseconds=1) if width else width))


def picture_sighting(artefact: Artefact, span: Span, *, size: tuple[int, int] | None = None, what: str = "") -> Sighting:
    """Return the sighting of a picture: a person had it before them when it was taken.

    The bytes are all the identity that a picture has: another export of the same picture is the same sighting.
    """
    name = artefact.label.replace("!/", "/").rsplit("/", 1)[-1]
    return Sighting(
        id=sighting_id("image", artefact.hash),
        source="image",
        kind=Kind.RECORD,
        lane=Lane.PEOPLE,
        occurred_at=span.occurred_at,
        earliest=span.earliest,
        latest=span.latest,
        summary=f"Picture: {what or name}",
        citation=artefact.cite(f"bytes:0-{artefact.size}"),
        known_at=span.occurred_at,
        details=RecordDetails({"file": name} | ({"size": f"{size[0]} x {size[1]}"} if size else {})),
    )


READER = _Reader()
"""The reader that the registry finds. Yields one sighting a picture, or a note that it has no time."""
