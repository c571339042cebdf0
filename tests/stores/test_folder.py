import io
import multiprocessing
import os
import signal
import stat
import time
from hashlib import sha256

import pytest

from juncture.casework.ledger import GENESIS, Erasure, Receipt, faults
from juncture.casework.ports import Received
from juncture.casework.verification import verify_store
from juncture.evidence.artefact import Artefact
from juncture.model.errors import BadEvidence
from juncture.model.evidence import LeftOut
from juncture.stores.folder import SLICE_FILES, FolderStore


def coming(data, name="day.json", archive=None, artefact=None):
    return Received(name, archive, lambda: io.BytesIO(data), artefact)


def hash_of(data):
    return f"sha256:{sha256(data).hexdigest()}"


@pytest.fixture
def store(tmp_path):
    return FolderStore(tmp_path / "evidence", by="robin")


def entries(store):
    return list(faults(store.ledger()))


def problems(store):
    return [str(finding) for finding in verify_store(store) if finding.broken]


def test_what_is_put_is_read_back_by_its_hash_and_cannot_be_written_to(store, tmp_path):
    [receipt] = store.put([coming(b"one", "day.json", "export.zip")])
    assert receipt.artefact == hash_of(b"one")
    with store.open(receipt.artefact) as stream:
        assert stream.read() == b"one"
    path = tmp_path / "evidence" / "artefacts" / receipt.artefact[7:9] / receipt.artefact[7:]
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    artefact = store.artefact(receipt.artefact)
    assert (artefact.path, artefact.label, artefact.size, artefact.text()) == (None, "day.json", 3, "one")


def test_every_entry_says_what_came_and_follows_the_one_before(store):
    receipts = list(store.put(coming(b"%d" % n, f"{n}.json", "export.zip") for n in range(3)))
    assert entries(store) == receipts
    assert [entry.number for entry in receipts] == [1, 2, 3]
    assert receipts[0].previous == GENESIS
    assert receipts[1].previous == receipts[0].hash
    assert (receipts[2].size, receipts[2].name, receipts[2].archive, receipts[2].by) == (1, "2.json", "export.zip", "robin")
    assert receipts[0].received_at.tzinfo is not None
    assert store.head().hash == receipts[2].hash


def test_more_than_a_slice_is_entered_in_order(store):
    receipts = list(store.put(coming(b"%d" % n, f"{n}") for n in range(SLICE_FILES * 2 + 5)))
    assert [entry.name for entry in receipts] == [str(n) for n in range(SLICE_FILES * 2 + 5)]
    assert problems(store) == []


def test_the_same_artefact_under_the_same_name_gives_its_first_receipt_again(store):
    [first] = store.put([coming(b"one")])
    again = list(store.put([coming(b"one"), coming(b"one", artefact=hash_of(b"one"))]))
    assert again == [first, first]
    assert len(entries(store)) == 1


def test_the_same_bytes_twice_in_one_slice_are_one_entry_a_name(store):
    receipts = list(store.put([coming(b"one", "a"), coming(b"one", "a"), coming(b"one", "b")]))
    assert [entry.number for entry in receipts] == [1, 1, 2]
    assert problems(store) == []


def test_what_changed_while_it_was_read_is_not_stored(store):
    [left] = store.put([coming(b"two", artefact=hash_of(b"one"))])
    assert isinstance(left, LeftOut)
    assert "changed while" in left.why
    assert list(store.held()) == []


def test_walked_artefacts_are_kept_under_their_archive(store):
    artefact = Artefact(hash_of(b"one"), "a.zip!/b.zip!/c.json", 3, lambda: io.BytesIO(b"one"), "a.zip!/b.zip!/c.json")
    assert store.keep([artefact]) == []
    [entry] = entries(store)
    assert (entry.name, entry.archive) == ("c.json", "a.zip!/b.zip")


def test_a_hash_that_is_not_held_or_is_no_hash_is_said(store):
    store.put([])
    with pytest.raises(BadEvidence, match="is not in the store"):
        store.open(hash_of(b"nothing"))
    with pytest.raises(BadEvidence, match="is no hash"):
        store.open("sha256:../../etc/passwd")


def test_erasing_removes_the_content_and_keeps_entry_and_reason(store):
    [receipt] = store.put([coming(b"personal")])
    erasure = store.erase(receipt.artefact, "asked for by the person", "ana")
    assert [type(entry) for entry in entries(store)] == [Receipt, Erasure]
    assert entries(store)[1] == erasure
    assert list(store.held()) == []
    with pytest.raises(BadEvidence, match=r"erased on .* by ana: asked for by the person"):
        store.open(receipt.artefact)
    assert problems(store) == []
    assert any("erased" in str(finding) for finding in verify_store(store))


