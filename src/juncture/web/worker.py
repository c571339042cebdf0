"""The worker: takes up imports that are due, one after another, until it is told to stop."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from django.db import close_old_connections

from juncture.web.evidence.importing import run_import, take_import

POLL_SECONDS = 0.5


def work(stop: threading.Event) -> None:
    """Carry out due imports until `stop` is set. A row whose worker died is due again when its lease has run out."""
    while not stop.is_set():
        close_old_connections()
        run = take_import()
        if run is None:
            stop.wait(POLL_SECONDS)
        else:
            run_import(run)


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
    work(stop)
