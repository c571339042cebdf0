"""Erase artefacts of an incident, and all that was derived from them.

What is asked for is a row, so that a worker which dies over it is followed by one that goes on: each step may be done twice.
The bytes go when no other incident holds them. What other artefacts of the incident say as well is read from those again.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

import msgspec
from django.db import connection, transaction
from django.utils import timezone

from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut, Sighting
from juncture.model.identity import ArtefactHash
from juncture.web.evidence import importing
from juncture.web.evidence.given import still_held
from juncture.web.evidence.items import note_events
from juncture.web.evidence.leases import LEASE, held, kept
from juncture.web.evidence.models import EvidenceItem, ImportRun, StoredSeries, StoredSighting
from juncture.web.evidence.progress import Progress, Stage
from juncture.web.evidence.store import artefact_store, picture_cache
from juncture.web.timeline.forgetting import corrected_with, forget_corrections, gone_with
from juncture.web.timeline.operations import rebuild_timeline

_SLICE = 500
_HEARTBEAT_SECONDS = 1.0


class Removal:
    """The erasing of what a row names in `given`."""

    def __init__(self, run: ImportRun, follow: importing.Follow) -> None:
        self.run = run
        self.follow = follow
        self.store = artefact_store()
        self.beaten_at = 0.0
        self.hashes = [ArtefactHash(item["sha256"]) for item in run.given]

    def carry_out(self) -> None:
        """Erase the bytes, then what quotes them, then what was read from them, in steps that may each be done twice."""
        from juncture.web.postmortems import forgetting  # noqa: PLC0415 - postmortems are written from what is here

        self._beat(Stage.LOOKING)
        elsewhere = self._erase()
        gone = self._read_from_it()
        # A predecessor that died may have dropped some already.
        count = max(len(gone), self.run.events)
        held(self.run).update(events=count)
        with kept(self.run):
            corrected = corrected_with(self.run.incident, self.hashes)
            erased = forgetting.erased_of(self.hashes, gone, self._words(), corrected.texts)
            forgetting.forget(self.run.incident, erased)
            forget_corrections(self.run.incident, corrected.added, erased.value, erased.words)
            self._forget_in_imports()
        self._read_again({sighting.id for sighting in gone})
        self._drop_sightings()
        with kept(self.run):
            forget_corrections(self.run.incident, gone_with(self.run.incident, corrected), erased.value, erased.words)
        self._drop_series()
        self._beat(Stage.TIMELINE)
        with kept(self.run):
            rebuilt = rebuild_timeline(self.run.incident, beat=lambda: self._beat(Stage.TIMELINE))
            note_events(self.run, rebuilt)
            self.run.incident.refresh_from_db()
            self.follow(self.run, lambda: self._beat(Stage.DRAFT))
        purge()
        importing.end(self.run, ImportRun.State.DONE, events=count, read_by={"elsewhere": elsewhere})

    def stop(self) -> None:
        """Go on: what was begun is not left half done."""
        self.carry_out()

    def _erase(self) -> int:
        """Erase the bytes that no other incident holds; return how many others do hold."""
        elsewhere = 0
        for item in EvidenceItem.objects.filter(incident=self.run.incident, sha256__in=self.hashes).select_related("erased_by"):
            sha256 = ArtefactHash(item.sha256)
            others = EvidenceItem.objects.filter(sha256=sha256, erased_at__isnull=True).exclude(incident=self.run.incident)
            if others.exists():
                elsewhere += 1
                continue
            # Erased already: by this worker's predecessor, or under another name of the same bytes.
            with suppress(BadEvidence):
                self.store.erase(sha256, item.erased_reason, item.erased_by.name if item.erased_by else "Juncture")
            picture_cache().forget(sha256)
        return elsewhere

    def _read_from_it(self) -> list[Sighting]:
        """Return the sightings that were read from what is erased."""
        decode = msgspec.json.Decoder(Sighting).decode
        gone: list[Sighting] = []
        for _, bodies in self._found():
            gone += map(decode, bodies)
            self._beat(Stage.READING)
        return gone

    def _drop_sightings(self) -> None:
        for keys, _ in self._found():
            with transaction.atomic():
                StoredSighting.objects.filter(pk__in=keys).delete()
            self._beat(Stage.READING)

    def _found(self) -> Iterator[tuple[list[int], list[bytes]]]:
        needles = [sha256.encode() for sha256 in self.hashes]
        rows = StoredSighting.objects.filter(incident=self.run.incident).order_by("id").values_list("pk", "body")
        last = 0
        while page := list(rows.filter(pk__gt=last)[:5000]):
            last = page[-1][0]
            hits = iter([(key, bytes(body)) for key, body in page if any(needle in bytes(body) for needle in needles)])
            while slice_ := list(islice(hits, _SLICE)):
                yield [key for key, _ in slice_], [body for _, body in slice_]

    def _drop_series(self) -> None:
        needles = [sha256.encode() for sha256 in self.hashes]
        for row in StoredSeries.objects.filter(incident=self.run.incident).iterator(20):
            if any(needle in bytes(row.body) for needle in needles):
                row.delete()

    def _read_again(self, ids: set[str]) -> None:
        """Read from the artefacts that stay what they say as well: a newer export holds what an older one held."""
        if not ids:
            return
        done = ImportRun.objects.filter(incident=self.run.incident, task=ImportRun.Task.READ).exclude(state="queued")
        for run in done.select_related("incident", "requested_by").order_by("id"):
            if all(isinstance(one, LeftOut) for one in still_held(run)):
                continue
            importing.read_only(run, ids, lambda: self._beat(Stage.READING))

    def _forget_in_imports(self) -> None:
        """Take what imports said of places in the erased artefacts out of their accounts."""
        names = [str(item["name"]) for item in self.run.given]
        for run in ImportRun.objects.filter(incident=self.run.incident, task=ImportRun.Task.READ):
            fields = {
                field: [item for item in getattr(run, field) if not _speaks_of(str(item.get("where", "")), names)]
                for field in ("left_out", "notes")
            }
            if any(len(kept_) != len(getattr(run, field)) for field, kept_ in fields.items()):
                ImportRun.objects.filter(pk=run.pk).update(**fields)

    def _words(self) -> str:
        item = EvidenceItem.objects.filter(incident=self.run.incident, sha256__in=self.hashes).first()
        day = item.erased_at.date().isoformat() if item and item.erased_at else ""
        return f"erased on {day}: {item.erased_reason if item else ''}"

    def _beat(self, stage: Stage) -> None:
        if time.monotonic() - self.beaten_at < _HEARTBEAT_SECONDS:
            return
        self.beaten_at = time.monotonic()
        progress = msgspec.to_builtins(Progress(stage))
        if not held(self.run).update(progress=progress, lease_until=timezone.now() + LEASE):
            raise importing.Overtaken


def _speaks_of(where: str, names: list[str]) -> bool:
    return any(where == name or where.startswith((f"{name},", f"{name}!/")) for name in names)


def purge() -> None:
    """Bring what SQLite overwrote into its file, and its log to nothing; PostgreSQL vacuums by itself."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
