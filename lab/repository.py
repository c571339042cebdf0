"""The shop's git repository: a short past, then the real commits of the recording."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from lab.people import Person
from lab.scene import Scene

SOURCES = Path(__file__).parent / "shop"
WEB_CONFIG = """\
[database]
pool_size = {pool_size}
pool_timeout_seconds = 2
statement_timeout_ms = {statement_timeout_ms}

[catalogue]
cache_ttl_seconds = {cache_ttl_seconds}

[payments]
timeout_seconds = 3
"""
PAYMENTS_CONFIG = """\
[provider]
token_refresh_seconds = {token_refresh_seconds}
"""


@dataclass(frozen=True)
class Change:
    """Files to write (path to new text, or path to an old and a new piece) and the commit's subject and body."""

    subject: str
    body: str = ""
    write: tuple[tuple[str, str], ...] = ()
    replace: tuple[tuple[str, str, str], ...] = ()


class Repository:
    """A checkout and what is committed to it."""

    def __init__(self, git: Path, folder: Path) -> None:
        self._git = git
        self.folder = folder

    def run(self, *arguments: str, environment: dict[str, str] | None = None) -> str:
        """Run git in the checkout and return what it printed."""
        done = subprocess.run(
            [str(self._git), *arguments],
            cwd=self.folder,
            env={**os.environ, "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", **(environment or {})},
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def commit(self, change: Change, author: Person, *, at: float | None = None, version: str | None = None) -> str:
        """Commit as `author` in their zone, now unless `at` is given; tag it when `version` is. Returns the short hash."""
        for path, text in change.write:
            (self.folder / path).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / path).write_text(text)
        for path, old, new in change.replace:
            before = (self.folder / path).read_text()
            if old not in before:
                raise ValueError(f"{path} does not hold {old!r}")
            (self.folder / path).write_text(before.replace(old, new, 1))
        when = f"{int(at or time.time())} {author.zone}"
        identity = {
            "GIT_AUTHOR_NAME": author.name,
            "GIT_AUTHOR_EMAIL": author.email,
            "GIT_COMMITTER_NAME": author.name,
            "GIT_COMMITTER_EMAIL": author.email,
            "GIT_AUTHOR_DATE": when,
            "GIT_COMMITTER_DATE": when,
        }
        self.run("add", "-A")
        body = ["-m", change.body] if change.body else []
        self.run("commit", "-q", "-m", change.subject, *body, environment=identity)
        if version:
            self.tag(version)
        return self.run("rev-parse", "--short=10", "HEAD").strip()

    def tag(self, version: str) -> None:
        """Name the newest commit as a release."""
        self.run("tag", f"build-{version}")


def start_repository(
    git: Path, folder: Path, *, scene: Scene, authors: list[Person], rng: random.Random, settings: dict[str, int]
) -> Repository:
    """Make a repository with the shop's source and some commits of the last two weeks; the last is released."""
    folder.mkdir()
    repository = Repository(git, folder)
    repository.run("init", "-q", "-b", "main")
    past = sorted(time.time() - rng.uniform(0.08, 14) * 86400 for _ in range(len(PAST) + 1))
    shutil.copytree(SOURCES, folder / "shop", ignore=shutil.ignore_patterns("__pycache__", "*.sh", "*.sql"))
    shutil.copy(SOURCES / "deploy.sh", folder / "deploy.sh")
    (folder / "deploy.sh").chmod(0o755)
    first = Change(
        "Import the shop",
        write=(
            ("config/web.toml", WEB_CONFIG.format(**settings)),
            ("config/payments.toml", PAYMENTS_CONFIG.format(**settings)),
            ("migrations/0001_schema.sql", (SOURCES / "schema.sql").read_text()),
            ("README.md", f"# {scene.company}\n\nDeploy with `./deploy.sh deploy SERVICE VERSION`.\n"),
            (".gitignore", "__pycache__/\nVERSION\n"),
        ),
    )
    repository.commit(first, rng.choice(authors), at=past[0])
    for at, (subject, path, text) in zip(past[1:], rng.sample(PAST, len(PAST)), strict=True):
        change = Change(subject_line(scene, subject, rng), write=((path, text),))
        repository.commit(change, rng.choice(authors), at=at)
    repository.tag(scene.version())
    return repository


def subject_line(scene: Scene, words: str, rng: random.Random) -> str:
    """Give a commit's subject in the house's manner."""
    kind = "fix" if words.lower().startswith(("fix", "revert")) else "feat" if words.lower().startswith("add") else "chore"
    return {
        "imperative": words,
        "scoped": f"{rng.choice(('shop', 'orders', 'web', 'infra'))}: {words[0].lower()}{words[1:]}",
        "conventional": f"{kind}: {words[0].lower()}{words[1:]}",
        "numbered": f"{words} (#{rng.randint(300, 999)})",
    }[scene.subject]


PAST = [
    (
        "Add a note on how to read the dashboards",
        "docs/dashboards.md",
        "Start with the error ratio, then latency, then orders.\n",
    ),
    ("Fix the wording of the returns page", "docs/returns.md", "Returns are free within 30 days.\n"),
    ("Add on-call rota for November", "docs/oncall.md", "See the calendar.\n"),
    ("Document how to run a migration", "docs/migrations.md", "Migrations run before the release becomes current.\n"),
    ("Add robots.txt", "static/robots.txt", "User-agent: *\nDisallow: /checkout\n"),
    ("Fix the favicon", "static/favicon.txt", "placeholder\n"),
    ("Add an editorconfig", ".editorconfig", "root = true\n[*]\nindent_style = space\n"),
]
