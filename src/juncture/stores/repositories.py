"""Git repositories and bundles as the text that `git log` prints of them.

A repository may come from anyone, so git runs without what its configuration could start: hooks, pagers, external diffs,
text conversions, signature programs, file system monitors, and fetching of missing objects.
"""

from __future__ import annotations

import importlib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, cast

from juncture.casework.reading import Given
from juncture.evidence.archives.streams import Reopenable
from juncture.model.evidence import LeftOut

BUNDLE_MARKS = (b"# v2 git bundle\n", b"# v3 git bundle\n")
"""gitformat-bundle(5)."""
SECONDS = 120
"""How long one git command may take. The log of a million commits with their numbers takes about a minute."""
_HARMLESS = (
    "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "core.pager=cat", "core.alternateRefsCommand=",
    "protocol.allow=never", "log.showSignature=false", "gpg.program=false", "diff.external=", "gc.auto=0",
    "maintenance.auto=false", "core.untrackedCache=false", "core.attributesFile=", "log.mailmap=false",
)  # fmt: skip


def git_directory(folder: Path) -> Path | None:
    """Return where a folder's repository is, if the folder is one: its `.git`, or the folder itself if it is bare."""
    dot_git = folder / ".git"
    if (dot_git / "HEAD").is_file() or dot_git.is_file():
        return dot_git
    if (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir():
        return folder
    return None


def log_of(directory: Path, label: str) -> Iterator[Given | LeftOut]:
    """Yield the log of the repository whose git directory is given."""
    yield from _log(directory, label)
    if directory.name == ".git":
        yield LeftOut(label, "is a git repository: its log is read, its files are not; name those that are evidence")


def log_of_bundle(path: Path, label: str) -> Iterator[Given | LeftOut]:
    """Yield the log of a bundle, unpacked into a repository that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="juncture-") as folder:
        steps: tuple[Sequence[str], ...] = (
            ("init", "--quiet", "--bare", "--template=", folder),
            ("--git-dir", folder, "fetch", "--quiet", "--no-tags", os.fspath(path.resolve()), "+refs/*:refs/*"),
        )
        for arguments in steps:
            if why := _run(("-c", "protocol.file.allow=always", *arguments), protocol="file"):
                yield LeftOut(label, f"is a git bundle that cannot be unpacked: {why}", damaged=True)
                return
        yield from _log(Path(folder), label)


def _log(directory: Path, label: str) -> Iterator[Given | LeftOut]:
    spool = cast("BinaryIO", tempfile.TemporaryFile())  # noqa: SIM115 - closed when nobody needs it
    arguments = ("--git-dir", os.fspath(directory), "--no-pager", *_log_arguments(), "--no-ext-diff", "--no-textconv")
    if why := _run(arguments, spool):
        yield LeftOut(label, f"is a git repository whose log ends early: {why}", damaged=True)
    yield Given(f"{label} (git log)", Reopenable(spool).open)


def _log_arguments() -> tuple[str, ...]:
    """Return what to ask git for: the reader of its log says what it reads."""
    module = importlib.import_module("juncture.evidence.readers.git")
    arguments: tuple[str, ...] = module.LOG_ARGUMENTS
    return arguments if arguments[:1] == ("log",) else ("log", *arguments)


def _run(arguments: Sequence[str], output: BinaryIO | None = None, protocol: str = "none") -> str | None:
    """Run git, which may read by no protocol but the one given; return what went wrong, None if nothing did."""
    command = ["git", *(part for setting in _HARMLESS for part in ("-c", setting)), *arguments]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output or subprocess.DEVNULL, stderr=subprocess.PIPE,
            env=_environment(protocol), timeout=SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError:
        return "git is not installed; give the text that `git log` prints"
    except subprocess.TimeoutExpired:
        return f"git took longer than {SECONDS} seconds"
    if done.returncode == 0:
        return None
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else f"git ended with {done.returncode}"


def _environment(protocol: str) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LC_ALL": "C.UTF-8",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_ALLOW_PROTOCOL": protocol,
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }
