"""One process of the shop. SIGHUP: finish the requests at hand, then become the current release, same socket."""

from __future__ import annotations

import json
import os
import random
import signal
import socket
import sys
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram, generate_latest

from .log import Log
from .payments import Payments
from .settings import Settings, load_settings
from .web import NotFound, Web

REQUESTS = Counter("http_requests", "Requests by route and status.", ["service", "route", "code"])
DURATION = Histogram(
    "http_request_duration_seconds",
    "Time to answer.",
    ["service", "route"],
    buckets=(0.025, 0.05, 0.1, 0.2, 0.4, 0.8, 1.5, 2.5, 5, 10),
)
IN_FLIGHT = Gauge("http_requests_in_flight", "Requests being answered.")
BUILD = Gauge("build_info", "The release that runs.", ["service", "version"])
DRAIN_SECONDS = 3.0
SLOW_SECONDS = 1.5


class Server(ThreadingHTTPServer):
    """Knows what its handlers need."""

    daemon_threads = True
    request_queue_size = 512
    settings: Settings
    log: Log
    application: Web | Payments
    busy: set[int]


class Handler(BaseHTTPRequestHandler):
    """GET for everything; the shop is small."""

    server: Server

    def do_GET(self) -> None:
        """Answer, count, measure, log."""
        url = urllib.parse.urlsplit(self.path)
        if url.path == "/metrics":
            self._send(200, generate_latest(), "text/plain; version=0.0.4")
            return
        if url.path == "/healthz":
            self._send(200, json.dumps({"version": self.server.settings.version}).encode(), "application/json")
            return
        query = dict(urllib.parse.parse_qsl(url.query))
        started = time.monotonic()
        self.server.busy.add(threading.get_ident())
        with IN_FLIGHT.track_inprogress():
            status, body, error = self._answer(url.path, query)
            seconds = time.monotonic() - started
            service = self.server.settings.service
            REQUESTS.labels(service, url.path if status != 404 else "other", str(status)).inc()
            DURATION.labels(service, url.path if status != 404 else "other").observe(seconds)
            self._log(url.path, status, seconds, error)
            self._send(status, json.dumps(body, default=str).encode(), "application/json")
        self.server.busy.discard(threading.get_ident())

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Stay silent; the application's own log says more."""

    def _answer(self, route: str, query: dict[str, str]) -> tuple[int, dict[str, object], str]:
        try:
            return 200, self.server.application.answer(route, query), ""
        except (NotFound, LookupError) as error:
            return 404, {"error": "not found"}, f"{type(error).__name__}: {error}"
        except Exception as error:  # noqa: BLE001 - whatever went wrong is an answer, a count and a line in the log
            name = type(error).__name__
            text = f"{name}: {str(error).splitlines()[0] if str(error) else ''}"
            status = {"PaymentFailed": 502, "Declined": 402, "PoolTimeout": 503, "TimeoutError": 503}.get(name, 500)
            return status, {"error": text}, text

    def _log(self, route: str, status: int, seconds: float, error: str) -> None:
        quiet = status < 500 and seconds < SLOW_SECONDS
        if quiet and random.random() > 0.15:
            return
        level = "info" if quiet else "error" if status >= 500 else "warning"
        extra = {"error": error} if error else {}
        self.server.log.write(
            level,
            "request",
            method="GET" if route != "/checkout" else "POST",
            path=route,
            status=status,
            duration_ms=round(seconds * 1000, 1),
            request_id=f"{random.getrandbits(48):012x}",
            **extra,
        )

    def _send(self, status: int, body: bytes, kind: str) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except (BrokenPipeError, ConnectionResetError):
            return

    do_POST = do_GET  # noqa: N815 - the library's name


def main() -> None:
    """Serve until SIGTERM; on SIGHUP become the release that `current` names."""
    settings = load_settings()
    inherited = os.environ.pop("SHOP_LISTEN_FD", "")
    server = Server(("127.0.0.1", settings.port), Handler, bind_and_activate=not inherited)
    if inherited:
        server.socket.close()
        server.socket = socket.socket(fileno=int(inherited))
        server.server_address = server.socket.getsockname()
        server.server_name, server.server_port = "127.0.0.1", settings.port
    server.settings = settings
    server.busy = set()
    server.log = Log(settings)
    server.application = Web(settings, server.log) if settings.role == "web" else Payments(settings, server.log)
    BUILD.labels(settings.service, settings.version).set(1)
    server.log.write("info", "started" if not inherited else "restarted", pid=os.getpid())

    reload = threading.Event()
    signal.signal(signal.SIGHUP, lambda *_: reload.set())
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True).start()
    while not reload.wait(0.2):
        pass
    server.log.write("info", "SIGHUP received, finishing requests")
    server.shutdown()
    limit = time.monotonic() + DRAIN_SECONDS
    while server.busy and time.monotonic() < limit:
        time.sleep(0.05)
    server.socket.set_inheritable(True)
    os.environ["SHOP_LISTEN_FD"] = str(server.socket.fileno())
    os.chdir(Path(os.environ["SHOP_CURRENT"]).resolve())
    os.execv(sys.executable, [sys.executable, "-m", "shop"])


if __name__ == "__main__":
    main()
