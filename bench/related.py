"""Related postmortems of a library of 10,000: milliseconds by the clock and of the processor, and how many questions.

    python bench/related.py [FOLDER] [--calls N] [--parts]

FOLDER is filled by `juncture sample` unless it is there already (some minutes). Asks for those of postmortems spread over the whole
library, as an author, after some calls that warm up; with `--parts`, what each function takes, by a profile. Limit: p95 30 ms.
"""

# ruff: noqa: PLC0415 - Django is set up before anything of it is imported
from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.web.served import juncture  # noqa: E402 - after the path is set

POSTMORTEMS, EVENTS, ACTIONS = 10_000, 60_000, 50_000
LIMIT_MS = 30
WARM = 10


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=Path, nargs="?")
    options.add_argument("--calls", type=int, default=200)
    options.add_argument("--parts", action="store_true")
    asked = options.parse_args()
    folder = asked.folder or Path(tempfile.mkdtemp()) / "data"
    if not (folder / "juncture.sqlite3").exists():
        juncture("sample", "--postmortems", POSTMORTEMS, "--events", EVENTS, "--actions", ACTIONS, "--data", folder)
    juncture("user", "add", "bench@example.org", "--name", "Bench Sample", "--role", "author", "--data", folder, check=False)
    from juncture.web.setup import set_up

    set_up(folder)
    return measure(asked.calls, parts=asked.parts)


def measure(calls: int, *, parts: bool) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from juncture.web.access.selectors import viewer_of
    from juncture.web.library.related import related_to
    from juncture.web.people.models import User
    from juncture.web.postmortems.models import Postmortem
    from juncture.web.postmortems.selectors import line

    viewer = viewer_of(User.objects.get(email="bench@example.org"))
    ids = list(Postmortem.objects.visible_to(viewer).order_by("pk").values_list("public_id", flat=True))
    subjects = [line(viewer, ids[number * len(ids) // calls]) for number in range(calls)]
    for subject in subjects[:WARM]:
        related_to(viewer, subject)
    clock, processor, shown = [], [], []
    for subject in subjects:
        began, used = time.perf_counter(), time.thread_time()
        found = related_to(viewer, subject)
        processor.append((time.thread_time() - used) * 1000)
        clock.append((time.perf_counter() - began) * 1000)
        shown.append(found)
    with CaptureQueriesContext(connection) as questions:
        related_to(viewer, subjects[0])
    print(f"{len(ids):,} postmortems, {connection.vendor}; {calls} asked, {sum(map(len, shown)) / calls:.1f} shown of each")
    for name, taken in {"by the clock": clock, "of the processor": processor}.items():
        cuts = statistics.quantiles(taken, n=20)
        print(f"  {name}: p50 {statistics.median(taken):.1f} ms, p95 {cuts[18]:.1f} ms (limit {LIMIT_MS})")
    print(f"  {len(questions)} questions to the database")
    if parts:
        profile = cProfile.Profile()
        profile.runcall(lambda: [related_to(viewer, subject) for subject in subjects])
        pstats.Stats(profile).sort_stats("cumtime").print_stats(25)
    return int(statistics.quantiles(clock, n=20)[18] > LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())
