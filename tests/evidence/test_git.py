import datetime as dt
import hashlib
import io
import os
import subprocess
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.changed_files import service_of_files
from juncture.evidence.git_log import path_of
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.git import LOG_ARGUMENTS, READER
from juncture.model.errors import BadEvidence
from juncture.model.evidence import Kind, Lane, LeftOut, Note, Sighting
from juncture.model.instants import parse_instant

AT = parse_instant("2026-03-02T14:05:00Z")


def artefact(text, label="git.log"):
    data = text if isinstance(text, bytes) else text.encode()
    return Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", label, len(data), lambda: io.BytesIO(data), label)


def read(text, zone=None):
    return list(READER.session(Settings(today=dt.date(2026, 3, 2), zone=zone)).read(artefact(text)))


def confidence(text):
    return READER.recognise(artefact(text).head())


class Repository:
    """A real repository: git itself says what its layouts are."""

    def __init__(self, folder):
        self._folder = folder
        self._minute = 0
        self.git("init", "-q", "-b", "main", ".")

    def git(self, *arguments):
        self._minute += 1
        stamp = f"2026-03-02T15:{self._minute:02}:00+0100"
        own = {
            name: f"Kim Sample{'' if name.endswith('NAME') else '@shop.example'}".replace(
                " ", "" if name.endswith("EMAIL") else " "
            )
            for name in ("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL")
        }
        environment = {
            **os.environ,
            **own,
            "GIT_AUTHOR_DATE": "2026-03-02T14:00:00+0100",
            "GIT_COMMITTER_DATE": stamp,
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "TZ": "UTC",
        }
        return subprocess.run(
            ["git", *arguments], cwd=self._folder, env=environment, check=True, capture_output=True, text=True
        ).stdout

    def commit(self, path, content, message):
        (self._folder / path).parent.mkdir(parents=True, exist_ok=True)
        (self._folder / path).write_text(content)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD").strip()


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    made = Repository(tmp_path_factory.mktemp("repository"))
    made.commit("services/checkout/pool.py", "size = 8\n" * 9, "Add the pool (#12)\n\nSee https://shop.example/d/1")
    bad = made.commit("services/checkout/pool.py", "size = 200\n" * 12, "Raise: the pool | to 200, for ~ now; [fast]")
    made.git("tag", "v2.0")
    made.git("checkout", "-q", "-b", "side")
    made.commit("docs/ü b.md", "words\n", "Write it down")
    made.git("checkout", "-q", "main")
    made.git("merge", "-q", "--no-ff", "side", "-m", "Merge pull request #13 from shop/side")
    made.commit("services/checkout/pool.py", "size = 8\n" * 9, f'Revert "Raise"\n\nThis reverts commit {bad}.')
    return made


