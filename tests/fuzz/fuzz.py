"""A mutation fuzz of every installed reader over the recorded documents of `tests/readers`.

    python -m tests.fuzz --seconds 600            new seeds until the time is over
    python -m tests.fuzz --seed 4711              that one again, with the traceback
    python -m tests.fuzz --reader table,log       only documents that these readers read
    python -m tests.fuzz --keep DIR               write the documents that broke something there

What must hold, whatever the bytes: no exception but BadEvidence; what is found can be written as strict JSON; instants are in
UTC and in order; every citation resolves; a document takes no longer than its size allows.
"""

import argparse
import datetime as dt
import hashlib
import importlib.util
import io
import json
import random
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

import msgspec

from juncture.evidence.artefact import Artefact
from juncture.evidence.places import unresolved
from juncture.evidence.reader import Settings
from juncture.evidence.registry import installed_readers, reader_for
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut, Note, Series, Sighting

HERE = Path(__file__).parent
DOCUMENTS = HERE.parent / "readers"
OWN_FILES = {"expected.jsonl", "settings.json", "README.md"}
SETTINGS = Settings(today=dt.date(2026, 11, 1))
SECONDS_A_DOCUMENT, SECONDS_A_MEGABYTE = 5.0, 20.0
RECOGNISING_SECONDS = 3.0
CHECKED_CITATIONS = 300

_spec = importlib.util.spec_from_file_location("juncture_fuzz_mutations", HERE / "mutations.py")
mutations = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(mutations)


class Broken(Exception):  # noqa: N818 - it names what was met
    """Something that must hold did not."""


def documents():
    paths = sorted(path for path in DOCUMENTS.glob("*/*/**/*") if path.is_file() and path.name not in OWN_FILES)
    return [(path, path.read_bytes()) for path in paths if "__pycache__" not in path.parts]


def artefact_of(name, data):
    return Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", name, len(data), lambda: io.BytesIO(data), name)


def try_document(name, data, usual_reader=None):
    """Read a document the way the product does; also with the reader of what it once was. Return what was found, counted."""
    artefact = artefact_of(name, data)
    head = artefact.head()
    for reader in installed_readers():
        started = time.process_time()
        reader.recognise(head)
        if time.process_time() - started > RECOGNISING_SECONDS:
            raise Broken(f"{reader.name} takes {time.process_time() - started:.1f} s to recognise {len(data)} bytes")
    found = Counter()
    readers = {reader.name: reader for reader in (reader_for(head, installed_readers()), usual_reader) if reader is not None}
    for reader in readers.values():
        found += read_with(reader, artefact, data)
    return found


def read_with(reader, artefact, data):
    started, allowed = time.process_time(), SECONDS_A_DOCUMENT + SECONDS_A_MEGABYTE * len(data) / 1e6
    found, places, ids = Counter(), [], set()
    try:
        session = reader.session(SETTINGS)
        session.order(artefact.head())
        for item in session.read(artefact):
            check(reader, item)
            found[type(item).__name__] += 1
            if isinstance(item, Sighting | Series):
                places.append(item.citation.place)
            if isinstance(item, Sighting):
                if item.id in ids and reader.name in ("log", "jsonl", "table", "shell"):
                    raise Broken(f"{reader.name} gives two sightings one id")
                ids.add(item.id)
    except BadEvidence as error:
        found["BadEvidence"] += 1
        if not str(error).strip() or "\n" in str(error):
            raise Broken(f"{reader.name} says {str(error)!r}") from None
    if time.process_time() - started > allowed:
        raise Broken(f"{reader.name} takes {time.process_time() - started:.1f} s for {len(data)} bytes")
    check_places(reader, artefact, places)
    return found


def check(reader, item):
    if not isinstance(item, Sighting | Series | LeftOut | Note):
        raise Broken(f"{reader.name} yields {type(item).__name__}")
    text = msgspec.json.encode(item).decode("utf-8")
    json.loads(text, parse_constant=no_constant)
    if isinstance(item, LeftOut) and (item.count < 1 or not item.why or not item.where):
        raise Broken(f"{reader.name} leaves out without place, count or reason: {text[:200]}")
    if isinstance(item, Sighting):
        instants = [item.occurred_at, item.earliest, item.latest, item.recorded_at, item.known_at, item.ended_at]
        if any(one is not None and one.utcoffset() != dt.timedelta(0) for one in instants):
            raise Broken(f"{reader.name} gives an instant that is not in UTC: {text[:300]}")
        if not item.earliest <= item.occurred_at <= item.latest:
            raise Broken(f"{reader.name} gives an instant outside its bounds: {text[:300]}")
        if len(item.id) != 32 or item.source == "":
            raise Broken(f"{reader.name} gives no id or source: {text[:200]}")
    if isinstance(item, Series) and (len(item.instants) != len(item.values) or list(item.instants) != sorted(item.instants)):
        raise Broken(f"{reader.name} gives a series out of order or step: {text[:200]}")


def no_constant(name):
    raise Broken(f"JSON with {name}")


def check_places(reader, artefact, places):
    sample = places if len(places) <= CHECKED_CITATIONS else places[:: len(places) // CHECKED_CITATIONS]
    try:
        missing = unresolved(artefact, dict.fromkeys(sample))
    except BadEvidence as error:
        raise Broken(f"{reader.name} cites an artefact that cannot be read again: {error}") from None
    if missing:
        raise Broken(f"{reader.name} cites {missing[0]!r}, which is not there")


def run(seed, taken, keep=None):
    """Try one seed. Return None if all held, else one line on what did not."""
    rng = random.Random(seed)
    path, data = rng.choice(taken)
    _, other = rng.choice(taken)
    usual = reader_for(artefact_of(path.name, data).head(), installed_readers())
    changed, names = mutations.mutated(data, other, rng)
    try:
        try_document(path.name, changed, usual)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a finding
        if keep is not None:
            keep.mkdir(parents=True, exist_ok=True)
            (keep / f"{seed}-{path.name}").write_bytes(changed)
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = "" if isinstance(error, Broken) else f" ({Path(where.filename).name}:{where.lineno})"
        return f"seed {seed}: {path.relative_to(DOCUMENTS)} after {', '.join(names)}: {type(error).__name__} {str(error)[:200]}{place}"
    return None


def main(arguments=None):
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--start", type=int, help="first seed; default: from the clock")
    parser.add_argument("--reader", help="names of readers, separated by commas")
    parser.add_argument("--keep", type=Path)
    given = parser.parse_args(arguments)
    taken = documents()
    if given.reader:
        wanted = set(given.reader.split(","))
        kept = ((path, data, reader_for(artefact_of(path.name, data).head(), installed_readers())) for path, data in taken)
        taken = [(path, data) for path, data, reader in kept if reader is not None and reader.name in wanted]
    if given.seed is not None:
        failed = run(given.seed, taken, given.keep)
        print(failed or "all held")
        return int(failed is not None)
    seed = given.start if given.start is not None else time.time_ns() // 1_000_000 % 10**9
    first, failures, until = seed, [], time.monotonic() + given.seconds
    while time.monotonic() < until:
        if failed := run(seed, taken, given.keep):
            failures.append(failed)
            print(failed, flush=True)
        seed += 1
    print(f"{seed - first} documents from seed {first}, {len(failures)} broke something", file=sys.stderr)
    return int(bool(failures))


if __name__ == "__main__":
    sys.exit(main())
