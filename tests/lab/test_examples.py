"""What was recorded and is shipped: the truth holds against the evidence beside it."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

EXAMPLES = sorted((Path(__file__).parents[2] / "examples").glob("*/truth.json"))
TIME_KEYS = ("ts", "time", "timestamp", "@timestamp")

pytestmark = pytest.mark.parametrize("path", EXAMPLES, ids=[path.parent.name for path in EXAMPLES])


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def milestones(path: Path) -> dict[str, float | None]:
    found = json.loads(path.read_text())["milestones"]
    return {name: instant(at) if at else None for name, at in found.items()}


def messages(path: Path) -> list[dict]:
    return [one for file in (path.parent / "evidence" / "slack").glob("*/*.json") for one in json.loads(file.read_text())]


def test_users_felt_it_when_the_application_says_so(path: Path) -> None:
    bad = []
    for line in (path.parent / "evidence" / "app.log").read_text().splitlines():
        entry = json.loads(line)
        if entry.get("status", 0) >= 500 or entry.get("duration_ms", 0) > 2000:
            bad.append(instant(next(entry[key] for key in TIME_KEYS if key in entry)))
    told = milestones(path)
    assert 0 <= min(bad) - told["started_at"] < 10
    assert abs(max(bad) - told["mitigated_at"]) < 2


def test_detection_is_the_first_page_or_an_earlier_message(path: Path) -> None:
    first = min((path.parent / "evidence" / "alertmanager").glob("*-firing.json")).name[:20]
    paged = datetime.strptime(first, "%Y%m%dT%H%M%S.%fZ").replace(tzinfo=UTC).timestamp()
    detected = milestones(path)["detected_at"]
    assert detected <= paged + 0.01
    if paged - detected > 0.01:
        assert any(abs(float(one["ts"]) - detected) < 0.01 for one in messages(path))


def test_what_was_said_stands_in_the_chat_at_that_instant(path: Path) -> None:
    truth = json.loads(path.read_text())
    said = [float(one["ts"]) for one in messages(path)]
    instants = [one["at"] for one in truth["decisions"]]
    instants += [
        truth["milestones"][f"{name}_at"] for name in ("acknowledged", "declared") if truth["milestones"][f"{name}_at"]
    ]
    for at in instants:
        assert any(abs(stamp - instant(at)) < 0.002 for stamp in said), at


def test_milestones_follow_each_other(path: Path) -> None:
    told = milestones(path)
    assert told["started_at"] <= told["detected_at"] <= told["mitigated_at"] <= told["resolved_at"]
    assert instant(json.loads(path.read_text())["trigger"]["at"]) <= told["started_at"]


def test_people_are_marked_as_samples_and_the_whole_is_small(path: Path) -> None:
    evidence = path.parent / "evidence"
    users = json.loads((evidence / "slack" / "users.json").read_text())
    assert all("sample persona" in user["profile"]["title"] for user in users)
    assert "sample personas" in (path.parent / "README.md").read_text()
    assert sum(file.stat().st_size for file in evidence.rglob("*") if file.is_file()) < 5_000_000


def test_the_bundle_holds_the_commits_of_the_log(path: Path, tmp_path: Path) -> None:
    evidence = path.parent / "evidence"
    subprocess.run(["git", "clone", "-q", evidence / "shop.bundle", tmp_path / "shop", "-b", "main"], check=True)
    log = subprocess.run(
        ["git", "log", "--format=commit %H"], cwd=tmp_path / "shop", capture_output=True, text=True, check=True
    )
    told = [line for line in (evidence / "git.log").read_text().splitlines() if line.startswith("commit ")]
    assert log.stdout.splitlines() == told


def test_nothing_tells_where_it_was_recorded(path: Path) -> None:
    for file in path.parent.rglob("*"):
        if file.is_file() and file.suffix != ".bundle":
            text = file.read_text()
            assert "/tmp/" not in text.replace("--out /tmp/", ""), file
            assert str(Path(__file__).parents[2]) not in text, file
