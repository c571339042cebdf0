"""The import of a large chat export against the bare insert of the rows that came of it.

    python bench/importing.py [--messages 1000000] [--database postgresql://…/name] [--lean] [--profile FILE] [--folder DIR]

Makes a sample export of Slack (seeded), gives it to a fresh incident by the product's own operation, and lets the worker import
it in a process of its own, with a fresh data folder. Then the rows that came of it are read out and inserted into the same
tables of another fresh database, with the same indexes, in one transaction: by `executemany`, and on PostgreSQL by COPY too.
Prints what both took, the ratio (limit 4 times), and the highest memory of the worker. Beside it, in the same run, what reading
alone takes, with masking and without.

With `--database` an existing database of that name is dropped, and so is NAME_bare, which the bare insert goes to.
Exit status 1 where the limit is missed.
"""

# ruff: noqa: PLC0415 - Django is set up before anything of it is imported; the names of tables are our own
from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "bench")]

from bulk_reading import make_export  # noqa: E402 - after the path is set

LIMIT = 4
BATCH = 10_000
TABLES = ("evidence_storedsighting", "timeline_storedevent", "timeline_eventalias", "library_searchentry")
"""Where an import of messages writes a row for each thing that it read; all else are some rows."""
BEFORE = ("people_user", "incidents_incident")
"""What these rows refer to."""


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--messages", type=int, default=1_000_000)
    options.add_argument("--seed", type=int, default=3)
    options.add_argument("--database", default="")
    options.add_argument("--lean", action="store_true", help="messages of author, text and time alone, a tenth of the bytes")
    options.add_argument("--draft", action="store_true", help="end with a draft, as what the home page is given")
    options.add_argument("--profile", type=Path, help="write a profile of the worker there (which slows it)")
    options.add_argument("--folder", type=Path, help="keep the export and the data there")
    options.add_argument("--step", choices=[step.__name__ for step in STEPS], help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.step:
        globals()[asked.step](asked)
        return 0
    with tempfile.TemporaryDirectory(prefix="juncture-bench-") as temporary:
        asked.folder = asked.folder or Path(temporary)
        return measure(asked)


def measure(asked: argparse.Namespace) -> int:
    """Take all times and print them; return the exit status."""
    export = zipped(asked)
    fresh(asked.folder, asked.database)
    process("give", asked)
    worked = process("work", asked)
    read = process("read", asked)
    unmasked = process("read_unmasked", asked)
    bare = process("bare", asked)
    where = "PostgreSQL" if asked.database else "SQLite"
    print(f"{asked.messages:,} messages, {export.stat().st_size / 1e6:.0f} MB zipped, into {where}")
    print(f"import: {worked['state']}, {worked['events']:,} events, {told(worked)}; peak memory {worked['memory']:.0f} MB")
    print(f"  by stage: {', '.join(f'{name} {seconds:.1f} s' for name, seconds in worked['stages'].items())}")
    print(f"reading alone, masked: {told(read)}; without masks: {told(unmasked)}")
    rows = ", ".join(f"{count:,} {table.partition('_')[2]}" for table, count in bare["rows"].items())
    print(f"bare insert of {rows}:")
    ratio = 0.0
    for way, one in bare["ways"].items():
        print(f"  {way}: {told(one)}; reading alone {read['clock'] / one['clock']:.2f} times")
        ratio = ratio or worked["clock"] / one["clock"]
        print(f"  import against it: {worked['clock'] / one['clock']:.2f} times (limit {LIMIT})")
    return int(ratio > LIMIT)


def told(took: dict) -> str:
    return f"{took['clock']:.1f} s ({took['cpu']:.1f} s of its processor time)"


def zipped(asked: argparse.Namespace) -> Path:
    return zipped_export(asked.folder, asked.messages, seed=asked.seed, lean=asked.lean)


def zipped_export(into: Path, messages: int, *, seed: int = 3, lean: bool = False) -> Path:
    """Return an export as a zip file in a folder, made unless it is there."""
    path = into / f"export-{messages}{'-lean' if lean else ''}.zip"
    if not path.exists():
        with tempfile.TemporaryDirectory() as folder:
            make_export(Path(folder), messages, seed, lean=lean)
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as file:
                for each in sorted(Path(folder).rglob("*.json")):
                    file.write(each, each.relative_to(folder))
    return path


def fresh(folder: Path, database: str) -> None:
    """Take away what an earlier run left, and make the databases."""
    for name in ("data", "bare"):
        if (folder / name).exists():
            subprocess.run(["rm", "-r", folder / name], check=True)
    if database:
        import psycopg

        with psycopg.connect(database.rpartition("/")[0] + "/postgres", autocommit=True) as server:
            for name in (database.rpartition("/")[2], f"{database.rpartition('/')[2]}_bare"):
                server.execute(f'DROP DATABASE IF EXISTS "{name}"')
                server.execute(f'CREATE DATABASE "{name}"')


def process(step: str, asked: argparse.Namespace) -> dict:
    """Carry out a step in a process of its own and return what it says."""
    database = f"{asked.database}_bare" if asked.database and step == "bare" else asked.database
    arguments = ["--messages", asked.messages, "--folder", asked.folder, "--database", asked.database, "--step", step]
    arguments += (
        ["--lean"] * asked.lean
        + ["--draft"] * asked.draft
        + (["--profile", asked.profile] if asked.profile and step == "work" else [])
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("JUNCTURE_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, __file__, *map(str, arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=kept | {"JUNCTURE_DATABASE_URL": database},
    )
    return json.loads(done.stdout or "{}")


class Stopwatch:
    """Seconds by the clock and of this process' processor time since it was made."""

    def __init__(self) -> None:
        self.began = time.perf_counter(), time.process_time()

    def took(self) -> dict:
        return {"clock": time.perf_counter() - self.began[0], "cpu": time.process_time() - self.began[1]}


def say(**values: object) -> None:
    print(json.dumps(values | {"memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def set_up(folder: Path) -> None:
    from juncture.web.setup import migrate
    from juncture.web.setup import set_up as set_up_at

    set_up_at(folder)
    migrate()


def give(asked: argparse.Namespace) -> None:
    """Declare an incident and give it the export."""
    set_up(asked.folder / "data")
    from juncture.web.access.operations import add_person
    from juncture.web.access.selectors import viewer_of
    from juncture.web.access.viewer import SYSTEM
    from juncture.web.evidence.operations import Received, receive
    from juncture.web.incidents.operations import Declaration, check_declaration, declare

    viewer = viewer_of(add_person(SYSTEM, email="sam@example.org", name="Sam Sample", role="author", password="x" * 20))
    incident = declare(viewer, check_declaration(viewer, Declaration(title="Sample: a million messages")))
    with zipped(asked).open("rb") as stream:
        files = [Received("export.zip", stream)]
        receive(viewer, incident.public_id, files, date=None, zone="UTC", draft_follows=asked.draft)
    print("{}")


def work(asked: argparse.Namespace) -> None:
    """Let the worker do what is due."""
    from juncture.web.setup import set_up as set_up_at

    set_up_at(asked.folder / "data")
    from juncture.web.evidence.importing import Import
    from juncture.web.evidence.models import ImportRun
    from juncture.web.postmortems.models import Postmortem
    from juncture.web.worker import work_once

    stages: dict[str, float] = {}
    seen = ["looking", time.perf_counter()]
    beat = Import._beat  # noqa: SLF001 - the one place that every stage passes

    def beaten(self, progress):
        now = time.perf_counter()
        stages[seen[0]] = stages.get(seen[0], 0.0) + now - seen[1]
        seen[:] = [str(progress.stage), now]
        beat(self, progress)

    Import._beat = beaten  # noqa: SLF001 - as above
    watch = Stopwatch()
    if asked.profile:
        import cProfile

        profile = cProfile.Profile()
        profile.runcall(work_once)
        profile.dump_stats(asked.profile)
    else:
        work_once()
    took = watch.took()
    stages[seen[0]] = stages.get(seen[0], 0.0) + time.perf_counter() - seen[1]
    run = ImportRun.objects.get()
    state = f"{run.state} {run.failure or run.remark}".strip()
    drafts = Postmortem.objects.get_queryset().count()
    say(state=f"{state} with a draft" if drafts else state, events=run.events, stages=stages, **took)


def read(asked: argparse.Namespace, *, masked: bool = True) -> None:
    """Read the export as the import does, and keep nothing."""
    from collections import deque
    from datetime import UTC, datetime

    from juncture.casework.reading import EvidenceReading, Given
    from juncture.evidence.mask import Mask
    from juncture.evidence.reader import Settings
    from juncture.evidence.registry import installed_readers
    from juncture.evidence.walk import Limits
    from juncture.stores.scratch import scratch

    class Quiet:
        def step(self, what: str, done: int, total: int) -> None:
            pass

    reading = EvidenceReading(
        readers=installed_readers(),
        settings=Settings(today=datetime.now(UTC).date(), date=None, zone=None),
        mask=Mask(b"salt", enabled=masked),
        limits=Limits(),
        scratch=scratch,
        progress=Quiet(),
    )
    watch = Stopwatch()
    deque(reading.sightings([Given("export.zip", lambda: zipped(asked).open("rb"))]), maxlen=0)
    say(**watch.took())


def read_unmasked(asked: argparse.Namespace) -> None:
    read(asked, masked=False)


def bare(asked: argparse.Namespace) -> None:
    """Insert the rows of the import into a fresh database."""
    set_up(asked.folder / "bare")
    from django.db import connection

    connection.ensure_connection()
    for_database = bare_postgresql if asked.database else bare_sqlite
    say(**for_database(connection.connection, asked))


def bare_sqlite(to, asked: argparse.Namespace) -> dict:
    """Insert into SQLite, by the settings that the product connects with."""
    import sqlite3

    to.isolation_level = None
    to.execute("PRAGMA foreign_keys=OFF")
    source = sqlite3.connect(asked.folder / "data" / "juncture.sqlite3")
    for table in BEFORE:
        rows = source.execute(f"SELECT * FROM {table}").fetchall()
        to.executemany(f"INSERT INTO {table} VALUES ({marks(rows, '?')})", rows)
    to.execute("PRAGMA foreign_keys=ON")
    counts, spent = {}, [0.0, 0.0]
    timed(spent, to.execute, "BEGIN IMMEDIATE")
    for table in TABLES:
        counts[table] = 0
        rows_of = source.execute(f"SELECT * FROM {table} ORDER BY id")
        while rows := rows_of.fetchmany(BATCH):
            counts[table] += len(rows)
            timed(spent, to.executemany, f"INSERT INTO {table} VALUES ({marks(rows, '?')})", rows)
    timed(spent, to.execute, "COMMIT")
    return {"rows": counts, "ways": {"executemany in one transaction": {"clock": spent[0], "cpu": spent[1]}}}


def bare_postgresql(to, asked: argparse.Namespace) -> dict:
    """Insert into PostgreSQL, by executemany and then, emptied, by COPY."""
    import psycopg

    source = psycopg.connect(asked.database)
    counts, columns = {}, {}
    for table in (*BEFORE, *TABLES):
        names = source.execute(
            "SELECT quote_ident(column_name) FROM information_schema.columns"
            " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [table],
        )
        columns[table] = ", ".join(name for (name,) in names)
        counts[table] = source.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
    to.autocommit = False
    to.prepare_threshold = 5
    cursor = psycopg.Cursor(to)

    def insert(table: str, rows: list) -> None:
        cursor.executemany(f"INSERT INTO {table} ({columns[table]}) OVERRIDING SYSTEM VALUE VALUES ({marks(rows, '%s')})", rows)

    def copy(table: str, rows: list) -> None:
        with cursor.copy(f"COPY {table} ({columns[table]}) FROM STDIN") as into:
            for row in rows:
                into.write_row(row)

    def all_of(table: str, way, spent: list[float]) -> None:
        with source.cursor(f"all_{table}") as rows_of:
            rows_of.execute(f"SELECT {columns[table]} FROM {table} ORDER BY id")
            while rows := rows_of.fetchmany(BATCH):
                timed(spent, way, table, rows)

    ways = {}
    for name, way in {"executemany in one transaction": insert, "COPY in one transaction": copy}.items():
        cursor.execute(f"TRUNCATE {', '.join((*TABLES, *BEFORE))} CASCADE")
        for table in BEFORE:
            all_of(table, insert, [0.0, 0.0])
        to.commit()
        spent = [0.0, 0.0]
        for table in TABLES:
            all_of(table, way, spent)
        timed(spent, to.commit)
        ways[name] = {"clock": spent[0], "cpu": spent[1]}
    return {"rows": counts, "ways": ways}


def timed(spent: list[float], call, *arguments: object) -> None:
    """Call, and add the seconds by the clock and of the processor to those spent."""
    watch = Stopwatch()
    call(*arguments)
    took = watch.took()
    spent[0] += took["clock"]
    spent[1] += took["cpu"]


def marks(rows: list, mark: str) -> str:
    return ", ".join([mark] * len(rows[0])) if rows else mark


STEPS = (give, work, read, read_unmasked, bare)

if __name__ == "__main__":
    sys.exit(main())
