"""The worker's part of an import: read the evidence, keep sightings and series, rebuild the timeline.

An import may die at any moment. Its row keeps the lease, sightings are kept once by their id, and the next worker begins the
reading again: what is there already is not added twice, so nothing is lost and nothing doubled.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from juncture.casework.ports import received
from juncture.casework.reading import EvidenceReading, Given
from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.reader import Settings
from juncture.evidence.registry import installed_readers
from juncture.evidence.walk import Limits
from juncture.model.evidence import LeftOut, Note, Series, Sighting
from juncture.model.identity import EventId, sighting_id
from juncture.stores.scratch import scratch
from juncture.web.evidence.models import EvidenceItem, ImportRun, StoredSeries, StoredSighting
from juncture.web.evidence.store import artefact_store
from juncture.web.timeline.operations import rebuild_timeline

LEASE = timedelta(seconds=30)
_HEARTBEAT_SECONDS = 1.0
_SLICE_SECONDS = 0.05
_FIRST_SLICE = 200
_MOST_ATTEMPTS = 5
_KEPT_LEFT_OUT = 500

log = logging.getLogger(__name__)


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """Somebody asked the import to stop."""


def take_import() -> ImportRun | None:
    """Return the next import that is due, under a lease of its own, or None."""
    now = timezone.now()
    due = Q(state=ImportRun.State.QUEUED) | Q(state=ImportRun.State.RUNNING, lease_until__lt=now)
    with transaction.atomic():
        run = ImportRun.objects.select_for_update(skip_locked=True).filter(due).first()
        if run is None:
            return None
        ImportRun.objects.filter(pk=run.pk).update(
            state=ImportRun.State.RUNNING, lease_until=now + LEASE, attempts=F("attempts") + 1
        )
    run.refresh_from_db()
    return run


def run_import(run: ImportRun) -> None:
    """Carry an import out, to its end or its failure; the row says which."""
    try:
        if run.attempts > _MOST_ATTEMPTS:
            raise RuntimeError(f"it was begun {run.attempts - 1} times and never ended")  # noqa: TRY301
        _Import(run).carry_out()
    except Cancelled:
        _end(run, ImportRun.State.CANCELLED)
    except Exception as error:
        # Whatever went wrong belongs to this import alone: the row tells the person, the log tells the operator.
        log.exception("import %s failed", run.public_id)
        _end(run, ImportRun.State.FAILED, failure=f"It could not be read: {error}")


def _end(run: ImportRun, state: str, **fields: object) -> None:
    ImportRun.objects.filter(pk=run.pk).update(state=state, lease_until=None, ended_at=timezone.now(), **fields)


class _Import:
    def __init__(self, run: ImportRun) -> None:
        self.run = run
        self.store = artefact_store()
        self.beaten_at = 0.0
        self.size = _FIRST_SLICE
        zone = ZoneInfo(run.zone) if run.zone else None
        self.reading = EvidenceReading(
            readers=installed_readers(),
            settings=Settings(today=dt.datetime.now(zone or dt.UTC).date(), date=run.date, zone=zone),
            mask=Mask(self.store.salt, enabled=run.masked),
            limits=Limits(),
            scratch=scratch,
            progress=self,
            keep=self._keep,
        )

    def step(self, what: str, done: int, total: int) -> None:
        """Write down how far the reading is, at most once a second; also the lease's heartbeat."""
        if done < total and time.monotonic() - self.beaten_at < _HEARTBEAT_SECONDS:
            return
        self.beaten_at = time.monotonic()
        progress = {"done": done, "total": total, "what": what}
        mine = ImportRun.objects.filter(pk=self.run.pk)
        mine.update(progress=progress, lease_until=timezone.now() + LEASE)
        if mine.filter(cancel_requested=True).exists():
            raise Cancelled

    def carry_out(self) -> None:
        """Read, keep, rebuild, and write the account of it."""
        ids: set[EventId] = set()
        for slice_ in self._slices():
            ids.update(sighting.id for sighting in slice_)
            self._store(slice_)
        for series in self.reading.series:
            self._store_series(series)
        events = rebuild_timeline(self.run.incident, beat=lambda: self.step("building the timeline", 1, 1))
        counted = events.count_of(ids)
        failed = self.reading.empty
        _end(
            self.run,
            ImportRun.State.FAILED if failed else ImportRun.State.DONE,
            events=counted,
            read_by=dict(self.reading.read_by),
            masked_counts=dict(self.reading.masked),
            left_out=msgspec.to_builtins(self._left_out()),
            notes=msgspec.to_builtins(list(dict.fromkeys(self.reading.notes))),
            failure="Nothing in it could be read." if failed else "",
        )

    def _slices(self) -> Iterator[list[Sighting]]:
        """Yield sightings in slices whose writing takes about as long as a slice may."""
        waiting: list[Sighting] = []
        for sighting in self.reading.sightings(self._given()):
            waiting.append(sighting)
            if len(waiting) >= self.size:
                yield waiting
                waiting = []
        if waiting:
            yield waiting

    def _given(self) -> Iterator[Given | LeftOut]:
        for item in self.run.given:
            sha256 = item["sha256"]
            yield Given(item["name"], lambda sha256=sha256: self.store.open(sha256))  # type: ignore[misc]  # a default binds it

    def _keep(self, artefacts: Sequence[Artefact]) -> None:
        """Keep what came inside archives as artefacts of their own; what was given is kept already."""
        inside = [artefact for artefact in artefacts if "!/" in artefact.label]
        hashes = {item["name"]: item["sha256"] for item in self.run.given}
        by = self.run.requested_by.name if self.run.requested_by else ""
        for kept in self.store.put(map(received, inside), by=by):
            if isinstance(kept, LeftOut):
                self.reading.left_out.append(kept)
                continue
            EvidenceItem.objects.get_or_create(
                incident=self.run.incident,
                sha256=kept.artefact,
                name=f"{kept.archive}!/{kept.name}"[:1000],
                defaults={
                    "size": kept.size,
                    "archive": hashes.get((kept.archive or "").partition("!/")[0], ""),
                    "received_from": self.run.requested_by,
                },
            )
            self.step(kept.name, 0, 1)

    def _store(self, sightings: list[Sighting]) -> None:
        started = time.monotonic()
        encode = msgspec.json.Encoder().encode
        StoredSighting.objects.bulk_create(
            [StoredSighting(incident=self.run.incident, sighting_id=one.id, body=encode(one)) for one in sightings],
            ignore_conflicts=True,
        )
        taken = time.monotonic() - started
        self.size = max(50, min(5000, round(self.size * _SLICE_SECONDS / max(taken, 0.001))))
        self.step(self.reading.current, self.reading.done, self.reading.total)

    def _store_series(self, series: Series) -> None:
        labels = ",".join(f"{name}={value}" for name, value in sorted(series.labels.items()))
        identity = sighting_id("series", series.metric, labels, series.citation.artefact, series.citation.place)
        StoredSeries.objects.get_or_create(
            incident=self.run.incident, identity=identity, defaults={"body": msgspec.json.encode(series)}
        )

    def _left_out(self) -> list[LeftOut | Note]:
        left = self.reading.left_out
        if len(left) <= _KEPT_LEFT_OUT:
            return list(left)
        rest = sum(item.count for item in left[_KEPT_LEFT_OUT:])
        return [*left[:_KEPT_LEFT_OUT], LeftOut("other places", "more than the list holds", rest)]