SUBJECTS = [
    'Revert "Raise"',
    "Merge pull request #13 from shop/side",
    "Write it down",
    "Raise: the pool | to 200, for ~ now; [fast]",
    "Add the pool (#12)",
]
COMMITTER_DATED = {"machine", "fuller", "raw", "patch", "pipe", "lg"}
LAYOUTS = {
    "machine": LOG_ARGUMENTS,
    "medium": ("log",),
    "stat": ("log", "--stat", "--decorate"),
    "fuller": ("log", "--format=fuller", "--name-status", "--date=iso-strict"),
    "raw": ("log", "--format=raw", "--raw"),
    "patch": ("log", "--format=fuller", "-p"),
    "graph": ("log", "--graph", "--decorate", "--numstat"),
    "colours": ("log", "--color=always", "--stat"),
    "iso": ("log", "--date=iso", "--shortstat"),
    "unix": ("log", "--date=unix", "--name-only"),
    "rawdate": ("log", "--date=raw"),
    "rfc": ("log", "--date=rfc"),
    "local": ("log", "--date=local"),
    "pipe": ("log", "--format=%H|%an|%ae|%cI|%s"),
    "comma": ("log", '--format="%h","%an","%ad","%s"', "--date=iso"),
    "tab": ("log", "--format=%ad%x09%h%x09%an%x09%s", "--date=iso", "--stat"),
    "iso line": ("log", "--format=%h %ad %s", "--date=iso"),
    "lg": ("log", "--graph", "--color=always", "--format=%C(red)%h%C(reset) -%d %s %C(green)(%ci)%C(reset) <%an>"),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_of_git_gives_the_same_commits(repository, name):
    printed = repository.git(*LAYOUTS[name])
    assert confidence(printed) >= Confidence.PLAUSIBLE
    found = [item for item in read(printed) if isinstance(item, Sighting)]
    assert {item.summary for item in found} == set(SUBJECTS)
    hashes = repository.git("log", "--format=%H").split()
    for item in found:
        assert any(one.startswith(item.details.revision) for one in hashes)
        assert item.keys == (f"commit:{item.details.revision}",)
        assert (
            item.occurred_at.hour == 14
            if name in COMMITTER_DATED
            else item.occurred_at == parse_instant("2026-03-02T13:00:00Z")
        )
        assert item.lane is Lane.CHANGE
        assert item.known_at is None
        assert item.recorded_at == item.occurred_at
        assert item.actor == "Kim Sample" or name == "iso line"
    assert not [item for item in read(printed) if isinstance(item, LeftOut)]


@pytest.mark.parametrize("name", ["machine", "stat", "patch", "graph", "colours", "tab"])
def test_files_and_lines_are_read_below_the_message(repository, name):
    found = {item.summary: item for item in read(repository.git(*LAYOUTS[name])) if isinstance(item, Sighting)}
    raised = found[SUBJECTS[3]]
    assert raised.details.files == ("services/checkout/pool.py",)
    assert (raised.details.lines_added, raised.details.lines_removed) == (12, 9)
    assert raised.service == "checkout"
    assert found["Write it down"].details.files == ("docs/ü b.md",)
    assert found["Write it down"].service is None


def test_kinds_links_and_places_are_told(repository):
    found = {item.summary: item for item in read(repository.git(*LOG_ARGUMENTS))}
    revert, merge, first, raised = (found[SUBJECTS[number]] for number in (0, 1, 4, 3))
    assert (revert.kind, merge.kind, first.kind) == (Kind.ROLLBACK, Kind.MERGE, Kind.COMMIT)
    assert raised.keys[0] in revert.links
    assert "#13" in merge.links
    assert {"#12", "https://shop.example/d/1"} <= set(first.links)
    assert raised.details.reference == "v2.0"
    assert raised.details.previous == first.details.revision
    assert merge.details.files == ("docs/ü b.md",)
    assert revert.citation.place == "line:1-2"


def test_the_same_commit_has_the_same_id_in_every_layout_that_prints_its_hash_whole(repository):
    ids = [
        {item.id for item in read(repository.git(*LAYOUTS[name])) if isinstance(item, Sighting)}
        for name in ("machine", "medium", "patch", "pipe")
    ]
    assert all(one == ids[0] for one in ids)


def test_the_citation_is_the_header_and_message_without_the_patch(repository):
    printed = repository.git(*LAYOUTS["patch"])
    lines = printed.split("\n")
    for item in read(printed):
        first, _, last = item.citation.place.removeprefix("line:").partition("-")
        cited = lines[int(first) - 1 : int(last)]
        assert cited[0].startswith("commit ")
        assert not any(line.startswith("diff ") for line in cited)


def test_dates_without_a_zone_are_taken_in_the_zone_given_else_it_says_so(repository):
    printed = repository.git("log", "--date=local")
    assert [item.why for item in read(printed) if isinstance(item, Note)] == [
        "dates without a zone are taken as UTC; say --timezone if they are local"
    ]
    tokyo = read(printed, ZoneInfo("Asia/Tokyo"))
    assert {type(item) for item in tokyo} == {Sighting}
    assert tokyo[0].occurred_at == parse_instant("2026-03-02T13:00:00+09:00")


def test_a_day_without_a_time_covers_the_day(repository):
    item = read(repository.git("log", "--date=short"), ZoneInfo("UTC"))[0]
    assert (item.earliest, item.latest) == (parse_instant("2026-03-02T00:00:00Z"), parse_instant("2026-03-02T23:59:59.999999Z"))


@pytest.mark.parametrize("arguments", [("log", "--oneline"), ("log", "--format=full"), ("log", "--date=relative")])
def test_layouts_without_dates_are_left_out_with_what_to_do(repository, arguments):
    printed = repository.git(*arguments)
    assert confidence(printed) > Confidence.NO
    (left_out,) = read(printed)
    assert (left_out.count, left_out.damaged) == (5, False)
    assert "git log --stat --date=iso" in left_out.why


def test_a_packed_bundle_is_refused_by_name():
    assert confidence(b"# v2 git bundle\n123") is Confidence.CERTAIN
    with pytest.raises(BadEvidence, match="bundle"):
        read(b"# v2 git bundle\n123")


def test_a_prompt_before_the_log_and_windows_line_ends_do_no_harm(repository):
    printed = "$ git log\r\n" + repository.git("log").replace("\n", "\r\n")
    assert confidence(printed) is Confidence.CERTAIN
    assert [item.summary for item in read(printed)] == SUBJECTS


@pytest.mark.parametrize(
    "text",
    [
        "",
        "commit to the plan\nAuthor: me\n",
        "2026-03-02T14:02:31Z INFO request 9f8e7d6c took 3 ms\n" * 5,
        "d41d8cd98f00b204e9800998ecf8427e  a.txt\n" * 5,
        "9f8e7d6c5b4a request took 3 ms\n",
        "deadbee\n" * 3,
        "id,time,text\n1,2026-03-02 14:02:31,hello\n2,2026-03-02 14:03:31,you\n",
    ],
)
def test_other_texts_are_not_taken_for_a_log(text):
    assert confidence(text) is Confidence.NO


@pytest.mark.parametrize(
    ("printed", "path"),
    [
        ("a/b.py", "a/b.py"),
        ('"docs/\\303\\274.md"', "docs/ü.md"),
        ("src/{old => new}/x.py", "src/new/x.py"),
        ("src/{ => new}/x.py", "src/new/x.py"),
        ("src/{old => }/x.py", "src/x.py"),
        ("a.py => b.py", "b.py"),
    ],
)
def test_paths_are_those_after_the_change(printed, path):
    assert path_of(printed) == path


@pytest.mark.parametrize(
    ("files", "service"),
    [
        (["services/checkout/a.py", "services/checkout/b/c.py", "CHANGELOG.md"], "checkout"),
        (["checkout/pool.py"], "checkout"),
        (["checkout/a.py", "orders/a.py"], None),
        (["src/a.py"], None),
        (["docs/services/a.md"], None),
        (["README.md"], None),
        ([], None),
    ],
)
def test_the_service_is_the_folder_that_all_files_share(files, service):
    assert service_of_files(files) == service


@settings(deadline=None)
@given(
    st.text(alphabet="commit Author:Date|\x1e\x1f\n\t0123456789abcdef-+<>@()é ", max_size=300),
    st.sampled_from(["", "commit " + "a1" * 20 + "\n", "\x1e" + "a1" * 20 + "\x1f"]),
)
def test_any_text_ends_in_sightings_or_reasons(text, start):
    assert isinstance(confidence(start + text), Confidence)
    for item in read(start + text):
        assert isinstance(item, Sighting | LeftOut | Note)
