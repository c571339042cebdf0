"""A backup holds everything as of one moment; what is restored from it is the same; nothing half is ever left."""

import json
import os
import stat
import tarfile
import threading

import pytest
from tests.web.served import Server, juncture

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own"
)


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("backup") / "data"
    juncture("sample", "--postmortems", 6, "--events", 200, "--actions", 20, "--data", folder)
    return folder


@pytest.fixture(scope="module")
def backup(filled):
    file = filled.with_name("one.backup")
    juncture("backup", file, "--data", filled)
    return file


def rows(file):
    with tarfile.open(file) as tar:
        return tar.extractfile("rows.jsonl").read()


def tables(file):
    held = {}
    for line in map(json.loads, rows(file).splitlines()):
        if isinstance(line, dict):
            here = held.setdefault(line["model"], [])
        else:
            here.append(line)
    return held


def test_what_is_restored_is_what_was_kept(backup, tmp_path):
    juncture("restore", backup, "--data", tmp_path / "again")
    juncture("backup", tmp_path / "two.backup", "--data", tmp_path / "again")
    assert rows(tmp_path / "two.backup") == rows(backup)
    assert rows(backup).count(b"\n") > 300
    assert juncture("verify", tmp_path / "again" / "evidence", check=False).returncode == 0


def test_it_is_its_owner_s_alone_and_has_no_key_unless_asked(backup, filled, tmp_path):
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with tarfile.open(backup) as tar:
        assert "secret.key" not in tar.getnames()
    juncture("backup", tmp_path / "with.backup", "--with-key", "--data", filled)
    with tarfile.open(tmp_path / "with.backup") as tar:
        assert "secret.key" in tar.getnames()


def test_it_is_of_one_moment_while_others_write(tmp_path):
    server = Server(tmp_path / "data").start()
    try:
        server.person("ana@example.org", "author")
        stop = threading.Event()
        declared = []

        def write():
            while not stop.is_set():
                _, answer = server.call("POST", "incidents", {"title": f"Incident {len(declared)}"}, as_="ana@example.org")
                declared.append(answer["id"])

        writer = threading.Thread(target=write)
        writer.start()
        juncture("backup", tmp_path / "one.backup", "--data", tmp_path / "data")
        stop.set()
        writer.join()
    finally:
        server.stop()
    assert declared
    juncture("restore", tmp_path / "one.backup", "--data", tmp_path / "again")
    held = tables(tmp_path / "one.backup")
    journal = [row for row in held["journal.change"] if row[4:6] == ["declare", "incident"]]
    assert len(journal) == len(held["incidents.incident"]) > 0


def test_a_folder_with_something_in_it_is_refused_or_moved_aside(backup, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "mine.txt").write_text("mine")
    refused = juncture("restore", backup, "--data", folder, check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "is not empty" in refused.stderr
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]
    juncture("restore", backup, "--replace", "--data", folder)
    aside = next(tmp_path.glob("data.before-*"))
    assert (aside / "mine.txt").read_text() == "mine"
    assert (folder / "juncture.sqlite3").exists()


@pytest.mark.parametrize("harm", ["cut", "changed", "text", "foreign"])
def test_what_is_no_whole_backup_is_refused_in_one_line_and_leaves_nothing(backup, tmp_path, harm):
    file, data = tmp_path / "bad.backup", backup.read_bytes()
    if harm == "cut":
        file.write_bytes(data[: len(data) // 2])
    elif harm == "changed":
        file.write_bytes(data[: len(data) // 2] + bytes([data[len(data) // 2] ^ 1]) + data[len(data) // 2 + 1 :])
    elif harm == "text":
        file.write_text("no backup at all")
    else:
        with tarfile.open(file, "w:gz") as tar:
            (tmp_path / "evil").write_text("evil")
            tar.add(tmp_path / "evil", "../evil")
    refused = juncture("restore", file, "--data", tmp_path / "data", check=False)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1), refused.stderr
    assert not (tmp_path / "data").exists()
    assert not list(tmp_path.glob(".data.restoring-*"))
