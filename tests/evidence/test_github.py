import datetime as dt
import hashlib
import io
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.readers.github import READER, READS
from juncture.model.evidence import Kind, Lane, LeftOut, Sighting
from juncture.model.instants import parse_instant

RECORDED_BY_GITHUB = Path(__file__).parents[2] / "../shared/corpora/payloads/github"
BEFORE, AFTER, NOBODY = "1a" * 20, "2b" * 20, "0" * 40


def body(pushed_at="2026-03-02T13:58:20Z", **fields):
    repository = {"id": 77, "name": "shop", "full_name": "papershop/shop", "pushed_at": pushed_at}
    return {**fields, "repository": repository, "sender": {"login": "kim-sample"}}


def push(**changes):
    one = {
        "id": AFTER,
        "message": "Raise the pool\n\nFixes #398",
        "timestamp": "2026-03-02T14:57:10+01:00",
        "modified": ["services/checkout/pool.py"],
    }
    given_ = {
        "ref": "refs/heads/main",
        "before": BEFORE,
        "after": AFTER,
        "created": False,
        "deleted": False,
        "forced": False,
        "commits": [one],
        "head_commit": one,
    }
    return body(1772459900, **{**given_, **changes})


def deployment(**changes):
    return {
        "id": 5,
        "sha": AFTER,
        "ref": "main",
        "task": "deploy",
        "environment": "production",
        "created_at": "2026-03-02T14:00:00Z",
        **changes,
    }


def deployment_status(state, at="2026-03-02T14:01:33Z", **changes):
    return body(
        deployment_status={"id": 9, "state": state, "created_at": at, "description": "x"}, deployment=deployment(**changes)
    )


def pull_request(action, **changes):
    told = {
        "number": 7,
        "title": "Raise the pool",
        "created_at": "2026-03-02T10:00:00Z",
        "updated_at": "2026-03-02T13:00:00Z",
        "head": {"sha": AFTER},
    }
    return body(action=action, number=7, pull_request={**told, **changes})


def read(value):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    artefact = Artefact(f"sha256:{hashlib.sha256(data).hexdigest()}", "f", len(data), lambda: io.BytesIO(data), "f")
    return list(READER.session(Settings(today=dt.date(2026, 3, 2))).read(artefact))


def one(value):
    (found,) = read(value)
    return found


def at(text):
    return parse_instant(f"2026-03-02T{text}Z")


def test_a_push_stands_when_the_repository_was_pushed_to_and_links_its_commits():
    found = one(push())
    assert (found.kind, found.lane, found.occurred_at) == (Kind.PUSH, Lane.CHANGE, at("13:58:20"))
    assert f"commit:{AFTER}" in found.links
    assert "#398" in found.links
    assert not any(key.startswith("commit:") for key in found.keys)
    assert found.summary == "1 commit pushed to main: Raise the pool"
    assert (found.service, found.details.files) == ("checkout", ("services/checkout/pool.py",))
    assert (found.details.previous, found.details.revision, found.details.reference) == (BEFORE, AFTER, "main")
    assert found.known_at is None


def test_a_deleted_branch_is_no_deploy_and_one_event_told_by_push_and_by_delete():
    pushed = one(push(deleted=True, after=NOBODY, commits=[], head_commit=None))
    told = one(body("2026-03-02T13:58:21Z", ref="main", ref_type="branch", pusher_type="user"))
    assert pushed.kind is told.kind is Kind.BRANCH
    assert pushed.summary == told.summary == "Branch main deleted"
    assert set(pushed.keys) & set(told.keys)


def test_a_delivery_sent_twice_is_the_same_sighting_whatever_its_envelope():
    ids = {
        item.id
        for item in read(
            [
                push(),
                {"headers": {"X-GitHub-Delivery": "a"}, "body": push()},
                {"body": json.dumps(push()), "headers": {"X-GitHub-Delivery": "b"}},
            ]
        )
    }
    assert len(ids) == 1


def test_a_deployment_and_its_success_are_one_event_and_a_failure_is_its_own():
    asked, going, done, failed = read(
        [
            body(action="created", deployment=deployment()),
            deployment_status("in_progress"),
            deployment_status("success"),
            deployment_status("failure"),
        ]
    )
    assert asked.keys == going.keys == done.keys
    assert asked.occurred_at == done.occurred_at == at("14:00:00")
    assert (asked.ended_at, going.ended_at, done.ended_at) == (None, None, at("14:01:33"))
    assert failed.keys != asked.keys
    assert (failed.occurred_at, failed.summary) == (at("14:01:33"), "Deployment of main (2b2b2b2) to production failed: x")
    assert (done.details.environment, done.details.state, done.details.revision) == ("production", "success", AFTER)


