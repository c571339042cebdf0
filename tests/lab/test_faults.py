"""What plays say and do, without playing them."""

import ast
import random
import subprocess
from pathlib import Path

import pytest
from lab.faults import FAULTS
from lab.faults.habits import manner
from lab.monitoring import AlertPlan, alertmanager_configuration, rules
from lab.phrases import FOLDER, read_forms
from lab.scene import scene

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "lab" / "faults").glob("*.py"))


def said_intents() -> set[str]:
    """The intents that plays name outright: the second argument of every `say` and `choose`-like call."""
    found = set()
    for source in SOURCES:
        for node in ast.walk(ast.parse(source.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "say":
                for part in ast.walk(node.args[1]):
                    if (
                        isinstance(part, ast.Constant)
                        and isinstance(part.value, str)
                        and not isinstance(node.args[1], ast.JoinedStr)
                    ):
                        found.add(part.value)
    return found


def test_every_intent_that_a_play_says_has_words() -> None:
    known = {intent for path in FOLDER.glob("*.toml") for intent in read_forms(path)}
    assert len(said_intents()) > 40
    assert said_intents() <= known


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_every_seed_makes_a_play_whose_pages_go_to_two_teams(fault: str, seed: int) -> None:
    play = FAULTS[fault].build(random.Random(f"{fault}-{seed}"))
    assert play.scene.first_team.receiver != play.scene.right_team.receiver
    assert play.plan.alerts.error_team == play.scene.first_team.name
    assert play.plan.alerts.sustained_team in (None, play.scene.right_team.name)


def test_seeds_differ_in_ceremony() -> None:
    rng = random.Random(4)
    manners = [manner([rng.random() for _ in range(6)]) for _ in range(300)]
    for field in ("acknowledge", "declare", "resolve"):
        assert {getattr(one, field) for one in manners} == {"words", "bot", "none"}
    assert not any(one.own_channel and one.declare == "none" for one in manners)


def test_the_command_that_re_routes_changes_only_the_route(tmp_path: Path) -> None:
    there = scene(random.Random(1), "frontend", "orders")
    plan = AlertPlan(error_team="frontend", slow_team=None, sustained_team=None)
    path = tmp_path / "alertmanager.yml"
    path.write_text(alertmanager_configuration(there, plan, 9999))
    before = path.read_text()
    pattern = f'/team="frontend"/{{n;s/receiver: .*/receiver: {there.right_team.receiver}/}}'
    subprocess.run(["sed", "-i", pattern, path], check=True)
    changed = [pair for pair in zip(before.splitlines(), path.read_text().splitlines(), strict=True) if pair[0] != pair[1]]
    assert changed == [(f"      receiver: {there.first_team.receiver}", f"      receiver: {there.right_team.receiver}")]


def test_rules_hold_the_alerts_of_the_plan() -> None:
    there = scene(random.Random(1), "frontend", "orders")
    names = [rule["alert"] for rule in rules(there, AlertPlan("frontend", None, "orders"))["groups"][1]["rules"]]
    assert names == [there.error_alert, there.sustained_alert]