def test_what_was_erased_is_not_stored_again(store):
    [receipt] = store.put([coming(b"personal")])
    store.erase(receipt.artefact, "retention", "ana")
    [left] = store.put([coming(b"personal", "other name")])
    assert isinstance(left, LeftOut)
    assert "retention" in left.why
    assert list(store.held()) == []


def test_erasing_what_is_not_held_is_refused(store):
    with pytest.raises(BadEvidence):
        store.erase(hash_of(b"x"), "reason", "ana")


def test_the_salt_stays_the_same_and_is_nobody_elses_to_read(store, tmp_path):
    salt = store.salt
    assert len(salt) >= 16
    assert FolderStore(tmp_path / "evidence").salt == salt
    assert stat.S_IMODE((tmp_path / "evidence" / "salt").stat().st_mode) == 0o600


@pytest.mark.parametrize("beyond", [b'{"type":"rec', b"\x00" * 100])
def test_a_last_line_that_was_cut_off_before_it_was_acknowledged_is_taken_back(store, tmp_path, beyond):
    store.put([])
    [first] = store.put([coming(b"one")])
    with (tmp_path / "evidence" / "ledger.jsonl").open("ab") as stream:
        stream.write(beyond)
    assert problems(store) == []
    other = FolderStore(tmp_path / "evidence", by="robin")
    [second] = other.put([coming(b"two")])
    assert entries(other) == [first, second]
    assert problems(other) == []


def test_an_acknowledged_line_that_lost_its_end_is_not_repaired_but_reported(store, tmp_path):
    list(store.put([coming(b"one"), coming(b"two")]))
    path = tmp_path / "evidence" / "ledger.jsonl"
    os.truncate(path, path.stat().st_size - 20)
    assert problems(store)
    with pytest.raises(BadEvidence, match="has lost its end"):
        list(FolderStore(tmp_path / "evidence").put([coming(b"three")]))


def test_lines_removed_from_the_end_are_found(store, tmp_path):
    list(store.put([coming(b"one"), coming(b"two")]))
    path = tmp_path / "evidence" / "ledger.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(lines[0])
    assert any("ends" in problem for problem in problems(store))


def _put_many(folder, start, count, ready):
    store = FolderStore(folder, by="robin")
    ready.wait()
    for n in range(start, start + count):
        list(store.put([coming(b"%d" % n, f"{n}")]))


@pytest.mark.parametrize("attempt", range(6))
def test_processes_that_write_at_once_write_one_chain(tmp_path, attempt):
    context = multiprocessing.get_context("fork")
    ready = context.Barrier(4)
    starts = (0, 5, 20, 25)
    workers = [context.Process(target=_put_many, args=(tmp_path / "s", start, 8, ready)) for start in starts]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0, 0, 0]
    store = FolderStore(tmp_path / "s")
    assert [entry.number for entry in entries(store)] == list(range(1, 27))
    assert problems(store) == []


def _acknowledge(folder, pipe):
    store = FolderStore(folder, by="robin")
    for receipt in store.put(coming(os.urandom(20_000), f"{n}") for n in range(100_000)):
        os.write(pipe, f"{receipt.artefact}\n".encode())


@pytest.mark.parametrize("seconds", [0.15, 0.3, 0.5])
def test_nothing_acknowledged_is_lost_when_the_process_is_killed(tmp_path, seconds):
    context = multiprocessing.get_context("fork")
    reading, writing = os.pipe()
    worker = context.Process(target=_acknowledge, args=(tmp_path / "s", writing))
    worker.start()
    os.close(writing)
    time.sleep(seconds)
    os.kill(worker.pid, signal.SIGKILL)
    worker.join()
    with os.fdopen(reading, "rb") as pipe:
        acknowledged = pipe.read().decode().split("\n")[:-1]
    store = FolderStore(tmp_path / "s")
    assert problems(store) == []
    for artefact in acknowledged:
        with store.open(artefact) as stream:
            assert hash_of(stream.read()) == artefact
    list(store.put([coming(b"after", "after")]))
    assert problems(store) == []
    assert list((tmp_path / "s" / "incoming").iterdir()) == []


def test_a_full_disk_is_one_line_and_leaves_the_store_as_it_was(store, tmp_path, monkeypatch):
    list(store.put([coming(b"one")]))

    def full(descriptor, data):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("juncture.stores.ledger_file.write_all", full)
    with pytest.raises(BadEvidence, match="No space left"):
        list(store.put([coming(b"two")]))
    monkeypatch.undo()
    assert problems(store) == []
    [receipt] = FolderStore(tmp_path / "evidence").put([coming(b"two")])
    assert receipt.number == 2
