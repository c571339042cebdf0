import re
import tomllib
from pathlib import Path

import pytest

from juncture.cli import COMMANDS
from juncture.evidence.registry import installed_readers
from juncture.model import evidence, record
from tests import command_line_page

ROOT = Path(__file__).parents[1]


def text(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_page_of_the_command_line_is_what_the_help_texts_say():
    assert text("docs/command-line.md") == command_line_page.page()


@pytest.mark.parametrize("reader", installed_readers(), ids=lambda reader: reader.name)
def test_every_source_is_documented_and_has_recorded_documents(reader):
    assert f"`{reader.name}`" in text("docs/sources.md")
    module = type(reader).__module__.rpartition(".")[2]
    assert list((ROOT / "tests" / "readers").glob(f"{module}/*/expected.jsonl")), "no recorded documents"


@pytest.mark.parametrize(
    "variable", sorted(set(re.findall(r"JUNCTURE_[A-Z_]+", "".join(path.read_text() for path in (ROOT / "src").rglob("*.py")))))
)
def test_every_setting_is_documented(variable):
    assert variable in text("docs/settings.md")


@pytest.mark.parametrize("practice", ["google", "amazon-coe", "netflix-oops"])
def test_every_practice_is_documented(practice):
    assert f"`{practice}`" in text("docs/practices.md")


@pytest.mark.parametrize("milestone", record.MilestoneName)
def test_every_milestone_is_defined(milestone):
    assert f"**{milestone}**" in text("docs/timeline.md")


@pytest.mark.parametrize("kind", evidence.Kind)
def test_every_kind_of_event_is_explained(kind):
    assert f"`{kind}`" in text("docs/timeline.md")


def test_every_weak_point_is_documented():
    rules = tomllib.loads(text("src/juncture/inquiry/weakpoints.toml"))
    for rule in rules.values():
        assert f"| {rule['title']} |" in text("docs/draft.md")


def test_the_commands_of_the_readme_are_commands():
    named = set(re.findall(r"^ +juncture ([a-z]+)", text("README.md"), re.MULTILINE))
    assert named
    assert named <= set(COMMANDS)


def test_every_decision_is_in_the_index_and_every_page_in_the_navigation():
    decisions = {path.name for path in (ROOT / "docs" / "decisions").glob("0*.md")}
    assert decisions == set(re.findall(r"\((0\d+-[a-z-]+\.md)\)", text("docs/decisions/index.md")))
    pages = {path.name for path in (ROOT / "docs").glob("*.md")}
    assert pages == set(re.findall(r": ([a-z-]+\.md)$", text("mkdocs.yml"), re.MULTILINE))


def test_every_dependency_has_its_reason():
    named = re.search(r"^dependencies = \[(.*?)^\]", text("pyproject.toml"), re.MULTILINE | re.DOTALL)[1]
    for name in re.findall(r'"([a-z0-9-]+)', named):
        assert name in text("docs/decisions/0006-dependencies.md")
