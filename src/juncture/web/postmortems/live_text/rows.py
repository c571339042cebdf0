"""A live text and its rows. Called by operations, inside their transactions."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.live_text.document import Integrated, LiveDocument
from juncture.web.postmortems.models import LiveText, LiveUpdate, Postmortem, Section

CHANNEL = "juncture_live_text"
"""The channel on which PostgreSQL tells other processes that a live text has new updates: the key of its postmortem."""
MANY_UPDATES = 500
"""Updates behind a snapshot from which on it is made anew."""
_BREAK = re.compile("\r\n?")


class Typed(Struct, frozen=True):
    """An update, and who typed it: null for the program itself."""

    integrated: Integrated
    by: int | None


def plain(markdown: str) -> str:
    """Return the text of a section as a live text holds it: its lines end by LF."""
    return _BREAK.sub("\n", markdown)


def live_row(postmortem: int) -> LiveText | None:
    """Return the row of a postmortem's live text, held until the transaction ends; None where nobody has opened its editor."""
    return LiveText.objects.select_for_update().filter(pk=postmortem).first()


def begin(postmortem: int) -> LiveText:
    """Make the live text of a postmortem, with what its sections say. The postmortem's row is held by the caller."""
    texts = {one.pk: plain(one.markdown) for one in Section.objects.filter(postmortem=postmortem)}
    document = LiveDocument(texts)
    document.write(texts)
    return LiveText.objects.create(
        postmortem_id=postmortem,
        epoch=secrets.token_hex(16),
        number=1,
        settled_number=1,
        snapshot=document.whole(),
        snapshot_number=1,
    )


def load(row: LiveText) -> LiveDocument:
    """Return a live text as its rows tell it."""
    keys = Section.objects.filter(postmortem=row.pk).values_list("pk", flat=True)
    return LiveDocument(keys, [bytes(row.snapshot), *(bytes(one.update) for one in since(row.pk, row.snapshot_number))])


def since(postmortem: int, number: int) -> QuerySet[LiveUpdate]:
    """Return the updates behind a number, in their order."""
    return LiveUpdate.objects.filter(text=postmortem, number__gt=number)


def append(row: LiveText, typed: Sequence[Typed]) -> None:
    """Store updates behind the last one, and tell other processes when the transaction ends. `row` is held."""
    LiveUpdate.objects.bulk_create(
        LiveUpdate(
            text=row,
            number=row.number + place,
            update=one.integrated.update,
            sections=list(one.integrated.sections),
            by_id=one.by,
        )
        for place, one in enumerate(typed, start=1)
    )
    row.number += len(typed)
    row.typed_at = timezone.now()
    row.save(update_fields=["number", "typed_at"])
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, str(row.pk)])


@contextmanager
def text_held(viewer: Viewer, seen: Postmortem, *, forget: bool = False) -> Iterator[None]:
    """Hold a postmortem and its text while sections change: one at a time does so in a document.

    What was typed is in their Markdown before, and what changes there is typed into the live text after, as by one more
    participant. Inside a transaction; within one another, too. With `forget`, nothing that was deleted stays in the live text.
    """
    held = Postmortem.objects.get_queryset().select_for_update(no_key=True)
    postmortem = held.only("pk", "incident_id").get(pk=seen.pk)
    row = live_row(postmortem.pk)
    if row is None:
        yield
        return
    document = settle(row, postmortem)
    number = row.number
    yield
    texts = {one.pk: plain(one.markdown) for one in Section.objects.filter(postmortem=postmortem)}
    row.refresh_from_db()
    # A change within this change has written already what it did.
    written = document if row.number == number else load(row)
    if typed := written.write(texts):
        append(row, [Typed(typed, viewer.user_id)])
    row.settled_number = row.number
    row.save(update_fields=["settled_number"])
    if forget:
        shrink(row, written)


def settle(row: LiveText, postmortem: Postmortem) -> LiveDocument:
    """Derive the sections' Markdown from what was typed, and write the history of it; return the document. `row` is held."""
    document = load(row)
    if row.number == row.settled_number:
        return document
    writers: dict[int, list[int]] = {}
    for update in since(row.pk, row.settled_number):
        for section in update.sections:
            if update.by_id is not None:
                of = writers.setdefault(section, [])
                of[:] = [one for one in of if one != update.by_id] + [update.by_id]
    changed = False
    for section in Section.objects.select_for_update(no_key=True).filter(postmortem=postmortem):
        text = document.text(section.pk)
        if text != plain(section.markdown):
            changed = True
            _derive(postmortem, section, text, writers.get(section.pk, []))
    _keep_orphans(postmortem, document, writers)
    if changed:
        index_postmortem(postmortem.pk)
    row.settled_number = row.number
    row.save(update_fields=["settled_number"])
    return document


def _derive(postmortem: Postmortem, section: Section, text: str, writers: Sequence[int]) -> None:
    before, section.markdown = section.markdown, text
    section.version += 1
    section.changed_by_id = writers[-1] if writers else None
    section.save(update_fields=["markdown", "version", "changed_by", "changed_at"])
    after: Mapping[str, object] = {"markdown": text} | ({"with": list(writers[:-1])} if len(writers) > 1 else {})
    record_change(
        Viewer(user_id=section.changed_by_id),
        action="write",
        object_kind="section",
        object_id=str(section.pk),
        incident_id=postmortem.incident_id,
        postmortem_id=postmortem.pk,
        before={"markdown": before},
        after=after,
    )


def _keep_orphans(postmortem: Postmortem, document: LiveDocument, writers: Mapping[int, Sequence[int]]) -> None:
    """Write into the history what was typed into a section while somebody took it out: from there it comes back."""
    there = set(Section.objects.filter(postmortem=postmortem).values_list("pk", flat=True))
    for section, who in writers.items():
        if section not in there and who:
            record_change(
                Viewer(user_id=who[-1]),
                action="write",
                object_kind="section",
                object_id=str(section),
                incident_id=postmortem.incident_id,
                postmortem_id=postmortem.pk,
                after={"markdown": document.text(section)},
            )


def shrink(row: LiveText, document: LiveDocument) -> None:
    """Put all updates into the snapshot: deleted text is gone from the rows. `row` is held, the document at its number."""
    row.snapshot, row.snapshot_number = document.whole(), row.number
    row.save(update_fields=["snapshot", "snapshot_number"])
    # What is not settled yet is still to be told of: who typed where.
    LiveUpdate.objects.filter(text=row, number__lte=min(row.snapshot_number, row.settled_number)).delete()
