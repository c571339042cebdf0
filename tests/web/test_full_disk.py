"""A disk that is really full: one clear line, nothing acknowledged is lost, and all goes on once there is room again."""

from __future__ import annotations

import os
import signal
import subprocess
import time

import pytest
from tests.web.killed import CHAT, SAM, Client, export
from tests.web.served import Server, juncture
from tests.web.whole import half_there, settled, unfinished

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="in processes of their own, with SQLite"
)
FULL = "The disk of this server is full. Nothing that was kept before is lost. Make room, then try again."


class Disk:
    """A small file system of its own, which can be filled to the last byte."""

    def __init__(self, folder) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self):
        for size in (65536, 512):
            with self._filler.open("ab", buffering=0) as file:
                try:
                    while file.write(b"x" * size):
                        pass
                except OSError:
                    pass

    def free(self):
        self._filler.unlink()


@pytest.fixture
def disk(tmp_path):
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "none", folder], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no file system can be mounted here: no disk is filled")
    yield Disk(folder)
    subprocess.run(["umount", "--lazy", folder], check=True)


@pytest.fixture
def client(disk, tmp_path):
    server = Server(disk.folder / "data")
    server.log = tmp_path / "log"
    server.start().person(SAM, "author")
    yield Client(server)
    server.kill_everything()


def erasable(client):
    """Give evidence that is read, and return its incident and hash."""
    incident = client.server.call("POST", "incidents", {"title": "Erase zzk9x"}, as_=SAM)[1]["id"]
    secret = CHAT.replace("checkout answers 500 since the deploy", "zzsecret zzk9x customer wrote from a place")
    client.ended(client.send("give", incident, "zzk9x", secret.encode(), "chat.txt")["import_id"])
    held = client.server.call("GET", f"incidents/{incident}/evidence", as_=SAM)[1]["items"]
    return incident, held[0]["sha256"].removeprefix("sha256:")


def saved(client):
    """Write a long section; return whether it was acknowledged."""
    path = f"postmortems/{client.document}/sections/{client.section}"
    base = client.server.call("GET", f"postmortems/{client.document}", as_=SAM)[1]["sections"][0]["markdown"]
    mark = client.mark()
    text = f"{client.words}\n\n{mark} {'words ' * 80_000}\n\nSo it was, {mark}.\n"
    return client.call("section", mark, "PATCH", path, {"base": base, "text": text}) is not None


def test_on_a_full_disk_nothing_is_lost_and_all_goes_on_once_there_is_room(client, disk):
    client.sent, client.acked = {}, {}
    incident, sha256 = erasable(client)
    worker = client.server.children()["worker"]
    os.kill(worker, signal.SIGSTOP)
    client.upload()
    assert client.call("erase", "zzk9x", "DELETE", f"incidents/{incident}/evidence/{sha256}?reason=asked")
    disk.fill()
    os.kill(worker, signal.SIGCONT)

    # The database's log has room from before: what fits into it is kept, until something does not.
    assert any(not saved(client) for _ in range(12))
    assert f"503 {{'type': 'about:blank', 'title': 'Not now', 'status': 503, 'detail': '{FULL}" in client.broken[-1]
    # What is small may still find a place in the database's log.
    status, answer = client.server.call("POST", f"postmortems/{client.document}/state", {"to": "published"}, as_=SAM)
    assert status == 200 or answer["detail"].startswith(FULL)
    for size in (0, 3_000_000):
        assert client.send("refused", incident, "zzk7x", export("zzk7x") + os.urandom(size + 100_000)) is None
        assert FULL in client.broken[-1]
    assert client.server.call("GET", f"postmortems/{client.document}", as_=SAM)[0] == 200
    backup = juncture("backup", disk.folder / "one.backup", "--data", client.server.data, check=False)
    assert (backup.returncode, backup.stderr.count("\n"), "No space left" in backup.stderr) == (2, 1, True)
    time.sleep(3)
    assert list(half_there(client)) == []

    disk.free()
    assert saved(client)
    client.upload()
    settled(client)
    assert list(unfinished(client)) == []
    assert sorted(path.name for path in disk.folder.iterdir()) == ["data"]


def test_an_import_that_finds_the_disk_full_says_so_and_waits_for_room(client, disk):
    incident = client.server.call("POST", "incidents", {"title": "Upload zzk6x"}, as_=SAM)[1]["id"]
    worker = client.server.children()["worker"]
    os.kill(worker, signal.SIGSTOP)
    run = client.send("upload", incident, "zzk6x", export("zzk6x", 1500))["import_id"]
    # So much room that the work can be begun, and not be ended.
    disk.fill()
    with disk._filler.open("rb+") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 150_000)
    os.kill(worker, signal.SIGCONT)
    time.sleep(6)
    seen = client.server.call("GET", f"imports/{run}", as_=SAM)[1]
    assert seen["state"] in {"running", "queued"}, seen
    disk.free()
    seen = client.ended(run)
    assert (seen["state"], seen["failure"], seen["events"] > 200) == ("done", None, True)
