"""Writes `evidence/`: what the tools really emitted."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

from lab.director import Director
from lab.monitoring import EXPORTED
from lab.stack import Stack

STEP_SECONDS = 5


def write_evidence(folder: Path, stack: Stack, director: Director) -> None:
    """Ask Prometheus, copy logs and deliveries, export chat and repository into `folder`."""
    folder.mkdir(parents=True)
    started = stack.measurements()[0].sent
    metrics = folder / "metrics"
    metrics.mkdir()
    for name, query in EXPORTED.items():
        (metrics / f"{name}.json").write_bytes(stack.monitoring.query_range(query, started, time.time(), STEP_SECONDS))
    shutil.copytree(stack.folder / "alertmanager", folder / "alertmanager")
    shutil.copy(stack.cluster.log, folder / "postgresql.log")
    (folder / "postgresql.log").chmod(0o644)
    shutil.copy(stack.home / "app.log", folder / "app.log")
    shutil.copy(stack.home / "deploys.jsonl", folder / "deploys.jsonl")
    (folder / "git.log").write_text(stack.repository.run("log", "--stat", "--no-color", "--no-decorate"))
    stack.repository.run("bundle", "create", "-q", str((folder / "shop.bundle").absolute()), "--all")
    (folder / "shell_history").write_text(director.shell_history())
    director.chat.export(folder / "slack")