def test_a_deployment_that_goes_back_is_a_rollback_and_one_that_gave_way_is_a_note():
    assert one(body(action="created", deployment=deployment(task="rollback"))).kind is Kind.ROLLBACK
    assert one(deployment_status("inactive")).kind is Kind.NOTE


@pytest.mark.parametrize(
    ("action", "changes", "kind", "instant", "summary"),
    [
        ("opened", {}, Kind.PULL_REQUEST, "10:00:00", "Pull request #7 opened: Raise the pool"),
        ("synchronize", {}, Kind.PULL_REQUEST, "13:00:00", "Pull request #7 got new commits: Raise the pool"),
        (
            "closed",
            {"closed_at": "2026-03-02T12:00:00Z"},
            Kind.PULL_REQUEST,
            "12:00:00",
            "Pull request #7 closed: Raise the pool",
        ),
        (
            "closed",
            {"merged": True, "merged_at": "2026-03-02T12:00:00Z", "merge_commit_sha": BEFORE},
            Kind.MERGE,
            "12:00:00",
            "Pull request #7 merged: Raise the pool",
        ),
    ],
)
def test_a_pull_request_stands_at_its_action(action, changes, kind, instant, summary):
    found = one(pull_request(action, **changes))
    assert (found.kind, found.occurred_at, found.summary) == (kind, at(instant), summary)
    assert f"commit:{BEFORE if kind is Kind.MERGE else AFTER}" in found.links


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Deploy to production", Kind.DEPLOYMENT),
        ("deploy_web", Kind.DEPLOYMENT),
        ("Roll back", Kind.ROLLBACK),
        ("tests", Kind.CHECK),
        ("documentation", Kind.CHECK),
    ],
)
def test_a_workflow_is_what_its_name_says_and_spans_its_run(name, kind):
    run = {
        "id": 8,
        "name": name,
        "head_sha": AFTER,
        "status": "completed",
        "conclusion": "success",
        "created_at": "2026-03-02T13:00:00Z",
        "updated_at": "2026-03-02T13:05:00Z",
    }
    found = one(body(action="completed", workflow_run=run))
    assert (found.kind, found.occurred_at, found.ended_at) == (kind, at("13:00:00"), at("13:05:00"))
    failed = one(body(action="completed", workflow_run={**run, "conclusion": "failure"}))
    assert (failed.occurred_at, failed.ended_at) == (at("13:05:00"), None)
    assert failed.keys != found.keys


def test_a_release_stands_when_it_was_published_however_often_it_is_told():
    release = {"id": 3, "tag_name": "v1.2", "created_at": "2020-01-01T00:00:00Z", "published_at": "2026-03-02T13:00:00Z"}
    found = read([body(action=action, release=release) for action in ("created", "published", "released")])
    assert {item.occurred_at for item in found} == {at("13:00:00")}
    assert len({item.keys for item in found}) == 1


def test_comments_are_known_to_their_author_and_an_edit_changes_the_text_not_the_place():
    issue = {"number": 4, "title": "Checkout answers 503", "updated_at": "2026-03-02T14:20:00Z"}
    told = {
        "id": 1,
        "body": "Rolling back",
        "user": {"login": "ola-sample"},
        "created_at": "2026-03-02T14:09:00Z",
        "updated_at": "2026-03-02T14:09:00Z",
    }
    first = one(body(action="created", issue=issue, comment=told))
    edited = one(
        body(action="edited", issue=issue, comment={**told, "body": "Rolled back", "updated_at": "2026-03-02T14:19:00Z"})
    )
    gone = one(body(action="deleted", issue=issue, comment=told))
    assert first.keys == edited.keys != gone.keys
    assert first.id != edited.id
    assert first.occurred_at == edited.occurred_at == first.known_at == at("14:09:00")
    assert (first.lane, first.known_by, edited.summary) == (Lane.PEOPLE, ("ola-sample",), "Comment on #4: Rolled back")
    assert (gone.occurred_at, gone.actor) == (at("14:20:00"), "kim-sample")


