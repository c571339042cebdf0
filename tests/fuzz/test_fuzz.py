import importlib.util
import random
from pathlib import Path

import pytest

_spec = importlib.util.spec_from_file_location("juncture_fuzz", Path(__file__).with_name("fuzz.py"))
fuzz = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(fuzz)


def test_every_reader_survives_what_happens_to_documents():
    taken = fuzz.documents()
    assert [failed for seed in range(150) if (failed := fuzz.run(seed, taken))] == []


def test_every_mutation_changes_something():
    rng, document = random.Random(1), b'{"time": "2026-05-19T10:00:00Z", "n": 12}\n2026-05-19 10:00:00 up\n' * 20
    for mutation in fuzz.mutations.MUTATIONS:
        assert any(mutation(document, rng, b"other\ndocument\n") != document for _ in range(10)), mutation.__name__


def test_what_must_hold_is_looked_at():
    data = b"2026-05-19 10:00:00 INFO up\n"
    reader = next(reader for reader in fuzz.installed_readers() if reader.name == "log")
    artefact = fuzz.artefact_of("app.log", data)
    fuzz.check_places(reader, artefact, ["line:1"])
    with pytest.raises(fuzz.Broken, match="line:7"):
        fuzz.check_places(reader, artefact, ["line:7"])
    with pytest.raises(fuzz.Broken, match="yields str"):
        fuzz.check(reader, "text")
    with pytest.raises(fuzz.Broken, match="without place"):
        fuzz.check(reader, fuzz.LeftOut("", "why"))
