"""Killed before each statement and each change of a file: what is there afterwards is all of an act, or nothing of it."""

import os
import random
import subprocess
import sys

import pytest
from tests.web.served import environment

pytestmark = pytest.mark.skipif(
    os.environ.get("JUNCTURE_TEST_DATABASE", "sqlite") != "sqlite", reason="it copies folders of its own, with SQLite"
)
ACTS = ("import", "removal", "add", "time", "join", "write", "publish", "receive", "remove")


def died(tmp_path, act, *more):
    command = [sys.executable, "-m", "tests.web.dying", str(tmp_path / "data"), act, *map(str, more)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment())
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("act", ["removal", "join"])
def test_killed_at_some_steps_it_is_done_whole_or_not_at_all(tmp_path, act):
    died(tmp_path, act, 5, random.randrange(10**6))


@pytest.mark.long
@pytest.mark.parametrize("act", ACTS)
def test_killed_at_each_step_it_is_done_whole_or_not_at_all(tmp_path, act):
    died(tmp_path, act)
