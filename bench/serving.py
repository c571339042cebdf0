"""`juncture serve`: from an empty folder to a healthy answer, memory idle, and a large import beside somebody who reads.

Prints, against the limits: seconds of start (5 s; CPU seconds beside it, since machines are shared), memory of web and worker
idle (250 MB), then for an export of MESSAGES messages the time of the import, the highest memory of the worker, how often its
progress moved, and the 95th percentile of pages at one client while it runs against idle (2x). Idle is before and after it. The
folder has a library of 1,000 sample postmortems by then, whose pages are read. Exit status 1 where the pages miss their limit.

    python bench/serving.py [MESSAGES]

JUNCTURE_SERVED_DATABASE names an empty database of PostgreSQL to serve from.
"""

from __future__ import annotations

import os
import re
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from importing import zipped_export  # noqa: E402 - after the path is set
from tests.web.served import Server, juncture  # noqa: E402 - the same
from tests.web.test_bad_days import SAM, declared, uploaded  # noqa: E402 - the same

START_LIMIT, MEMORY_LIMIT, SLOWER_LIMIT = 5.0, 250.0, 2.0
SAMPLES, PAUSE_SECONDS, WARM_SECONDS, IDLE_SECONDS = 1_000, 0.03, 5, 20
TICKS = os.sysconf("SC_CLK_TCK")


def memory(pid: int, field: str = "VmRSS") -> float:
    """Return megabytes of a process from /proc: VmRSS now, VmHWM the highest so far."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) / 1024
    return 0.0


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


class Reader(threading.Thread):
    """Somebody who reads pages, one after another, and notes how long each takes."""

    def __init__(self, client: httpx.Client, pages: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.client, self.pages, self.stopped = client, pages, threading.Event()
        self.noted: list[tuple[str, float]] = []

    def run(self) -> None:
        while True:
            for name, path in self.pages.items():
                if self.stopped.wait(PAUSE_SECONDS):
                    return
                started = time.monotonic()
                self.client.get(path).raise_for_status()
                self.noted.append((name, (time.monotonic() - started) * 1000))

    def taken(self) -> list[tuple[str, float]]:
        """Return what was noted so far, in milliseconds, and begin anew."""
        noted, self.noted = self.noted, []
        return noted


def p95(noted: list[tuple[str, float]], page: str = "") -> float:
    """Return the 95th percentile of a page, or of all."""
    times = sorted(taken for name, taken in noted if page in ("", name))
    return times[int(len(times) * 0.95)] if times else 0.0


def main(messages: int) -> int:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        start(server)
        server.stop()
        fill(server.data)
        server.start()
        server.person(SAM, "author")
        export = zipped_export(Path(folder), messages)
        try:
            return read_while_it_imports(server, export, messages)
        finally:
            server.stop()


def start(server: Server) -> None:
    """Measure the start on an empty folder, and the memory when nothing is asked."""
    started = time.monotonic()
    server.start()
    seconds = time.monotonic() - started
    children = server.children()
    cpu = sum(processor_seconds(pid) for pid in (server.process.pid, *children.values()))
    print(f"start: {seconds:.1f} s, {cpu:.1f} s of processor; limit {START_LIMIT:.0f} s ({seconds / START_LIMIT:.2f} of it)")
    time.sleep(3)
    idle = {name: memory(pid) for name, pid in children.items()}
    supervisor = memory(server.process.pid)
    parts = ", ".join(f"{name} {size:.0f}" for name, size in idle.items())
    total = sum(idle.values())
    print(f"memory idle: {total:.0f} MB ({parts}; the supervisor beside them {supervisor:.0f}); limit {MEMORY_LIMIT:.0f} MB")


def fill(data: Path) -> None:
    """Put sample postmortems there."""
    juncture("sample", "--postmortems", SAMPLES, "--events", SAMPLES * 100, "--actions", SAMPLES * 5, "--data", data)


def signed_in(server: Server) -> httpx.Client:
    client = httpx.Client(base_url=server.url, follow_redirects=True, timeout=60)
    link = juncture("user", "link", SAM, "--data", server.data)
    token = client.get(link).text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    client.post(link, data={"csrfmiddlewaretoken": token})
    return client


def pages(client: httpx.Client) -> dict[str, str]:
    """Return the pages that are read: of the library, and of a published postmortem and its incident."""
    postmortem = re.search(r'href="/postmortems/([^/"]+)/', client.get("/library/").text)[1]
    incident = client.get(f"/api/v1/postmortems/{postmortem}").json()["incident"]
    return {
        "home": "/",
        "postmortems": "/library/",
        "postmortem": f"/postmortems/{postmortem}/",
        "incidents": "/incidents/",
        "timeline": f"/incidents/{incident}/timeline/",
    }


def read_while_it_imports(server: Server, export: Path, messages: int) -> int:
    """Read pages before, during and after an import; print what they took, and return the exit status."""
    client = signed_in(server)
    reader = Reader(client, pages(client))
    incident = declared(server)
    reader.start()
    time.sleep(WARM_SECONDS)
    reader.taken()
    time.sleep(IDLE_SECONDS)
    idle = reader.taken()
    run = uploaded(server, incident, export.read_bytes())
    reader.taken()
    seen, taken, moved, peak = imported(server, run)
    busy = reader.taken()
    time.sleep(IDLE_SECONDS)
    idle += reader.taken()
    reader.stopped.set()
    reader.join()
    print(f"import of {messages:,} messages: {seen['state']}, {seen['events']:,} events in {taken:.0f} s beside the reader")
    print(f"progress moved {moved} times; highest memory of the worker {peak:.0f} MB")
    for name in reader.pages:
        print(
            f"  {name:12} p95 {p95(busy, name):4.0f} ms, idle {p95(idle, name):4.0f} ms, {p95(busy, name) / p95(idle, name):.2f} times"
        )
    ratio = p95(busy) / p95(idle)
    print(
        f"all {len(busy)} pages: p95 {p95(busy):.0f} ms, of {len(idle)} idle {p95(idle):.0f} ms; {ratio:.2f} times (limit {SLOWER_LIMIT:.0f})"
    )
    return int(ratio > SLOWER_LIMIT)


def imported(server: Server, run: str) -> tuple[dict, float, int, float]:
    """Wait for the end of an import; return its answer, its seconds, how often its progress moved, and the worker's most MB."""
    seen, moved, peak = {}, set(), 0.0
    started = time.monotonic()
    while seen.get("state") not in {"done", "failed"}:
        time.sleep(0.5)
        _, seen = server.call("GET", f"imports/{run}", as_=SAM)
        moved.add(str(seen["progress"]))
        peak = max(peak, memory(server.children().get("worker", os.getpid()), "VmHWM"))
    return seen, time.monotonic() - started, len(moved), peak


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))
