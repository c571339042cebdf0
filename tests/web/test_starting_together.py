"""Commands that are started at the same moment on an empty folder do not get into each other's way."""

import subprocess
import sys

import pytest
from django.db import connection


@pytest.mark.skipif(connection.vendor != "sqlite", reason="each has a folder of its own, with SQLite")
def test_people_are_added_to_an_empty_folder_by_four_commands_at_once(tmp_path):
    start = [sys.executable, "-m", "juncture", "user", "add", "--data", str(tmp_path / "data"), "--role", "author"]
    commands = [
        subprocess.Popen([*start, f"person{n}@example.org"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        for n in range(4)
    ]
    said = [command.communicate(timeout=120)[0] for command in commands]
    assert [command.returncode for command in commands] == [0] * 4, said
