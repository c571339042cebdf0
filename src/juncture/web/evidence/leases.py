"""Who works on an import: a lease that runs out by itself, and at once when its worker is known to be dead."""

from __future__ import annotations

import os
import secrets
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.db import OperationalError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from juncture.web.evidence.models import ImportRun

LEASE = timedelta(seconds=30)
"""A long write on SQLite starves a heartbeat of some seconds."""
RETRY = timedelta(seconds=5)
NO_ROOM_RETRY = timedelta(seconds=15)
"""Somebody has to make room first."""
_BEAT_SECONDS = 8.0

_HOST = socket.gethostname()
WORKER = f"{_HOST}:{os.getpid()}:{secrets.token_hex(6)}"
"""This process: host, process id, and a number that tells it from an earlier process of the same id."""


def take_import() -> ImportRun | None:
    """Return the next import that is due, under a lease of this worker, or None."""
    now = timezone.now()
    running = Q(state=ImportRun.State.RUNNING)
    dead = _dead()
    due = Q(state=ImportRun.State.QUEUED) | running & (Q(lease_until__lt=now) | Q(lease_by__in=dead))
    worked_on = ImportRun.objects.filter(running, lease_until__gte=now).exclude(lease_by__in=dead)
    with transaction.atomic():
        # One piece of work on an incident at a time: each ends by deriving all its events anew.
        run = (
            ImportRun.objects.select_related("incident")
            .select_for_update(skip_locked=True, of=("self", "incident"))
            .filter(due)
            .exclude(incident__in=worked_on.values("incident"))
            .first()
        )
        if run is None:
            return None
        ImportRun.objects.filter(pk=run.pk).update(
            state=ImportRun.State.RUNNING, lease_until=now + LEASE, lease_by=WORKER, attempts=F("attempts") + 1
        )
    run.refresh_from_db()
    return run


def held(run: ImportRun) -> QuerySet[ImportRun]:
    """Return the row of an import if this worker still holds it, else nothing."""
    return ImportRun.objects.filter(pk=run.pk, lease_by=WORKER)


@contextmanager
def kept(run: ImportRun) -> Iterator[None]:
    """Keep the lease while one long call runs that tells nothing of itself: ordering events, writing a draft."""
    ended = threading.Event()

    def beat() -> None:
        try:
            while not ended.wait(_BEAT_SECONDS):
                with suppress(OperationalError):
                    held(run).update(lease_until=timezone.now() + LEASE)
        finally:
            connection.close()

    thread = threading.Thread(target=beat, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def let_go(run: ImportRun, after: timedelta, why: str = "") -> None:
    """Give an import back as if this worker had not begun it: it is due again after a while. `why` is told until then."""
    held(run).update(lease_until=timezone.now() + after, attempts=F("attempts") - 1, failure=why)


def hand_on(run: ImportRun) -> None:
    """Give an import to the next worker at once, as if this one had not begun it."""
    held(run).update(lease_until=timezone.now(), lease_by="", attempts=F("attempts") - 1)


def _dead() -> list[str]:
    """Return the holders of leases that ran on this host and run no more."""
    holders = ImportRun.objects.filter(state=ImportRun.State.RUNNING).exclude(lease_by=WORKER)
    return [holder for holder in holders.values_list("lease_by", flat=True) if not _may_live(holder)]


def _may_live(holder: str) -> bool:
    host, _, rest = holder.rpartition(":")[0].rpartition(":")
    if host != _HOST or not rest.isdecimal():
        return True
    if int(rest) == os.getpid():
        # The same process id with another number: a container starts its processes with the same ids each time.
        return False
    try:
        os.kill(int(rest), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
