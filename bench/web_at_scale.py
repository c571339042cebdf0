"""Pages of a library of 10,000 postmortems, 1,000,000 events and 50,000 actions: p95 at one client, requests a second at eight.

    python bench/web_at_scale.py [FOLDER]

FOLDER is filled by `juncture sample` unless it is there already (some minutes). Each figure stands beside its limit, and beside
the same call of a page that asks nothing (`/healthz`) in the same run. Exit status 1 where a limit is missed.
"""

from __future__ import annotations

import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.web.served import Server, juncture  # noqa: E402 - after the path is set

POSTMORTEMS, EVENTS, ACTIONS = 10_000, 1_000_000, 50_000
CALLS, CLIENTS, SECONDS = 60, 8, 3
LIMIT_MS, SEARCH_MS = 60, 50
WORDS = ("certificate", "lock timeout", "retry", "queue", "disk", "sample", "deploy", "checkout errors", "timeout", "rollback")


def main():
    """Fill, serve, ask, print."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(tempfile.mkdtemp()) / "data"
    if not (folder / "juncture.sqlite3").exists():
        juncture("sample", "--postmortems", POSTMORTEMS, "--events", EVENTS, "--actions", ACTIONS, "--data", folder)
    juncture("user", "add", "bench@example.org", "--name", "Bench Sample", "--role", "author", "--data", folder, check=False)
    server = Server(folder).start()
    try:
        return 1 if measure(server, folder) else 0
    finally:
        server.stop()


def measure(server, folder):
    client = httpx.Client(base_url=server.url, follow_redirects=True, timeout=60)
    link = juncture("user", "link", "bench@example.org", "--data", folder)
    page = client.get(link)
    token = page.text.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]
    client.post(link, data={"csrfmiddlewaretoken": token})
    incident, postmortem = examples(folder)
    print(f"{'page':34} {'p50':>7} {'p95':>7} {'limit':>6} {'p95/limit':>9}  8 clients")
    empty = asked(client, lambda _: "/healthz")
    print(f"{'/healthz, which asks nothing':34} {empty[0]:5.1f} ms {empty[1]:5.1f} ms")
    pages = {
        "home": (lambda _: "/", LIMIT_MS),
        "incidents": (lambda _: "/incidents/", LIMIT_MS),
        "incident": (lambda _: f"/incidents/{incident}/", LIMIT_MS),
        "timeline of a hundred events": (lambda _: f"/incidents/{incident}/timeline/", LIMIT_MS),
        "postmortem, as published": (lambda _: f"/postmortems/{postmortem}/published/", LIMIT_MS),
        "postmortem, working text": (lambda _: f"/postmortems/{postmortem}/", LIMIT_MS),
        "actions, list": (lambda _: "/actions/", LIMIT_MS),
        "actions, board": (lambda _: "/actions/?view=board", LIMIT_MS),
        "library": (lambda _: "/library/", LIMIT_MS),
        "search, call of the API": (lambda number: f"/api/v1/search?q={WORDS[number % len(WORDS)]}", SEARCH_MS),
        "search, whole page": (lambda number: f"/library/?q={WORDS[number % len(WORDS)]}", LIMIT_MS),
    }
    missed = 0
    for name, (address, limit) in pages.items():
        p50, p95 = asked(client, address)
        missed += p95 > limit
        print(
            f"{name:34} {p50:5.1f} ms {p95:5.1f} ms {limit:3} ms {p95 / limit:8.2f}x  {many(client, address):5.0f}/s",
            flush=True,
        )
    memory = subprocess.run(["ps", "-eo", "rss,args"], capture_output=True, text=True, check=True).stdout
    sizes = [
        int(line.split()[0]) // 1024 for line in memory.splitlines() if "juncture.web.processes" in line and str(folder) in line
    ]
    print(f"memory afterwards: {' and '.join(map(str, sizes))} MB (web, worker)")
    return missed


def asked(client, address):
    """Return p50 and p95 in ms of calls one after another, each after one that warms up."""
    client.get(address(0)).raise_for_status()
    taken = []
    for number in range(CALLS):
        begun = time.perf_counter()
        client.get(address(number)).raise_for_status()
        taken.append((time.perf_counter() - begun) * 1000)
    cuts = statistics.quantiles(taken, n=20)
    return statistics.median(taken), cuts[18]


def many(client, address):
    """Return answers a second at eight clients."""
    counts = [0] * CLIENTS
    until = time.monotonic() + SECONDS

    def ask(place):
        with httpx.Client(base_url=client.base_url, cookies=client.cookies, timeout=60) as own:
            while time.monotonic() < until:
                own.get(address(counts[place])).raise_for_status()
                counts[place] += 1

    threads = [threading.Thread(target=ask, args=(place,)) for place in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


def examples(folder):
    """Return an incident with a published postmortem that all may see, and the postmortem."""
    with sqlite3.connect(folder / "juncture.sqlite3") as rows:
        return rows.execute(
            "SELECT i.public_id, p.public_id FROM postmortems_postmortem p JOIN incidents_incident i ON i.id = p.incident_id "
            "WHERE p.published_number > 0 AND i.visibility = 'organisation' ORDER BY p.id LIMIT 1 OFFSET 500"
        ).fetchone()


if __name__ == "__main__":
    sys.exit(main())
