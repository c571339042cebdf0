import io
import subprocess

import pytest

from juncture.model.evidence import LeftOut
from juncture.stores.folders import evidence_at

ENVIRONMENT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1", "HOME": "/nonexistent", "PATH": "/usr/bin:/bin"}


def git(folder, *arguments):
    subprocess.run(
        ["git", "-C", folder, "-c", "user.name=Sam Sample", "-c", "user.email=sam@example.org", *arguments],
        check=True,
        env=ENVIRONMENT,
        capture_output=True,
    )


@pytest.fixture
def repository(tmp_path):
    folder = tmp_path / "shop"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "a.txt").write_text("a\n")
    git(folder, "add", "a.txt")
    git(folder, "commit", "-qm", "Add a lock timeout")
    return folder


def given(path):
    found = list(evidence_at((str(path),), io.BytesIO()))
    assert [item for item in found if isinstance(item, LeftOut) and item.damaged] == []
    return "".join(item.opener().read().decode() for item in found if not isinstance(item, LeftOut))


def test_a_repository_is_read_by_its_log(repository):
    assert "Add a lock timeout" in given(repository)


def test_a_bundle_is_read_by_its_log(repository, tmp_path):
    git(repository, "bundle", "create", tmp_path / "shop.bundle", "--all")
    assert "Add a lock timeout" in given(tmp_path / "shop.bundle")


def test_hooks_and_configuration_of_a_repository_do_not_run(repository, tmp_path):
    mark = tmp_path / "ran"
    git(repository, "config", "core.fsmonitor", f"touch {mark}")
    git(repository, "config", "log.showSignature", "true")
    git(repository, "config", "gpg.program", f"touch {mark}")
    given(repository)
    assert not mark.exists()


def test_a_broken_bundle_is_left_out_with_a_reason(tmp_path):
    path = tmp_path / "x.bundle"
    path.write_bytes(b"# v2 git bundle\n" + b"0" * 40 + b" refs/heads/main\n\nPACKbroken")
    found = list(evidence_at((str(path),), io.BytesIO()))
    assert [isinstance(item, LeftOut) and item.damaged for item in found] == [True]
