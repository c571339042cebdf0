"""The audit with a million entries: seconds a page, newest and deep, filtered and not, and rows a second exported.

python bench/auditing.py [--rows 1000000] [--database postgresql://…]
"""

# ruff: noqa: PLC0415, SLF001, FBT003 - Django is set up before anything of it is imported; times are set by hand
from __future__ import annotations

import argparse
import os
import tempfile
import time
from datetime import timedelta
from pathlib import Path


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--database", default="")
    asked = options.parse_args()
    if asked.database:
        os.environ["JUNCTURE_DATABASE_URL"] = asked.database
    from juncture.web.setup import migrate, set_up

    with tempfile.TemporaryDirectory() as folder:
        set_up(Path(folder))
        migrate()
        measure(asked.rows)


def measure(rows):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from juncture.web.access.selectors import viewer_of
    from juncture.web.journal import selectors
    from juncture.web.journal.selectors import Wanted

    viewer = fill(rows)
    boss = viewer_of(viewer)
    print(f"{rows:,} entries on {connection.vendor}")
    deep = ""
    cases = {
        "newest": Wanted(),
        "a person": Wanted(person="p7@"),
        "a rare action": Wanted(action="rare"),
        "an action that nothing has": Wanted(action="none"),
        "a kind": Wanted(kind="section"),
        "an incident": Wanted(incident="17"),
        "what was opened": Wanted(action="open"),
    }
    for name, wanted in cases.items():
        times = []
        for _ in range(20):
            started = time.perf_counter()
            with CaptureQueriesContext(connection) as seen:
                found, following = selectors.entries(boss, wanted)
            times.append(time.perf_counter() - started)
            deep = following or deep
        times.sort()
        print(
            f"{name:28} p50 {times[10] * 1000:6.1f} ms  p95 {times[18] * 1000:6.1f} ms  {len(seen)} queries, {len(found)} rows"
        )
    started = time.perf_counter()
    count = 0
    for _ in selectors.all_entries(boss, Wanted()):
        count += 1
        if count == 50_000:
            break
    print(f"export {count / (time.perf_counter() - started):,.0f} entries/s")
    wanted = Wanted(start=None)
    cursor = selectors._sealed(selectors._Place(MIDDLE[0], False, rows))
    started = time.perf_counter()
    selectors.entries(boss, wanted, cursor=cursor)
    print(f"half-way down {(time.perf_counter() - started) * 1000:.1f} ms")


MIDDLE = []


def fill(rows):
    from django.db import connection, transaction
    from django.utils import timezone

    from juncture.web.incidents.models import Incident
    from juncture.web.journal.models import Change, Opening
    from juncture.web.people.models import User

    people = [User(email=f"p{n}@example.org", name=f"Person {n}", role="author") for n in range(50)]
    people.append(User(email="boss@example.org", name="Boss Sample", role="administrator"))
    User.objects.bulk_create(people)
    incidents = [
        Incident(
            public_id=str(n) if n % 5 else f"{n:024x}",
            title=f"Incident {n}",
            visibility="organisation" if n % 5 else "restricted",
            created_by=people[n % 50],
        )
        for n in range(1, 10_001)
    ]
    Incident.objects.get_queryset().bulk_create(incidents, batch_size=1000)
    now = timezone.now()
    MIDDLE.append(now - timedelta(seconds=rows // 2))
    field = Change._meta.get_field("at")
    field.auto_now_add = False
    Opening._meta.get_field("at").auto_now_add = False
    for start in range(0, rows, 50_000):
        changes, openings = [], []
        for n in range(start, min(start + 50_000, rows)):
            at = now - timedelta(seconds=rows - n)
            by = people[n % 50].pk
            incident = incidents[(n * 7919) % 10_000].pk if n % 10 else None
            if n % 5 == 0:
                openings.append(
                    Opening(at=at, by_id=by, through="page", object_kind="incident", object_id=str(n), incident_id=incident)
                )
                continue
            action = "rare" if n % 100_000 == 1 else ("change", "write", "add")[n % 3]
            kind = ("section", "action", "incident", "role")[n % 4]
            changes.append(
                Change(
                    at=at,
                    by_id=by,
                    through="page",
                    action=action,
                    object_kind=kind,
                    object_id=str(n),
                    incident_id=incident,
                    after={"text": "x" * 200},
                )
            )
        with transaction.atomic():
            Change.objects.bulk_create(changes, batch_size=5000)
            Opening.objects.bulk_create(openings, batch_size=5000)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return people[-1]


if __name__ == "__main__":
    main()
