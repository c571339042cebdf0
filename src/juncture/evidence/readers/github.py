"""GitHub webhook deliveries (https://docs.github.com/webhooks/webhook-events-and-payloads).

Bodies as GitHub sends them, in the form its API gives a delivery (`/hooks/ID/deliveries/ID`), or in any envelope. What kind of
event it is says the header `X-GitHub-Event`, else the body's own fields. A delivery sent twice is the same sighting: identity
is the content's own (repository, object, action, time), not the delivery's.

**When it was known.** Issues, reviews and comments are known to their author when they are posted. That something was pushed,
merged, deployed or checked shows nobody who looked at it: `known_at` is None.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.deliveries import Delivery, deliveries, holds_delivery
from juncture.evidence.fields import Mapping
from juncture.evidence.github import refs, runs, talk
from juncture.evidence.github.told import Payload, Told
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.model.evidence import LeftOut, Sighting
from juncture.model.identity import sighting_id

READS: dict[str, Callable[[Payload], Told]] = {
    "deployment_status": runs.deployment_status,
    "deployment": runs.deployment,
    "workflow_run": runs.workflow_run,
    "workflow_job": runs.workflow_job,
    "check_run": runs.check_run,
    "check_suite": runs.check_suite,
    "status": runs.status,
    "release": runs.release,
    "workflow_dispatch": runs.workflow_dispatch,
    "repository_dispatch": runs.repository_dispatch,
    "push": refs.push,
    "create": refs.created,
    "delete": refs.deleted,
    "pull_request": talk.pull_request,
    "pull_request_review": talk.review,
    "pull_request_review_comment": talk.comment,
    "issues": talk.issue,
    "issue_comment": talk.comment,
    "commit_comment": talk.comment,
}
_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("ping", ("zen", "hook")),
    ("deployment_status", ("deployment_status", "deployment")),
    ("deployment", ("deployment", "action")),
    ("workflow_job", ("workflow_job",)),
    ("workflow_run", ("workflow_run",)),
    ("check_run", ("check_run",)),
    ("check_suite", ("check_suite",)),
    ("pull_request_review", ("review", "pull_request")),
    ("pull_request_review_comment", ("comment", "pull_request")),
    ("pull_request", ("pull_request", "action")),
    ("issue_comment", ("comment", "issue")),
    ("commit_comment", ("comment",)),
    ("issues", ("issue", "action")),
    ("release", ("release", "action")),
    ("push", ("ref", "before", "after")),
    ("status", ("sha", "state", "context")),
    ("workflow_dispatch", ("workflow", "inputs")),
    ("repository_dispatch", ("client_payload", "action")),
    ("create", ("ref", "ref_type", "master_branch")),
    ("delete", ("ref", "ref_type")),
)
"""Fields by which a body tells its kind; the first that fits."""


class GitHubReader:
    """Recognises deliveries; `Reader` says what each part is for."""

    name = "github"
    title = "GitHub webhooks"
    reads = (
        "Webhook deliveries of GitHub as your receiver stored them, or as `gh api repos/OWNER/NAME/hooks/ID/deliveries/ID` "
        "gives them: pushes, pull requests, reviews, deployments, workflows, checks, releases, issues, comments."
    )

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is."""
        for marks in (
            ('"repository"', '"full_name"', '"sender"'),
            ('"action"', '"html_url"', '"full_name"'),
            ('"before"', '"after"', '"full_name"'),
        ):
            if confidence := holds_delivery(head, _is_body, marks):
                return confidence
        return Confidence.NO

    def session(self, settings: Settings) -> GitHubSession:  # noqa: ARG002 - every instant has its zone
        """Return a reading session."""
        return GitHubSession()


class GitHubSession:
    """Reads deliveries; nothing is remembered between them."""

    def order(self, head: Head) -> int:  # noqa: ARG002 - no file explains another
        """Return 1: all alike."""
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield one sighting a delivery."""
        for delivery in deliveries(artefact, _is_body, "GitHub webhook"):
            yield delivery if isinstance(delivery, LeftOut) else _found(delivery, artefact)


def _found(delivery: Delivery, artefact: Artefact) -> Sighting | LeftOut:
    where = artefact.at(delivery.place)
    event = _event(delivery)
    if event not in READS:
        what = "a test message of GitHub" if event == "ping" else f"GitHub's event {event or 'of an unknown kind'} is not read"
        return LeftOut(where, what)
    payload = Payload(event, delivery.body, delivery.received_at)
    told = READS[event](payload)
    if told.at is None:
        what = f"{event} {payload.action}".strip()
        return LeftOut(where, f"GitHub's event {what} tells no time; keep deliveries with their time of receipt")
    actor = told.actor or payload.sender
    ended = told.ended_at if told.ended_at and told.ended_at >= told.at else None
    return Sighting(
        id=sighting_id("github", event, payload.repository, *told.identity),
        source="github",
        kind=told.kind,
        lane=told.lane,
        occurred_at=told.at,
        earliest=told.at,
        latest=told.at,
        summary=told.summary.rstrip(": "),
        citation=delivery.cite(artefact, *([told.part] if told.part else [])),
        recorded_at=told.at,
        known_at=told.at if told.posted and actor else None,
        known_by=(actor,) if told.posted and actor else (),
        ended_at=ended,
        actor=actor,
        service=told.service,
        keys=told.keys,
        links=tuple(dict.fromkeys(told.links)),
        details=told.details,
    )


def _event(delivery: Delivery) -> str:
    """Return the kind of event: what the sender said, if the body has what such an event has, else what the body shows."""
    said = delivery.headers.get("x-github-event") or delivery.headers.get("event") or ""
    shown = next((event for event, fields in _MARKS if all(field in delivery.body for field in fields)), "")
    return said if said and (said in READS or said == "ping" or not shown) else shown


def _is_body(body: Mapping) -> bool:
    """Return whether this is a delivery: each names its repository and sender, but for the test of a new hook."""
    if "zen" in body and "hook_id" in body:
        return True
    repository, sender = body.get("repository"), body.get("sender")
    return isinstance(repository, dict) and "full_name" in repository and (isinstance(sender, dict) or "pusher" in body)


READER = GitHubReader()
