"""The worker's part of an import: read the evidence, keep sightings and series, rebuild the timeline.

An import may die at any moment. Its row keeps the lease, sightings are kept once by their id, and the next worker begins the
reading again: what is there already is not added twice, so nothing is lost and nothing doubled.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.utils import timezone

from juncture.casework.ports import received
from juncture.casework.reading import EvidenceReading, Given
from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.reader import Settings
from juncture.evidence.registry import installed_readers
from juncture.evidence.walk import Limits
from juncture.model.evidence import LeftOut, Series, Sighting
from juncture.model.identity import ArtefactHash, EventId, sighting_id
from juncture.stores.scratch import scratch
from juncture.web.access.trouble import is_passing, sentence_for
from juncture.web.bulk import upsert
from juncture.web.evidence.leases import LEASE, RETRY, hand_on, held, kept, let_go
from juncture.web.evidence.models import EvidenceItem, ImportRun, StoredSeries, StoredSighting
from juncture.web.evidence.progress import Progress, Stage
from juncture.web.evidence.selectors import UNREADABLE
from juncture.web.evidence.store import artefact_store
from juncture.web.evidence.watching import watched
from juncture.web.timeline.operations import Rebuilt, rebuild_timeline

_HEARTBEAT_SECONDS = 1.0
_SLICE_SECONDS = 0.05
_FIRST_SLICE = 200
_MOST_ATTEMPTS = 10
"""Deaths of a worker over one import, before it is taken to be what kills them."""
_KEPT_LEFT_OUT = 500
_COLUMNS = ("incident", "sighting_id", "body")

log = logging.getLogger(__name__)

Follow = Callable[[ImportRun, Callable[[], None]], str]
"""What is done when all events are there, before the import ends: it gets the import and a heartbeat; what it says is kept."""


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """Somebody asked the import to stop."""


class Overtaken(Exception):  # noqa: N818 - it names what happened
    """The lease ran out, and another worker goes on."""


def nothing_follows(run: ImportRun, beat: Callable[[], None]) -> str:
    """Do nothing more, and say nothing."""
    del run, beat
    return ""


def run_import(run: ImportRun, follow: Follow = nothing_follows) -> None:
    """Carry an import out, to its end or its failure; the row says which. Where trying again may help, it is due again."""
    work = _Import(run, follow)
    try:
        if run.attempts > _MOST_ATTEMPTS:
            raise RuntimeError(f"it was begun {run.attempts - 1} times and never ended")  # noqa: TRY301
        work.carry_out()
    except Cancelled:
        work.stop()
    except Overtaken:
        log.warning("import %s went on elsewhere", run.public_id)
    except Exception as error:
        if is_passing(error):
            log.warning("import %s is tried again: %s", run.public_id, error)
            let_go(run, RETRY)
            return
        # Whatever went wrong belongs to this import alone: the row tells the person, the log tells the operator.
        log.exception("import %s failed", run.public_id)
        _end(run, ImportRun.State.FAILED, failure=sentence_for(error) or f"It could not be read: {error}")
    except BaseException:
        # Told to end: the next worker need not wait for the lease, and this was no failure.
        hand_on(run)
        raise


def _end(run: ImportRun, state: str, **fields: object) -> None:
    held(run).update(state=state, lease_until=None, lease_by="", ended_at=timezone.now(), **fields)


class _Import:
    def __init__(self, run: ImportRun, follow: Follow) -> None:
        self.run = run
        self.follow = follow
        self.store = artefact_store()
        self.beaten_at = 0.0
        self.part = 0.0
        self.stage = Stage.LOOKING
        self.size = _FIRST_SLICE
        self.ids: set[EventId] = set()
        zone = ZoneInfo(run.zone) if run.zone else None
        self.reading = EvidenceReading(
            readers=installed_readers(),
            # The day on which it was given, so that a reading which is taken up after midnight reads the same days.
            settings=Settings(today=run.requested_at.astimezone(zone or dt.UTC).date(), date=run.date, zone=zone),
            mask=Mask(self.store.salt, enabled=run.masked),
            limits=Limits(),
            scratch=scratch,
            progress=self,
            keep=self._keep,
        )

    def step(self, what: str, done: int, total: int) -> None:
        """Write down how far the reading is, at most once a second; also the lease's heartbeat."""
        if total:
            self.stage = Stage.READING
        if done < total and time.monotonic() - self.beaten_at < _HEARTBEAT_SECONDS:
            return
        self._beat(Progress(self.stage, done, total, what, self.reading.count, self.part))
        if self._is_unwanted():
            raise Cancelled

    def look(self, name: str, read: int, size: int) -> None:
        """Be told how much of a given file has been read: a heartbeat also where a file gives nothing for long."""
        if name == self.reading.current:
            self.part = read / size if size else 1.0
        if time.monotonic() - self.beaten_at >= _HEARTBEAT_SECONDS:
            self.step(self.reading.current or name, self.reading.done, self.reading.total)

    def carry_out(self) -> None:
        """Read, keep, rebuild, and write the account of it."""
        for slice_ in self._slices():
            self.ids.update(sighting.id for sighting in slice_)
            self._store(slice_)
        for series in self.reading.series:
            self._store_series(series)
        events = self._rebuild()
        # What was assumed is part of the draft, so it is written down before.
        held(self.run).update(**self._account())
        with kept(self.run):
            remark = "" if self.reading.empty else self.follow(self.run, lambda: self._enter(Stage.DRAFT))
        _end(
            self.run,
            ImportRun.State.FAILED if self.reading.empty else ImportRun.State.DONE,
            events=events.count_of(self.ids),
            failure=UNREADABLE if self.reading.empty else "",
            remark=remark,
        )

    def stop(self) -> None:
        """End because somebody asked for it. What was read by then stays, and becomes events."""
        events = self._rebuild()
        _end(self.run, ImportRun.State.CANCELLED, events=events.count_of(self.ids), **self._account())

    def _rebuild(self) -> Rebuilt:
        self._enter(Stage.TIMELINE)
        with kept(self.run):
            return rebuild_timeline(self.run.incident, beat=lambda: self._enter(Stage.TIMELINE))

    def _enter(self, stage: Stage) -> None:
        """Write down the stage; also the lease's heartbeat. From here on nothing is stopped half-way."""
        if stage is not self.stage or time.monotonic() - self.beaten_at >= _HEARTBEAT_SECONDS:
            self.stage = stage
            self._beat(Progress(stage, self.reading.total, self.reading.total, "", self.reading.count))

    def _beat(self, progress: Progress) -> None:
        self.beaten_at = time.monotonic()
        if not held(self.run).update(progress=msgspec.to_builtins(progress), lease_until=timezone.now() + LEASE):
            raise Overtaken

    def _is_unwanted(self) -> bool:
        return ImportRun.objects.filter(pk=self.run.pk, cancel_requested=True).exists()

    def _account(self) -> dict[str, object]:
        return {
            "read_by": dict(self.reading.read_by),
            "masked_counts": dict(self.reading.masked),
            "left_out": msgspec.to_builtins(self._left_out()),
            "notes": msgspec.to_builtins(list(dict.fromkeys(self.reading.notes))),
        }

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
            yield Given(item["name"], partial(self._opened, item["name"], item["sha256"]))

    def _opened(self, name: str, sha256: ArtefactHash) -> BinaryIO:
        return watched(self.store.open(sha256), partial(self.look, name))

    def _keep(self, artefacts: Sequence[Artefact]) -> None:
        """Keep what came inside archives as artefacts of their own; what was given is kept already."""
        inside = [artefact for artefact in artefacts if "!/" in artefact.label]
        hashes = {item["name"]: item["sha256"] for item in self.run.given}
        by = self.run.requested_by.name if self.run.requested_by else ""
        for receipt in self.store.put(map(received, inside), by=by):
            if isinstance(receipt, LeftOut):
                self.reading.left_out.append(receipt)
                continue
            EvidenceItem.objects.get_or_create(
                incident=self.run.incident,
                sha256=receipt.artefact,
                name=f"{receipt.archive}!/{receipt.name}"[:1000],
                defaults={
                    "size": receipt.size,
                    "archive": hashes.get((receipt.archive or "").partition("!/")[0], ""),
                    "received_from": self.run.requested_by,
                },
            )
            self.step(receipt.name, 0, 1)

    def _store(self, sightings: list[Sighting]) -> None:
        started = time.monotonic()
        encode = msgspec.json.Encoder().encode
        rows = [(self.run.incident.pk, one.id, encode(one)) for one in sightings]
        with transaction.atomic():
            upsert(StoredSighting, _COLUMNS, rows, unique=("incident", "sighting_id"), update=False)
        taken = time.monotonic() - started
        self.size = max(50, min(5000, round(self.size * _SLICE_SECONDS / max(taken, 0.001))))
        self.step(self.reading.current, self.reading.done, self.reading.total)

    def _store_series(self, series: Series) -> None:
        labels = ",".join(f"{name}={value}" for name, value in sorted(series.labels.items()))
        identity = sighting_id("series", series.metric, labels, series.citation.artefact, series.citation.place)
        StoredSeries.objects.get_or_create(
            incident=self.run.incident, identity=identity, defaults={"body": msgspec.json.encode(series)}
        )

    def _left_out(self) -> list[LeftOut]:
        left = self.reading.left_out
        if len(left) <= _KEPT_LEFT_OUT:
            return list(left)
        rest = sum(item.count for item in left[_KEPT_LEFT_OUT:])
        return [*left[:_KEPT_LEFT_OUT], LeftOut("other places", "more than the list holds", rest)]
