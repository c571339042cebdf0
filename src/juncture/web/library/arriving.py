"""Old postmortems that arrive as Markdown files: what each would become, and bringing them in. No byte of a file is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import PurePosixPath

from django.db import transaction
from msgspec import Struct

from juncture.document.record_file import read
from juncture.evidence.mask import Mask
from juncture.model.record import Postmortem as Record
from juncture.web.access.errors import Refused
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.operations import require_author
from juncture.web.postmortems import operations
from juncture.web.postmortems.file_text import decoded
from juncture.web.postmortems.models import Postmortem, SentText, State

FILES_LIMIT = 100
FILE_LIMIT = 1024 * 1024
TOGETHER_LIMIT = 8 * 1024 * 1024
_SUFFIXES = (".md", ".markdown", ".mdown", ".mkd")
_SHOWN_NOTES = 20
_PUBLISHED = {State.PUBLISHED, State.CLOSED}


class Sent(Struct, frozen=True):
    """A file as it was sent: its name with its folders, and its bytes."""

    name: str
    text: bytes


class LeftOut(Struct, frozen=True):
    """A file that is not read, and why."""

    name: str
    why: str


class Arrival(Struct, frozen=True):
    """What a file would become: what was read of it, what stays text (a line and why), and what is there already like it."""

    sent: Sent
    title: str
    day: date | None
    severity: str
    services: tuple[str, ...]
    sections: int
    actions: int
    events: int
    publishes: bool
    notes: tuple[tuple[str, str], ...]
    more_notes: int
    same: str
    """Why it is taken for one that is there already; empty where it is new."""
    same_url: str


class Brought(Struct, frozen=True):
    """What became of a file: the address of its postmortem, or why it was refused."""

    name: str
    title: str
    url: str
    published: bool
    refused: str = ""


def chosen(files: Iterable[tuple[str, int, Sent | None]]) -> tuple[list[Sent], list[LeftOut]]:
    """Return which of some files (name, size, and the file where it was small enough to be held) are read, and which not."""
    taken: list[Sent] = []
    left: list[LeftOut] = []
    together = 0
    for name, size, sent in files:
        if PurePosixPath(name).suffix.lower() not in _SUFFIXES:
            left.append(LeftOut(name, "is no Markdown file"))
        elif sent is None or size > FILE_LIMIT:
            left.append(LeftOut(name, f"is larger than {FILE_LIMIT // 1024**2} MB"))
        elif not sent.text.strip():
            left.append(LeftOut(name, "is empty"))
        elif len(taken) == FILES_LIMIT or together + size > TOGETHER_LIMIT:
            left.append(LeftOut(name, "is beyond what is taken at once; import it after these"))
        else:
            together += size
            taken.append(sent)
    return taken, left


def look(viewer: Viewer, files: Sequence[Sent]) -> tuple[list[Arrival], list[LeftOut]]:
    """Return what files would become, and those that are no text. Nothing is written. Raises NotAllowed."""
    require_author(viewer, "import postmortems")
    records: list[tuple[Sent, Record]] = []
    left: list[LeftOut] = []
    for sent in files:
        try:
            records.append((sent, read(decoded(sent.text)).record))
        except Refused as refused:
            left.append(LeftOut(sent.name, refused.sentence))
    there = _there(viewer, {value.title for _, value in records})
    seen: dict[bytes, str] = {}
    arrivals: list[Arrival] = []
    for sent, value in records:
        same, url = (f"the same file as {seen[sent.text]}", "") if sent.text in seen else _same(sent, value, there)
        seen.setdefault(sent.text, sent.name)
        arrivals.append(_arrival(sent, value, same, url))
    return arrivals, left


def bring(viewer: Viewer, files: Sequence[Sent]) -> list[Brought]:
    """Make an incident and a postmortem of each file, published where its front matter says so. Raises NotAllowed.

    Each file is there whole or not at all; one that is refused says why, and the others come in.
    """
    require_author(viewer, "import postmortems")
    return [_brought(viewer, sent) for sent in files[:FILES_LIMIT]]


def _brought(viewer: Viewer, sent: Sent) -> Brought:
    try:
        with transaction.atomic():
            row, value = operations.import_file(viewer, sent.text)
            publishes = value.metadata.get("state", "").lower() in _PUBLISHED
            if publishes:
                operations.set_state(viewer, row.public_id, State.PUBLISHED, reason="Imported as published.")
    except Refused as refused:
        return Brought(sent.name, "", "", published=False, refused=refused.sentence)
    return Brought(sent.name, row.title, f"/postmortems/{row.public_id}/", published=publishes)


def _arrival(sent: Sent, value: Record, same: str, url: str) -> Arrival:
    notes = [(note.where, note.why) for note in value.notes if "kept as text" in note.why] + _secrets(sent.text.decode())
    return Arrival(
        sent,
        value.title,
        _day(value),
        value.incident.severity or "",
        value.incident.services,
        len(value.sections),
        len(value.actions),
        len(value.timeline),
        value.metadata.get("state", "").lower() in _PUBLISHED,
        tuple(notes[:_SHOWN_NOTES]),
        max(len(notes) - _SHOWN_NOTES, 0),
        same,
        url,
    )


def _secrets(text: str) -> list[tuple[str, str]]:
    """Return the lines that hold what looks like a secret: readers would see it."""
    lines = {text.count("\n", 0, start) + 1 for start, _, _ in Mask().spans(text)}
    return [
        (f"line {line}", "looks like a secret: readers would see it. Take it out of the file first") for line in sorted(lines)
    ]


def _day(value: Record) -> date | None:
    if value.incident.started_at:
        return value.incident.started_at.date()
    try:
        return date.fromisoformat(value.metadata.get("date", "")[:10])
    except ValueError:
        return None


def _there(viewer: Viewer, titles: set[str]) -> dict[str, list[tuple[Postmortem, bytes]]]:
    """Return the postmortems of these titles that the viewer may see, each with the file that it came from."""
    rows = list(Postmortem.objects.visible_to(viewer).filter(title__in=titles - {""}).select_related("incident")[:1000])
    texts = dict(SentText.objects.filter(postmortem__in=[row.pk for row in rows]).values_list("postmortem", "text"))
    found: dict[str, list[tuple[Postmortem, bytes]]] = {}
    for row in rows:
        found.setdefault(row.title, []).append((row, bytes(texts.get(row.pk, b""))))
    return found


def _same(sent: Sent, value: Record, there: dict[str, list[tuple[Postmortem, bytes]]]) -> tuple[str, str]:
    for row, text in there.get(value.title, ()):
        url = f"/postmortems/{row.public_id}/"
        if text == sent.text:
            return "the same file is here already", url
        began = row.incident.started_at
        if (began.date() if began else None) == (value.incident.started_at.date() if value.incident.started_at else None):
            return "one with its title and day is here already", url
    return "", ""
