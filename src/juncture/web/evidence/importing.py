"""The worker's part of an import: read the evidence, keep sightings and series, rebuild the timeline.

An import may die at any moment. Its row keeps the lease, sightings are kept once by their id, and the next worker begins the
reading again: what is there already is not added twice, so nothing is lost and nothing doubled.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from typing import BinaryIO, Protocol
from zoneinfo import ZoneInfo

import msgspec
from django.db import transaction
from django.utils import timezone

from juncture.casework.ports import Progress as ProgressPort
from juncture.casework.ports import received
from juncture.casework.reading import EvidenceReading, Given
from juncture.evidence.artefact import Artefact
from juncture.evidence.mask import Mask
from juncture.evidence.reader import Settings
from juncture.evidence.readers.image import READER as IMAGE
from juncture.evidence.registry import installed_readers
from juncture.evidence.walk import Limits
from juncture.model.evidence import LeftOut, Series, Sighting
from juncture.model.identity import ArtefactHash, ManyIds, sighting_id
from juncture.stores.scratch import scratch
from juncture.web.access.trouble import DISK_FULL, is_passing, sentence_for
from juncture.web.bulk import much_to_write, paced, upsert
from juncture.web.evidence.given import still_held
from juncture.web.evidence.items import note_events, note_told
from juncture.web.evidence.leases import LEASE, NO_ROOM_RETRY, RETRY, hand_on, held, kept, let_go
from juncture.web.evidence.models import EvidenceItem, ImportRun, StoredSeries, StoredSighting
from juncture.web.evidence.operations import ERASED
from juncture.web.evidence.progress import Progress, Stage
from juncture.web.evidence.saying import store_said
from juncture.web.evidence.selectors import UNREADABLE
from juncture.web.evidence.store import artefact_store
from juncture.web.evidence.watching import watched
from juncture.web.timeline.operations import Rebuilt, rebuild_timeline

_HEARTBEAT_SECONDS = 1.0
_MOST_ATTEMPTS = 10
"""Deaths of a worker over one import, before it is taken to be what kills them."""
_KEPT_LEFT_OUT = 500
WAITS_FOR_ROOM = "The disk of this server is full. What was given is kept, and this goes on by itself as soon as there is room."
_COLUMNS = ("incident", "sighting_id", "body")

log = logging.getLogger(__name__)

Follow = Callable[[ImportRun, Callable[[], None]], str]
"""What is done when all events are there, before the import ends: it gets the import and a heartbeat; what it says is kept."""


class Cancelled(Exception):  # noqa: N818 - not an error: somebody asked for it
    """Somebody asked the import to stop."""


class Overtaken(Exception):  # noqa: N818 - it names what happened
    """The lease ran out, and another worker goes on."""


class Work(Protocol):
    """A piece of work under a lease."""

    def __init__(self, run: ImportRun, follow: Follow) -> None: ...

    def carry_out(self) -> None:
        """Do it, and write its end."""
        ...

    def stop(self) -> None:
        """End because somebody asked for it."""
        ...


def nothing_follows(run: ImportRun, beat: Callable[[], None]) -> str:
    """Do nothing more, and say nothing."""
    del run, beat
    return ""


def run_import(run: ImportRun, follow: Follow = nothing_follows) -> None:
    """Carry work on evidence out to its end or failure; the row says which. Where trying again may help, it is due again."""
    from juncture.web.evidence import removing, verifying  # noqa: PLC0415 - removing reads again, by what is here

    tasks: dict[ImportRun.Task, type[Work]] = {
        ImportRun.Task.REMOVE: removing.Removal,
        ImportRun.Task.VERIFY: verifying.Verifying,
    }
    work: Work = tasks.get(ImportRun.Task(run.task), Import)(run, follow)
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
            # What was given is kept, and an erasure was promised: both go on as soon as they can.
            log.warning("import %s is tried again: %s", run.public_id, error)
            no_room = sentence_for(error) == DISK_FULL
            let_go(run, NO_ROOM_RETRY if no_room else RETRY, WAITS_FOR_ROOM if no_room else "")
            return
        # Whatever went wrong belongs to this import alone: the row tells the person, the log tells the operator.
        log.exception("import %s failed", run.public_id)
        end(run, ImportRun.State.FAILED, failure=sentence_for(error) or f"It could not be read: {error}")
    except BaseException:
        # Told to end: the next worker need not wait for the lease, and this was no failure.
        hand_on(run)
        raise


def end(run: ImportRun, state: str, **fields: object) -> None:
    """Write that work has ended, and how, if this worker still holds it."""
    fields = {"failure": ""} | fields
    held(run).update(state=state, lease_until=None, lease_by="", ended_at=timezone.now(), **fields)


def read_only(run: ImportRun, ids: Collection[str], beat: Callable[[], None]) -> None:
    """Read again what an import read, and keep of it the sightings of these ids alone. Its account stays as it is."""
    reading = Import(run, nothing_follows)
    reading.reading = reading.reading_with(_Beats(beat), keep=None)
    for slice_ in paced(one for one in reading.reading.sightings(reading.given(watched_=False)) if one.id in ids):
        reading.write(slice_, over=True)
        beat()


class _Beats:
    """Progress that is nothing but a sign of life."""

    def __init__(self, beat: Callable[[], None]) -> None:
        self._beat = beat

    def step(self, what: str, done: int, total: int) -> None:
        del what, done, total
        self._beat()


class Import:
    """Reading what was given into sightings, series and events."""

    def __init__(self, run: ImportRun, follow: Follow) -> None:
        self.run = run
        self.follow = follow
        self.store = artefact_store()
        self.beaten_at = 0.0
        self.part = 0.0
        self.stage = Stage.LOOKING
        self.ids = ManyIds()
        self.refused: set[ArtefactHash] = set()
        """Artefacts inside archives that could not be kept."""
        self.reading = self.reading_with(self, keep=self._keep)

    def reading_with(
        self, progress: ProgressPort, keep: Callable[[Sequence[Artefact]], Iterable[LeftOut] | None] | None
    ) -> EvidenceReading:
        """Return a reading by what the import was asked with."""
        run = self.run
        zone = ZoneInfo(run.zone) if run.zone else None
        return EvidenceReading(
            readers=installed_readers(),
            # The day on which it was given, so that a reading which is taken up after midnight reads the same days.
            settings=Settings(today=run.requested_at.astimezone(zone or dt.UTC).date(), date=run.date, zone=zone),
            mask=Mask(self.store.salt, enabled=run.masked),
            limits=Limits(),
            scratch=scratch,
            progress=progress,
            keep=keep,
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
        with much_to_write():
            for slice_ in paced(self._wanted()):
                self.ids.add(sighting.id for sighting in slice_)
                self.write(slice_)
                self.step(self.reading.current, self.reading.done, self.reading.total)
            for series in self.reading.series:
                if series.citation.artefact not in self.refused:
                    self._store_series(series)
            self.ids.add(store_said(self.run))
            rebuilt = self._rebuild()
        # What was assumed is part of the draft, so it is written down before.
        held(self.run).update(**self._account())
        with kept(self.run):
            # A picture that waits for its time gives nothing to write of.
            nothing = self._is_empty or not rebuilt.timeline.events
            remark = "" if nothing else self.follow(self.run, lambda: self._enter(Stage.DRAFT))
        end(
            self.run,
            ImportRun.State.FAILED if self._is_empty else ImportRun.State.DONE,
            events=rebuilt.count,
            failure=UNREADABLE if self._is_empty else "",
            remark=remark,
        )

    @property
    def _is_empty(self) -> bool:
        """Whether nothing came of it: a picture without a time is kept, and waits for somebody to say when it was."""
        waiting = any(one.reader == IMAGE.title and not one.left_out for one in self.reading.told.values())
        return self.reading.empty and not self.ids and not waiting

    def stop(self) -> None:
        """End because somebody asked for it. What was read by then stays, and becomes events."""
        with much_to_write():
            rebuilt = self._rebuild()
        end(self.run, ImportRun.State.CANCELLED, events=rebuilt.count, **self._account())

    def _rebuild(self) -> Rebuilt:
        self._enter(Stage.TIMELINE)
        note_told(self.run, self.reading.told)
        with kept(self.run):
            rebuilt = rebuild_timeline(self.run.incident, beat=lambda: self._enter(Stage.TIMELINE), about=self.ids)
        note_events(self.run, rebuilt)
        return rebuilt

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

    def _wanted(self) -> Iterator[Sighting]:
        """Yield the sightings of what could be kept."""
        refused = self.refused
        return (sighting for sighting in self.reading.sightings(self.given()) if sighting.citation.artefact not in refused)

    def given(self, *, watched_: bool = True) -> Iterator[Given | LeftOut]:
        """Yield what is to be read, and what of it was erased since."""
        for one in still_held(self.run):
            if isinstance(one, LeftOut):
                yield one
            elif watched_:
                yield Given(one.name, partial(self._opened, one.name, one.artefact))
            else:
                yield Given(one.name, partial(self.store.open, one.artefact))

    def _opened(self, name: str, sha256: ArtefactHash) -> BinaryIO:
        return watched(self.store.open(sha256), partial(self.look, name))

    def _keep(self, artefacts: Sequence[Artefact]) -> None:
        """Keep what came inside archives as artefacts of their own; what was given is kept already."""
        inside = [artefact for artefact in artefacts if "!/" in artefact.label]
        hashes = {item["name"]: item["sha256"] for item in self.run.given}
        by = self.run.requested_by.name if self.run.requested_by else ""
        erased = set(
            EvidenceItem.objects.filter(incident=self.run.incident, erased_at__isnull=False).values_list("sha256", flat=True)
        )
        for artefact, receipt in zip(inside, self.store.put(map(received, inside), by=by), strict=True):
            if isinstance(receipt, LeftOut) or artefact.hash in erased:
                # Not kept, so not read either: what was erased does not come back in another archive.
                self.refused.add(artefact.hash)
                self.reading.left_out.append(
                    receipt if isinstance(receipt, LeftOut) and receipt.damaged else LeftOut(artefact.label, ERASED)
                )
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

    def write(self, sightings: list[Sighting], *, over: bool = False) -> None:
        """Keep sightings, each once by its id: those that are there already stay, or are written over in their place."""
        encode = msgspec.json.Encoder().encode
        rows = [(self.run.incident.pk, one.id, encode(one)) for one in sightings]
        with transaction.atomic():
            upsert(StoredSighting, _COLUMNS, rows, unique=("incident", "sighting_id"), update=over)

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
