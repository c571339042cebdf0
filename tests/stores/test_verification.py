import io
import json
from hashlib import sha256

import pytest

from juncture.casework.ports import Received
from juncture.casework.verification import verify_store
from juncture.stores.folder import FolderStore

DAY = b'[{"text": "one"}, {"text": "two"}]'


def hash_of(data):
    return f"sha256:{sha256(data).hexdigest()}"


@pytest.fixture
def store(tmp_path):
    store = FolderStore(tmp_path, by="robin")
    list(
        store.put(
            [
                Received("day.json", "export.zip", lambda: io.BytesIO(DAY)),
                Received("a.log", None, lambda: io.BytesIO(b"one\ntwo\n")),
            ]
        )
    )
    return store


def broken(store):
    return [str(finding) for finding in verify_store(store) if finding.broken]


def test_an_untouched_store_has_no_finding(store):
    assert list(verify_store(store)) == []


def test_any_changed_byte_of_the_ledger_is_found(store, tmp_path):
    path = tmp_path / "ledger.jsonl"
    data = path.read_bytes()
    for at in range(len(data)):
        changed = bytearray(data)
        changed[at] ^= 1
        path.write_bytes(changed)
        assert broken(store), f"byte {at}: {data[at - 10 : at + 10]!r}"
    path.write_bytes(data)
    assert broken(store) == []


def test_any_changed_byte_of_an_artefact_is_found_and_named(store, tmp_path):
    digits = hash_of(DAY).removeprefix("sha256:")
    path = tmp_path / "artefacts" / digits[:2] / digits
    path.chmod(0o600)
    for at in range(len(DAY)):
        changed = bytearray(DAY)
        changed[at] ^= 0x20
        path.write_bytes(changed)
        [problem] = broken(store)
        assert problem.startswith("export.zip!/day.json: was changed")
    path.write_bytes(DAY + b" ")
    assert "bytes where" in broken(store)[0]


def test_the_note_of_the_ledgers_end_is_missed(store, tmp_path):
    (tmp_path / "ledger.head").unlink()
    assert any("ledger.head: is gone" in problem for problem in broken(store))


@pytest.mark.parametrize("change", ["remove", "swap", "double", "forge"])
def test_entries_removed_swapped_doubled_or_forged_are_found(store, tmp_path, change):
    path = tmp_path / "ledger.jsonl"
    first, second = path.read_bytes().splitlines(keepends=True)
    forged = first.replace(b'"by":"robin"', b'"by":"ana"')
    path.write_bytes(
        {"remove": second, "swap": second + first, "double": first + first + second, "forge": forged + second}[change]
    )
    assert broken(store)


def test_a_missing_artefact_and_one_too_many_are_named(store, tmp_path):
    digits = hash_of(DAY).removeprefix("sha256:")
    (tmp_path / "artefacts" / digits[:2] / digits).unlink()
    stray = tmp_path / "artefacts" / "ff" / ("f" * 64)
    stray.parent.mkdir(exist_ok=True)
    stray.write_bytes(b"stray")
    problems = broken(store)
    assert any(problem.startswith("export.zip!/day.json: is missing") for problem in problems)
    assert any("no entry of the ledger" in problem for problem in problems)


def test_citations_of_records_and_timelines_are_followed(store, tmp_path):
    def event(place, artefact=None):
        return {"summary": "x", "citations": [{"artefact": artefact or hash_of(DAY), "path": None, "place": place}]}

    (tmp_path / "timeline.jsonl").write_text("\n".join(json.dumps(event(place)) for place in ("/0", "/1/text", "", "/7")))
    (tmp_path / "draft.json").write_text(
        json.dumps({"milestones": [event("line:3", hash_of(b"one\ntwo\n")), event("line:2", hash_of(b"one\ntwo\n"))]})
    )
    label = "[^e1]: 14:32 UTC, slack: x (event " + "a" * 32
    (tmp_path / "PM-1.md").write_text(
        f"# A\n\n{label}, {hash_of(DAY)}, /1)\n{label}, {hash_of(b'never')}, /0)\n{label}, {hash_of(DAY)}, /9)\n"
    )
    assert broken(store) == [
        f"PM-1.md, line 4: cites {hash_of(b'never')}, which never came in",
        "PM-1.md, line 5: cites /9 of day.json, which is not there",
        "timeline.jsonl, line 4: cites /7 of day.json, which is not there",
        "draft.json: cites line:3 of a.log, which is not there",
    ]


def test_a_citation_of_what_was_erased_is_said_and_is_no_problem(store, tmp_path):
    (tmp_path / "draft.json").write_text(json.dumps({"artefact": hash_of(DAY), "place": "/0"}))
    store.erase(hash_of(DAY), "asked for", "ana")
    findings = list(verify_store(store))
    assert [finding.broken for finding in findings] == [False, False]
    assert "erased" in str(findings[1])


def test_what_was_erased_and_is_still_there_is_a_problem(store, tmp_path):
    digits = hash_of(DAY).removeprefix("sha256:")
    path = tmp_path / "artefacts" / digits[:2] / digits
    store.erase(hash_of(DAY), "asked for", "ana")
    path.write_bytes(DAY)
    assert any("still there" in problem for problem in broken(store))


def test_a_record_that_is_no_json_is_a_problem(store, tmp_path):
    (tmp_path / "draft.json").write_text('{"a": ')
    assert any("is no JSON" in problem for problem in broken(store))
