"""The command line as a user meets it: what is printed where, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

JUNCTURE = [str(Path(sys.executable).with_name("juncture"))]
CHAT = """\
Sam Sample
  2:01 PM
checkout answers 500 since the deploy

Robin Sample
  2:03 PM
seeing the same
2:04
rolling back release 412 now
2:09
error rate is back to normal
"""


def run(*arguments, stdin=b"", folder=None, status=0):
    done = subprocess.run([*JUNCTURE, *arguments], input=stdin, capture_output=True, cwd=folder, timeout=60, check=False)
    err = done.stderr.decode()
    assert "Traceback" not in err
    assert done.returncode == status, err
    return done.stdout.decode(), err


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "chat.txt").write_text(CHAT)
    (tmp_path / "app.log").write_text("2026-03-02T14:00:30Z ERROR payment capture failed password=hunter2secret\n")
    return tmp_path


def test_pasted_chat_becomes_markdown_on_standard_output_and_the_account_goes_to_standard_error():
    out, err = run("draft", "-", "--date", "2026-03-02", stdin=CHAT.encode())
    assert out.startswith("---\n")
    assert "rolling back release 412" in out
    assert "Read Pasted conversation (1): 4 sightings, 4 events." in err
    assert "UTC" in err


@pytest.mark.parametrize(("suffix", "start"), [("md", "---\n"), ("json", "{\n"), ("html", "<!doctype html>")])
def test_the_suffix_decides_the_form(folder, suffix, start):
    out, _ = run("draft", "chat.txt", "app.log", "-o", f"out.{suffix}", folder=folder)
    assert out == ""
    assert (folder / f"out.{suffix}").read_text().startswith(start)


def test_a_secret_is_masked_everywhere_and_counted(folder):
    for form in ("table", "json", "jsonl", "csv", "md", "html"):
        out, err = run("timeline", "app.log", "--all", "--format", form, folder=folder)
        assert "hunter2secret" not in out
        assert "Masked 1 secrets" in err
    assert "hunter2secret" in run("timeline", "app.log", "--all", "--no-mask", folder=folder)[0]


def test_known_tells_nothing_that_came_later(folder):
    out, _ = run(
        "known",
        "chat.txt",
        "--date",
        "2026-03-02",
        "--timezone",
        "UTC",
        "--at",
        "2026-03-02T14:03:30Z",
        "--json",
        folder=folder,
    )
    told = json.loads(out)
    assert [event["summary"] for event in told["known"]] == ["checkout answers 500 since the deploy", "seeing the same"]
    assert "rolling back" not in out


def test_a_store_keeps_the_evidence_and_verify_finds_a_changed_byte(folder):
    run("draft", "chat.txt", "app.log", "--date", "2026-03-02", "--store", "kept", "-o", "out.md", folder=folder)
    assert run("verify", "kept", folder=folder)[0] == ""
    assert "store: kept\n" in (folder / "out.md").read_text()
    assert len((folder / "kept" / "timeline.jsonl").read_text().splitlines()) == 5
    victim = next(path for path in (folder / "kept" / "artefacts").rglob("*") if path.is_file())
    victim.chmod(0o600)
    victim.write_bytes(victim.read_bytes().replace(b"o", b"0", 1))
    assert victim.name[:12] in run("verify", "kept", folder=folder, status=1)[0]


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["timeline", "nothing.txt"], "nothing.txt: there is no such file or folder"),
        (["draft", "-", "--date", "2026-06-31"], "June 2026 has 30 days"),
        (["known", "chat.txt", "--at", "noon"], "write ISO 8601"),
        (["timeline", "chat.txt", "--timezone", "Mars/Base"], "write a name such as UTC"),
        (["draft", "chat.txt", "-o", "out.docx"], "Use .md, .json, .html or .pdf"),
        (["convert", "chat.txt", "out.pdfx"], "Use .md, .json, .html or .pdf"),
        (["verify", "nowhere"], "there is no such folder"),
        (["verify", "."], "is no store: it holds no ledger"),
        (["fly"], "No such command 'fly'"),
        (["draft", "chat.txt", "-o", "missing/out.md"], "cannot be written"),
    ],
)
def test_wrong_usage_is_one_line_and_status_2(folder, arguments, says):
    out, err = run(*arguments, folder=folder, status=2)
    assert out == ""
    assert says in err.splitlines()[-1]
    assert err.splitlines()[-1].startswith("juncture: ")


def test_nothing_readable_is_status_2_and_something_broken_is_status_1(folder):
    (folder / "picture.bin").write_bytes(bytes(range(256)) * 8)
    assert "picture.bin" in run("timeline", "picture.bin", folder=folder, status=2)[1]
    (folder / "half.jsonl").write_text(
        '{"time": "2026-03-02T14:05:00Z", "message": "one"}\n{"time": "2026-03-02T14:06:00Z", "mess\n'
    )
    out, err = run("timeline", "half.jsonl", "--all", folder=folder, status=1)
    assert "one" in out
    assert "half.jsonl, line 2" in err
    assert run("timeline", "half.jsonl", "picture.bin", "--all", folder=folder, status=1)[0] == out


def test_what_is_written_reads_back(folder):
    run("draft", "chat.txt", "--date", "2026-03-02", "-o", "a.md", folder=folder)
    run("convert", "a.md", "b.json", folder=folder)
    run("convert", "b.json", "c.md", folder=folder)
    run("convert", "a.md", "d.md", folder=folder)
    assert (folder / "c.md").read_bytes() == (folder / "d.md").read_bytes() == (folder / "a.md").read_bytes()


def test_a_reader_of_the_output_may_leave_early(folder):
    lines = "".join(
        f"2026-03-02T14:{n // 60:02d}:{n % 60:02d}Z ERROR failure number {n} of kind {n * n}\n" for n in range(3000)
    )
    (folder / "long.log").write_text(lines)
    command = f"{JUNCTURE[0]} timeline long.log chat.txt --all --format jsonl | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=folder, capture_output=True, timeout=60, check=False
    )
    assert b"Traceback" not in done.stderr
    assert done.stdout.count(b"\n") == 1


def test_demo_once_writes_a_page(tmp_path):
    out, err = run("demo", "--once", folder=tmp_path)
    assert out == ""
    assert "demo.html" in err
    assert 'role="slider"' in (tmp_path / "demo.html").read_text()


def test_text_without_names_and_times_is_told_what_to_copy():
    _, err = run("draft", "-", stdin=b"just some words\nwithout any time\n", status=2)
    assert "copy a conversation with its names and times" in err
    _, err = run("draft", "-", stdin=bytes(range(256)), status=2)
    assert "no reader knows this format (`juncture sources` lists what can be read)" in err
