"""Starting processes and, whatever happens, ending them."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

PR_SET_PDEATHSIG = 1  # linux/prctl.h
STOP_SECONDS = 8.0


class StackFailed(Exception):  # noqa: N818 - it says what was met, like BadEvidence
    """A part of the stack did not start or did not answer in time."""


def free_port() -> int:
    """Give a TCP port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(what: str, ready: Callable[[], bool], seconds: float) -> None:
    """Poll `ready` until it is true.

    Raises:
        StackFailed: when it is not within `seconds`.

    """
    limit = time.monotonic() + seconds
    while time.monotonic() < limit:
        if ready():
            return
        time.sleep(0.1)
    raise StackFailed(f"{what} was not ready within {seconds:.0f} s")


class Processes:
    """The processes of one recording. Leaving the `with` block ends them all, newest first.

    Each runs in a session of its own, so that what it started itself ends with it; each also gets SIGTERM from the
    kernel should the lab be killed outright.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._running: list[tuple[str, subprocess.Popen[bytes], signal.Signals]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        folder: Path | None = None,
        user: str | None = None,
        stop_with: signal.Signals = signal.SIGTERM,
    ) -> subprocess.Popen[bytes]:
        """Start one process; its output goes to `<logs>/<name>.out`. `user` is honoured only for root."""
        with self.output(name).open("ab") as sink:
            process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=sink,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
                preexec_fn=partial(_end_with_parent, stop_with),  # noqa: PLW1509 - it makes one system call and takes no lock
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        self._running.append((name, process, stop_with))
        return process

    def output(self, name: str) -> Path:
        """Give the file that holds what the process called `name` printed."""
        return self._logs / f"{name}.out"

    def check(self) -> None:
        """Raise `StackFailed` with the last words of a process that ended by itself with an error."""
        for name, process, _ in self._running:
            if process.poll() not in (None, 0) and not name.startswith("task-"):
                words = self.output(name).read_text(errors="replace").strip().splitlines()[-3:]
                raise StackFailed(f"{name} ended with status {process.returncode}: {' / '.join(words)}")

    def pids(self) -> list[int]:
        """Give the process ids that were started and not yet ended."""
        return [process.pid for _, process, _ in self._running if process.poll() is None]

    def stop(self) -> None:
        """End every process and what it started, newest first. Safe to call again."""
        hold = (signal.SIGINT, signal.SIGTERM, signal.SIGALRM)
        before = signal.pthread_sigmask(signal.SIG_BLOCK, hold)
        try:
            self._stop()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop(self) -> None:
        for _, process, stop_with in reversed(self._running):
            _signal_group(process, stop_with)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            _signal_group(process, signal.SIGKILL)
            process.wait()
        self._running.clear()


def _signal_group(process: subprocess.Popen[bytes], what: signal.Signals) -> None:
    """Signal the session's process group; PostgreSQL's postmaster alone, since it ends its children in order."""
    try:
        if what is signal.SIGINT and process.poll() is None:
            process.send_signal(what)
        else:
            os.killpg(process.pid, what)
    except (ProcessLookupError, PermissionError):
        return


def _end_with_parent(stop_with: signal.Signals) -> None:
    """Run in the child. The signal mask is inherited, so it is cleared too."""
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, stop_with)
