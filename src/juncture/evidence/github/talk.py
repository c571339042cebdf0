"""Pull requests, reviews, issues and comments: what people propose, judge and write."""

from __future__ import annotations

from juncture.evidence.fields import Mapping, field, instant, number, text
from juncture.evidence.github.told import Payload, Told, first_line
from juncture.evidence.links import links_in
from juncture.model.evidence import ChangeDetails, Kind, Lane

WORDS = {
    "synchronize": "got new commits",
    "ready_for_review": "ready for review",
    "converted_to_draft": "made a draft",
    "review_requested": "waits for a review",
    "review_request_removed": "no longer waits for a review",
}
VERDICTS = {"approved": "approved", "changes_requested": "needs changes", "dismissed": "review dismissed"}


def pull_request(payload: Payload) -> Told:
    """Tell a pull request that was opened, changed, closed or merged; merging is a change of what will run."""
    told, action = payload.part("pull_request"), payload.action
    count = number(payload.body, "number") or number(told, "number") or 0
    merged = action == "closed" and (field(told, "merged") is True or instant(told, "merged_at") is not None)
    at = {"opened": instant(told, "created_at"), "closed": instant(told, "merged_at") or instant(told, "closed_at")}.get(action)
    at = at or instant(told, "updated_at") or payload.received_at
    sha = text(told, "merge_commit_sha") if merged else text(told, "head", "sha")
    word = "merged" if merged else WORDS.get(action, action.replace("_", " "))
    return Told(
        Kind.MERGE if merged else Kind.PULL_REQUEST,
        Lane.CHANGE,
        at,
        f"Pull request #{count} {word}: {text(told, 'title') or ''}",
        (str(count), action, str(at)),
        keys=(f"merge:{payload.repository}#{count}",) if merged else (),
        links=_links(payload, told, count, sha),
        details=ChangeDetails(
            payload.repository,
            sha,
            text(told, "base", "sha"),
            f"#{count}",
            state=word if merged else text(told, "state"),
            url=text(told, "html_url"),
            lines_added=number(told, "additions"),
            lines_removed=number(told, "deletions"),
        ),
        service=payload.service,
        actor=text(told, "merged_by", "login") if merged else None,
        part="pull_request",
    )


def review(payload: Payload) -> Told:
    """Tell how somebody judged a pull request."""
    told, request = payload.part("review"), payload.part("pull_request")
    count = number(request, "number") or 0
    state = text(told, "state") or ""
    at = instant(request, "updated_at") if payload.action == "dismissed" else instant(told, "submitted_at")
    words = first_line(text(told, "body"))
    return Told(
        Kind.REVIEW,
        Lane.PEOPLE,
        at or payload.received_at,
        f"Pull request #{count} {VERDICTS.get(state, 'reviewed')}: {words or text(request, 'title') or ''}",
        (text(told, "id") or "", payload.action, str(at)),
        links=_links(payload, told, count, text(told, "commit_id")),
        details=ChangeDetails(
            payload.repository, text(told, "commit_id"), None, f"#{count}", state=state, url=text(told, "html_url")
        ),
        service=payload.service,
        actor=None if payload.action == "dismissed" else text(told, "user", "login"),
        part="review",
        posted=True,
    )


def issue(payload: Payload) -> Told:
    """Tell an issue that was opened, changed or closed."""
    told, action = payload.part("issue"), payload.action
    count = number(told, "number") or 0
    at = {"opened": instant(told, "created_at"), "closed": instant(told, "closed_at")}.get(action)
    at = at or instant(told, "updated_at") or payload.received_at
    return Told(
        Kind.ISSUE,
        Lane.PEOPLE,
        at,
        f"Issue #{count} {action.replace('_', ' ')}: {text(told, 'title') or ''}",
        (str(count), action, str(at)),
        links=_links(payload, told, count, None),
        details=ChangeDetails(
            payload.repository, None, None, f"#{count}", state=text(told, "state"), url=text(told, "html_url")
        ),
        service=payload.service,
        part="issue",
        posted=True,
    )


def comment(payload: Payload) -> Told:
    """Tell what somebody wrote on an issue, a pull request or a commit; edited, it stands where it was first written."""
    told = payload.part("comment")
    subject = payload.part("issue") or payload.part("pull_request")
    count = number(subject, "number")
    where = f"#{count}" if count else (text(told, "commit_id") or "")[:7]
    gone = payload.action == "deleted"
    at = instant(subject, "updated_at") if gone else instant(told, "created_at")
    words = text(told, "body") or ""
    return Told(
        Kind.COMMENT,
        Lane.PEOPLE,
        at or payload.received_at,
        f"Comment on {where}{' deleted' if gone else ''}: {first_line(words) if gone else words}",
        (text(told, "id") or "", payload.action, text(told, "updated_at") or str(at)),
        keys=() if gone else (f"comment:{payload.repository}:{text(told, 'id')}",),
        links=_links(payload, told, count, text(told, "commit_id")),
        details=ChangeDetails(payload.repository, None, None, where, url=text(told, "html_url")),
        service=payload.service,
        actor=None if gone else text(told, "user", "login"),
        part="comment",
        posted=True,
    )


def _links(payload: Payload, told: Mapping, count: int | None, sha: str | None) -> tuple[str, ...]:
    named = (f"#{count}", f"{payload.repository}#{count}") if count else ()
    spoken = links_in(f"{text(told, 'title') or ''}\n{text(told, 'body') or ''}")
    return tuple(link for link in (*named, text(told, "html_url"), f"commit:{sha}" if sha else None, *spoken) if link)
