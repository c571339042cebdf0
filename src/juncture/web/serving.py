"""`juncture serve`: one command that supervises a web process and a worker process."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from juncture.model.errors import BadEvidence

STOP_SECONDS = 8
_START_SECONDS = 60
_RESTART_SECONDS = 1.0


class Served:
    """A running server: its address, and what keeps it running."""

    def __init__(self, data: Path, host: str, port: int) -> None:
        self.data = data
        self.host = host
        self.port = port or _free_port(host)
        shown = f"[{host}]" if ":" in host else "127.0.0.1" if host in {"", "0.0.0.0"} else host  # noqa: S104 - compared, not bound
        self.url = f"http://{shown}:{self.port}"
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended = False

    def start(self) -> None:
        """Start both processes and wait until the web one is healthy. Raises BadEvidence if the port is taken or it dies."""
        check_free(self.host, self.port)
        for name in ("web", "worker"):
            self._processes[name] = self._run(name)
        deadline = time.monotonic() + _START_SECONDS
        while not self._healthy():
            if self._processes["web"].poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise BadEvidence("serve", "the web process did not start", "The lines above say why")
            time.sleep(0.05)

    def watch(self) -> None:
        """Keep both running until SIGTERM or SIGINT, then end both within ten seconds."""
        signal.signal(signal.SIGTERM, self._asked_to_end)
        signal.signal(signal.SIGINT, self._asked_to_end)
        while not self._ended:
            for name, process in self._processes.items():
                if process.poll() is not None and not self._ended:
                    sys.stderr.write(f"juncture: the {name} process ended with {process.returncode}; it is started again.\n")
                    time.sleep(_RESTART_SECONDS)
                    self._processes[name] = self._run(name)
            time.sleep(0.2)
        self.stop()

    def stop(self) -> None:
        """End both processes: politely first, by force after eight seconds."""
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in self._processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _asked_to_end(self, *_: object) -> None:
        self._ended = True

    def _run(self, name: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "juncture.web.processes", name, str(self.data)]
        if name == "web":
            command += [self.host, str(self.port)]
        # A group of its own: Ctrl-C reaches the supervisor alone, which then ends both in order.
        # Its input is a pipe that nothing is written to: it ends when this process does, however it ends.
        return subprocess.Popen(command, stdin=subprocess.PIPE, env=os.environ, start_new_session=True)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=2) as answer:  # noqa: S310 - our own address
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False


def serve(data: Path, host: str, port: int, *, ready: Callable[[Served], None]) -> None:
    """Serve a data folder until told to stop; call `ready` once it answers."""
    served = Served(data, host, port)
    served.start()
    try:
        ready(served)
        served.watch()
    finally:
        served.stop()


def _free_port(host: str) -> int:
    with socket.create_server((host or "127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def is_free(host: str, port: int) -> bool:
    """Return whether an address can be bound now."""
    try:
        check_free(host, port)
    except BadEvidence:
        return False
    return True


def check_free(host: str, port: int) -> None:
    """Raise BadEvidence, in one line, unless an address can be bound now."""
    try:
        with socket.create_server((host, port)):
            return
    except OSError as error:
        reason = os.strerror(error.errno) if error.errno else str(error)
        raise BadEvidence(f"{host}:{port}", f"cannot be bound: {reason}", "Choose another with --port") from None
