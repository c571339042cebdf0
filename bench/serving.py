"""`juncture serve`: from an empty folder to a healthy answer, memory idle, and a large import beside people who read.

Prints, against the limits: seconds of start (5 s; CPU seconds beside it, since machines are shared), memory of web and worker
idle (250 MB), then for an export of MESSAGES messages the time of the import, the highest memory of the worker, how often its
progress moved, and the 95th percentile of pages while it runs against idle (2x).

    python bench/serving.py [MESSAGES]
"""

from __future__ import annotations

import http.client
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.web.served import Server
from tests.web.test_bad_days import SAM, declared, export, uploaded

START_LIMIT, MEMORY_LIMIT, SLOWER_LIMIT = 5.0, 250.0, 2.0
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

    def __init__(self, server: Server, paths: list[str]) -> None:
        super().__init__(daemon=True)
        self.server, self.paths, self.seconds, self.stopped = server, paths, [], threading.Event()

    def run(self) -> None:
        calls = http.client.HTTPConnection(urlsplit(self.server.url).netloc)
        headers = {"Authorization": f"Bearer {self.server.tokens[SAM]}"}
        while not self.stopped.wait(0.15):
            path = self.paths[len(self.seconds) % len(self.paths)]
            started = time.monotonic()
            calls.request("GET", path, headers=headers)
            answer = calls.getresponse()
            answer.read()
            assert answer.status == 200, (path, answer.status)
            self.seconds.append(time.monotonic() - started)

    def percentile(self, share: float = 0.95) -> float:
        """Return that percentile in milliseconds of what was noted so far, and begin anew."""
        noted, self.seconds = sorted(self.seconds), []
        return noted[int(len(noted) * share)] * 1000 if noted else 0.0


def main(messages: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "data")
        started = time.monotonic()
        server.start()
        seconds = time.monotonic() - started
        children = server.children()
        cpu = sum(processor_seconds(pid) for pid in (server.process.pid, *children.values()))
        print(
            f"start: {seconds:.1f} s, {cpu:.1f} s of processor; limit {START_LIMIT:.0f} s ({seconds / START_LIMIT:.2f} of it)"
        )
        server.person(SAM, "author")
        time.sleep(3)
        idle = {name: memory(pid) for name, pid in children.items()}
        supervisor = memory(server.process.pid)
        total = sum(idle.values())
        parts = ", ".join(f"{name} {size:.0f}" for name, size in idle.items())
        print(
            f"memory idle: {total:.0f} MB ({parts}; the supervisor beside them {supervisor:.0f}); limit {MEMORY_LIMIT:.0f} MB"
        )

        incident = declared(server)
        reader = Reader(
            server, [f"/api/v1/incidents/{incident}", "/api/v1/incidents", f"/api/v1/incidents/{incident}/timeline?limit=50"]
        )
        data = export(messages)
        started = time.monotonic()
        run = uploaded(server, incident, data)
        print(f"upload: {len(data) / 1e6:.1f} MB in {time.monotonic() - started:.1f} s")
        reader.start()
        seen, moved, peak = {}, set(), 0.0
        started, stage_began, stages = time.monotonic(), time.monotonic(), {}
        while seen.get("state") not in {"done", "failed"}:
            time.sleep(0.5)
            _, seen = server.call("GET", f"imports/{run}", as_=SAM)
            progress = seen["progress"]
            moved.add((progress["stage"], progress["done"], progress["found"], round(progress["part"], 3)))
            stages[progress["stage"]] = (
                time.monotonic() - stage_began - sum(v for k, v in stages.items() if k != progress["stage"])
            )
            peak = max(peak, memory(server.children().get("worker", os.getpid())))
        taken = time.monotonic() - started
        busy_p95 = reader.percentile()
        time.sleep(10)
        idle_p95 = reader.percentile()
        reader.stopped.set()
        spent = ", ".join(f"{name} {value:.0f} s" for name, value in stages.items())
        print(f"import of {messages:,} messages: {seen['state']}, {seen['events']:,} events in {taken:.0f} s ({spent})")
        print(f"progress moved {len(moved)} times; highest memory of the worker {peak:.0f} MB")
        print(
            f"calls while it runs: p95 {busy_p95:.0f} ms, idle {idle_p95:.0f} ms, ratio {busy_p95 / idle_p95:.1f} (limit {SLOWER_LIMIT:.0f})"
        )
        size = (server.data / "juncture.sqlite3").stat().st_size / 1e6
        print(f"database {size:.0f} MB")
        server.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 20_000)