def test_what_has_no_time_of_its_own_stands_at_its_receipt_else_is_left_out_with_what_to_do():
    dispatch = body(inputs={}, ref="refs/heads/main", workflow=".github/workflows/rollback.yml")
    left_out = one(dispatch)
    assert isinstance(left_out, LeftOut)
    assert "time of receipt" in left_out.why
    assert not left_out.damaged
    found = one(
        {
            "delivered_at": "2026-03-02T14:20:00Z",
            "event": "workflow_dispatch",
            "request": {"headers": {"X-GitHub-Event": "workflow_dispatch"}, "payload": dispatch},
        }
    )
    assert (found.kind, found.occurred_at) == (Kind.ROLLBACK, at("14:20:00"))
    assert found.citation.place == "/request/payload"


def test_pings_and_kinds_that_tell_nothing_are_counted_with_a_reason():
    ping = one({"zen": "Mind your words.", "hook": {}, "hook_id": 1})
    star = one({"headers": {"X-GitHub-Event": "star"}, "body": body(action="created")})
    assert (ping.why, star.why) == ("a test message of GitHub", "GitHub's event star is not read")
    assert not ping.damaged
    assert not star.damaged


def test_forms_and_lines_are_read():
    assert (
        one({"body": "payload=%7B" + json.dumps(push())[1:].replace("%", "%25").replace("+", "%2B").replace("&", "%26")}).kind
        is Kind.PUSH
    )
    lines = "\n".join(json.dumps(item) for item in (push(), pull_request("opened"))).encode()
    assert [item.citation.place for item in read(lines)] == ["line:1", "line:2"]


@pytest.mark.parametrize(
    ("value", "confidence"),
    [
        (push(), Confidence.CERTAIN),
        ([{"headers": {}, "body": pull_request("opened")}], Confidence.CERTAIN),
        (push(commits=[{"id": AFTER, "message": "x" * 3000}] * 100), Confidence.LIKELY),
        ({"repository": "shop", "action": "opened"}, Confidence.NO),
        ([{"full_name": "papershop/shop", "pushed_at": "2026-03-02T13:58:20Z"}], Confidence.NO),
    ],
)
def test_it_is_recognised_by_content(value, confidence):
    ordered = {"repository": value["repository"], **value} if confidence is Confidence.LIKELY else value
    data = json.dumps({"ref": 1, "before": 1, "after": 1, **ordered} if confidence is Confidence.LIKELY else ordered).encode()
    assert READER.recognise(Artefact("sha256:0", "f", len(data), lambda: io.BytesIO(data), "f").head()) == confidence


@pytest.mark.skipif(
    not RECORDED_BY_GITHUB.is_dir(), reason="the deliveries recorded by GitHub's client library are not on this machine"
)
def test_every_delivery_that_github_recorded_gives_a_sighting_at_its_time_or_a_reason():
    paths = sorted(RECORDED_BY_GITHUB.rglob("*.json"))
    assert len(paths) > 100
    without = {}
    for path in paths:
        for item in read(path.read_bytes()):
            if isinstance(item, LeftOut):
                without[f"{path.parent.name}/{path.name}"] = item
            else:
                assert 2017 < item.occurred_at.year < 2026
                assert item.summary
    assert {name.split("/")[0] for name in without} <= {"release", "workflow_dispatch", "repository_dispatch"}
    assert not any(item.damaged for item in without.values())


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["id", "state", "created_at", "head", "sha", "user", "title", "number"]), inner, max_size=4
        )
    ),
    max_leaves=8,
)
FIELDS = [
    "action",
    "ref",
    "before",
    "after",
    "commits",
    "head_commit",
    "deployment",
    "deployment_status",
    "workflow_run",
    "check_run",
    "check_suite",
    "pull_request",
    "review",
    "comment",
    "issue",
    "release",
    "sha",
    "state",
    "context",
    "inputs",
    "workflow",
    "client_payload",
    "ref_type",
    "number",
]


@settings(deadline=None)
@given(st.sampled_from(sorted(READS)), st.dictionaries(st.sampled_from(FIELDS), ANYTHING, max_size=6))
def test_every_delivery_gives_a_sighting_or_a_reason_whatever_its_fields_hold(event, fields):
    assert isinstance(one({"headers": {"X-GitHub-Event": event}, "body": body(**fields)}), Sighting | LeftOut)
    assert isinstance(one(body(**fields)), Sighting | LeftOut)
