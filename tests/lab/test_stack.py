"""The real stack, for some seconds."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from lab.faults import FAULTS, habits
from lab.processes import Processes, StackFailed
from lab.programs import MissingPrograms, Programs, find_programs
from lab.record import make_director
from lab.repository import start_repository
from lab.stack import running_stack


@pytest.fixture
def programs() -> Programs:
    try:
        return find_programs()
    except MissingPrograms as error:
        if "prometheus" in os.environ.get("JUNCTURE_REQUIRE", "").split():
            raise
        pytest.skip(str(error))


def left_over(words: str) -> list[str]:
    """Command lines of running processes that hold `words`."""
    found = []
    for process in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = process.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if words in line:
            found.append(line)
    return found


def alive(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_the_stack_starts_serves_deploys_and_leaves_no_process(programs: Programs) -> None:
    rng = random.Random(11)
    play = FAULTS["checkout-lock"].build(rng)
    director = make_director(rng, play, "checkout-lock", 11)
    people, journal = director.people, director.journal
    with running_stack(
        programs,
        scene=play.scene,
        plan=play.plan,
        journal=journal,
        announce=director.announce_delivery,
        make_repository=lambda folder: start_repository(
            programs.git, folder, scene=play.scene, authors=list(people.values()), rng=rng, settings=play.plan.settings
        ),
    ) as stack:
        director.enter(stack)
        folder, pids = stack.folder, stack.processes.pids()
        stack.start_load(20, 1)
        assert director.until(lambda: len(stack.measurements()) > 40, 60)
        habits.routine_deploy(director)
        assert [record["status"] for record in director.deploy_records()] == ["started", "finished"]
        assert director.until(lambda: stack.monitoring.value("up") == 1, 60)
        assert not any(one.status >= 500 for one in stack.measurements())
        assert "./deploy.sh deploy" in director.shell_history()
        pids += stack.processes.pids()
    assert not folder.exists()
    assert not left_over(folder.name)
    assert not [pid for pid in pids if alive(pid)]


def start_and_fail(logs: Path, pids: list[int]) -> None:
    with Processes(logs) as processes:
        processes.start("one", ["bash", "-c", "sleep 300 & sleep 300"])
        pids += processes.pids()
        raise RuntimeError("whatever")


def test_an_error_in_the_middle_ends_everything(tmp_path: Path) -> None:
    pids: list[int] = []
    with pytest.raises(RuntimeError):
        start_and_fail(tmp_path, pids)
    assert pids
    assert not [pid for pid in pids if alive(pid)]


def test_a_process_that_ends_with_an_error_is_told_with_its_last_words(tmp_path: Path) -> None:
    with Processes(tmp_path) as processes:
        process = processes.start("broken", ["bash", "-c", "echo no such table; exit 4"])
        process.wait(10)
        with pytest.raises(StackFailed, match=r"broken ended with status 4: no such table"):
            processes.check()


WITHOUT_PROGRAMS = """
import sys, lab.programs
lab.programs._find = lambda name: None
import lab.__main__ as lab
sys.exit(lab.main(["record", "--fault", "checkout-lock", "--out", sys.argv[1]]))
"""


def test_missing_programs_are_named_in_one_line_with_status_2(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WITHOUT_PROGRAMS, tmp_path]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert "apt-get install" in done.stderr
    assert not list(tmp_path.iterdir())


def test_faults_are_listed_and_an_unknown_one_is_refused() -> None:
    run = [sys.executable, "-m", "lab"]
    root = Path(__file__).parents[2]
    listed = subprocess.run([*run, "faults"], cwd=root, capture_output=True, text=True, check=True).stdout
    assert all(name in listed for name in FAULTS)
    refused = subprocess.run(
        [*run, "record", "--fault", "nope", "--out", "x"], cwd=root, capture_output=True, text=True, check=False
    )
    assert refused.returncode == 2
    assert "checkout-lock" in refused.stderr
