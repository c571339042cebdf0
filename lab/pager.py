"""Stand-in of a paging service: receives Alertmanager's real webhooks, keeps them as posted, and tells the chat."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from lab.journal import Journal, Kind


@dataclass(frozen=True)
class Delivery:
    """One webhook as received at `at` (epoch seconds)."""

    at: float
    receiver: str
    status: str
    alerts: list[dict[str, object]]
    name: str


def ends_at(alert: dict[str, object]) -> float:
    """When an alert that resolved ended, in epoch seconds (Alertmanager writes up to nine digits of a second)."""
    text = str(alert["endsAt"]).replace("Z", "+00:00")
    head, _, rest = text.partition(".")
    if rest:
        digits = rest[: len(rest) - 6]
        text = f"{head}.{digits[:6].ljust(6, '0')}{rest[-6:]}"
    return datetime.fromisoformat(text).timestamp()


class Pager:
    """Listens on `port` at `/hooks/<receiver>`; `announce` is called for every delivery."""

    def __init__(self, port: int, folder: Path, journal: Journal, announce: Callable[[Delivery], None]) -> None:
        self.port = port
        self._folder = folder
        self._journal = journal
        self._announce = announce
        self._lock = threading.Lock()
        self._deliveries: list[Delivery] = []
        folder.mkdir(parents=True, exist_ok=True)
        pager = self

        class Handler(BaseHTTPRequestHandler):
            """Takes POSTs."""

            def do_POST(self) -> None:
                """Keep the body, answer 200."""
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                pager.receive(self.path.rsplit("/", 1)[-1], body)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
                """Silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def receive(self, receiver: str, body: bytes) -> Delivery:
        """Keep one delivery: the file is the raw body, its name says when it came and for whom."""
        at = time.time()
        said = json.loads(body)
        with self._lock:
            stamp = datetime.fromtimestamp(at, UTC).strftime("%Y%m%dT%H%M%S.") + f"{int(at * 1000) % 1000:03d}Z"
            name = f"{stamp}-{receiver}-{said['status']}.json"
            (self._folder / name).write_bytes(body)
            delivery = Delivery(at, receiver, said["status"], said["alerts"], name)
            self._deliveries.append(delivery)
        if delivery.status == "firing":
            self._journal.add(Kind.PAGE, f"page to {receiver}: {said['groupLabels'].get('alertname', '')}", at=at)
        else:
            last = max(ends_at(alert) for alert in delivery.alerts)
            self._journal.add(Kind.ALERTS_RESOLVED, f"{said['groupLabels'].get('alertname', '')} resolved", at=last)
        self._announce(delivery)
        return delivery

    def deliveries(self, receiver: str | None = None, status: str | None = None) -> list[Delivery]:
        """Give what came so far, oldest first."""
        with self._lock:
            return [
                one
                for one in self._deliveries
                if (receiver is None or one.receiver == receiver) and (status is None or one.status == status)
            ]

    def firing(self) -> set[str]:
        """Give the names of alerts that were last said to be firing, to whomever."""
        last: dict[str, str] = {}
        for one in self.deliveries():
            labels = one.alerts[0]["labels"]
            assert isinstance(labels, dict)
            last[str(labels["alertname"])] = one.status
        return {name for name, status in last.items() if status == "firing"}

    def stop(self) -> None:
        """Stop listening."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)
