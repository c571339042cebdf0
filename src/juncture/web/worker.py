"""The worker: takes up imports that are due, one after another, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from types import FrameType

from django.db import InterfaceError, OperationalError, close_old_connections

from juncture.model.errors import BadEvidence
from juncture.web.access.trouble import is_passing
from juncture.web.evidence.importing import run_import
from juncture.web.evidence.leases import take_import
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.rederiving import rederive_next
from juncture.web.postmortems.following import draft_that_follows
from juncture.web.postmortems.operations import settle_next
from juncture.web.timeline.rebuilding import rebuild_due

POLL_SECONDS = 0.5
_AWAY_SECONDS = 2.0

log = logging.getLogger(__name__)


def work_once() -> bool:
    """Carry out the first thing that is due; return whether there was one.

    Imports come first, then timelines that were corrected, texts whose process died before it derived their Markdown, and
    incidents of an earlier version.
    """
    run = take_import()
    if run is None:
        return rebuild_due() or settle_next() or rederive_next()
    run_import(run, draft_that_follows)
    return True


def tidy() -> None:
    """Clear what a process that was killed left half received. What cannot be cleared now is so by the next upload."""
    try:
        artefact_store().tidy()
    except (OSError, BadEvidence) as error:
        log.warning("what a killed upload left behind is not cleared: %s", error)


def work(stop: threading.Event) -> None:
    """Carry out due imports until `stop` is set. A row whose worker died is due again when its lease has run out."""
    while not stop.is_set():
        close_old_connections()
        try:
            if not work_once():
                stop.wait(POLL_SECONDS)
        except Exception as error:
            if not isinstance(error, OperationalError | InterfaceError) and not is_passing(error):
                raise
            # Busy, away or without room: what is due stays due, and is looked for again.
            log.warning("the work waits: %s", error)
            stop.wait(_AWAY_SECONDS)


def work_until_told() -> None:
    """Work until SIGTERM or SIGINT. An import under way is left to its lease: the next worker takes it up."""
    stop = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        del number, frame
        if stop.is_set():
            raise SystemExit(0)
        stop.set()
        signal.setitimer(signal.ITIMER_REAL, 3)

    def give_up(number: int, frame: FrameType | None) -> None:
        del number, frame
        raise SystemExit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGALRM, give_up)
    tidy()
    work(stop)
