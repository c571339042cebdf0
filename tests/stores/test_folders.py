import io
import os
import socket
import threading
from pathlib import Path

import pytest

from juncture.model.evidence import LeftOut
from juncture.stores.folders import evidence_at


def listed(*paths, standard_input=b""):
    """Return (content by label in order, what was left out)."""
    found, left = {}, []
    for item in evidence_at([os.fspath(path) for path in paths], io.BytesIO(standard_input)):
        if isinstance(item, LeftOut):
            left.append(item)
        else:
            for _ in range(2):
                with item.opener() as stream:
                    found[item.label] = stream.read()
    return found, left


def test_files_and_folders_come_in_the_order_given_and_folders_in_the_order_of_names(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("export/users.json", "export/incident-7/b.json", "export/incident-7/a.json", "alerts.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    found, left = listed("export", "alerts.json")
    assert list(found) == ["export/users.json", "export/incident-7/a.json", "export/incident-7/b.json", "alerts.json"]
    assert found["export/incident-7/a.json"] == b"export/incident-7/a.json"
    assert left == []


@pytest.mark.parametrize("path", ["-", "/dev/stdin"])
def test_standard_input_is_read_once_and_opened_often(path):
    assert listed(path, standard_input=b"14:02 ana: looking") == ({"standard input": b"14:02 ana: looking"}, [])


def test_what_a_shell_substitutes_for_a_command_is_read():
    reading, writing = os.pipe()
    os.write(writing, b"one\n")
    os.close(writing)
    found, left = listed(f"/dev/fd/{reading}")
    os.close(reading)
    assert (list(found.values()), left) == ([b"one\n"], [])


def test_pipes_sockets_and_devices_are_refused_and_never_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "socket"))
        done = threading.Thread(target=lambda: results.append(listed(tmp_path, tmp_path / "pipe", "/dev/zero")), daemon=True)
        results = []
        done.start()
        done.join(10)
    assert results, "it waited for a pipe"
    found, left = results[0]
    assert not found
    assert [item.why for item in left] == [
        "is a pipe: not opened",
        "is a socket: not opened",
        "is a pipe: not opened",
        "is a device: not opened",
    ]


def test_links_in_a_folder_are_not_followed(tmp_path):
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "passwords.txt").write_text("no")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "a.log").write_text("yes")
    (tmp_path / "folder" / "inside.log").symlink_to("a.log")
    (tmp_path / "folder" / "out.txt").symlink_to(tmp_path / "outside" / "passwords.txt")
    (tmp_path / "folder" / "out").symlink_to(tmp_path / "outside")
    (tmp_path / "folder" / "loop").symlink_to(tmp_path / "folder")
    (tmp_path / "folder" / "dangling").symlink_to("nowhere")
    found, left = listed(tmp_path / "folder")
    assert list(found.values()) == [b"yes"]
    assert len(left) == 5
    assert all("symbolic link" in item.why and not item.damaged for item in left)


def test_a_link_that_was_given_by_name_is_read(tmp_path):
    (tmp_path / "a.log").write_text("yes")
    (tmp_path / "current").symlink_to("a.log")
    assert list(listed(tmp_path / "current")[0].values()) == [b"yes"]


def test_what_is_not_there_is_one_line(tmp_path):
    found, [left] = listed(tmp_path / "nothing.json")
    assert not found
    assert left.damaged
    assert left.why == "cannot be read: No such file or directory"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_and_folders_are_named_and_the_rest_read(tmp_path):
    (tmp_path / "a.log").write_text("yes")
    (tmp_path / "b.log").write_text("no")
    (tmp_path / "c").mkdir()
    (tmp_path / "b.log").chmod(0)
    (tmp_path / "c").chmod(0)
    found, left = listed(tmp_path)
    (tmp_path / "c").chmod(0o700)
    assert list(found.values()) == [b"yes"]
    assert [item.damaged for item in left] == [True, True]


def test_what_an_operating_system_leaves_is_counted_together(tmp_path):
    for name in (".DS_Store", "._a.json", "Thumbs.db", "a.json"):
        (tmp_path / name).write_text(name)
    found, [left] = listed(tmp_path)
    assert list(found.values()) == [b"a.json"]
    assert left.count == 3


def test_a_name_that_is_no_text_still_gives_a_label_that_prints(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9\n.log")).write_text("yes")
    [label] = listed(tmp_path)[0]
    assert label.isprintable()


def test_folders_may_be_nested_as_deep_as_the_disk_allows(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(200):
        Path("d").mkdir()
        os.chdir("d")
    Path("a.log").write_text("deep")
    os.chdir(tmp_path)
    found, left = listed(tmp_path)
    assert found or left
