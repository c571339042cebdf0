"""Deployments, releases, workflows and checks: what ran, from when to when, and whether it came off.

A deployment and the statuses of its success are one event, from when it was asked for to when it was done; that it failed is an
event of its own, at the time at which it failed. The same holds for runs and checks.
"""

from __future__ import annotations

import re

from juncture.evidence.fields import Mapping, instant, text
from juncture.evidence.github.told import FAILED, Payload, Told, first_line, short
from juncture.evidence.links import links_in
from juncture.model.evidence import ChangeDetails, Kind, Lane
from juncture.model.instants import Instant

DEPLOYS = re.compile(r"\b(?:deploy\w*|roll[ _-]?out|ship(?:ping)?|promote|cd)\b", re.IGNORECASE)
"""Names of workflows that put something into use."""
ROLLS_BACK = re.compile(r"\b(?:roll(?:ed|ing)?[ _-]?back|revert\w*)\b", re.IGNORECASE)
UNDER_WAY = frozenset({"pending", "queued", "in_progress", "waiting", "requested"})


def deployment(payload: Payload) -> Told:
    """Tell that a deployment was asked for."""
    return _deployment(payload, payload.part("deployment"), {})


def deployment_status(payload: Payload) -> Told:
    """Tell that a deployment went on, succeeded, failed, or gave way to another."""
    return _deployment(payload, payload.part("deployment"), payload.part("deployment_status"))


def _deployment(payload: Payload, asked: Mapping, status: Mapping) -> Told:
    repository, number = payload.repository, text(asked, "id") or ""
    state = text(status, "state") or "created"
    told_at = instant(status, "created_at") or instant(status, "updated_at")
    environment = text(status, "environment") or text(asked, "environment")
    ref, sha = text(asked, "ref"), text(asked, "sha")
    said = text(status, "description") or text(asked, "description")
    undoes = any(ROLLS_BACK.search(words) for words in (text(asked, "task"), said, text(asked, "payload", "task")) if words)
    what = ref if ref and sha and sha.startswith(ref) else f"{ref} ({short(sha)})" if ref else short(sha)
    apart = state in FAILED or state == "inactive"
    summary = f"{'Rollback' if undoes else 'Deployment'} of {what}{f' to {environment}' if environment else ''}"
    if apart:
        summary += " is no longer active" if state == "inactive" else f" failed{f': {said}' if said else ''}"
    url = text(status, "target_url") or text(status, "log_url") or text(asked, "url")
    return Told(
        Kind.NOTE if state == "inactive" else Kind.ROLLBACK if undoes else Kind.DEPLOYMENT,
        Lane.CHANGE,
        told_at if apart else instant(asked, "created_at") or told_at or payload.received_at,
        summary,
        (number, state, text(status, "id") or ""),
        keys=(f"deployment:{repository}:{number}{f'/{state}' if apart else ''}",),
        links=tuple(link for link in (f"commit:{sha}" if sha else None, url, *links_in(said or "")) if link),
        details=ChangeDetails(repository, sha, None, ref, environment, state, url),
        ended_at=told_at if state == "success" else None,
        service=_deployed(payload, asked),
        part="deployment_status" if status else "deployment",
    )


def _deployed(payload: Payload, asked: Mapping) -> str | None:
    """Return what was deployed: what the deployment's own payload names, else the repository."""
    named = (text(asked, "payload", name) for name in ("service", "app", "application", "component"))
    return next((name for name in named if name), payload.service)


def workflow_run(payload: Payload) -> Told:
    """Tell a run of a workflow. One whose name says so is a deployment."""
    run = payload.part("workflow_run")
    name = text(run, "name") or text(payload.body, "workflow", "name") or "without a name"
    asked_for, began = instant(run, "created_at"), instant(run, "run_started_at")
    started = began or asked_for if text(run, "run_attempt") not in {None, "1"} else asked_for or began
    identity = (text(run, "id") or "", text(run, "run_attempt") or "1")
    return _run(payload, run, f"Workflow {name}", name, (started, instant(run, "updated_at")), identity)


def workflow_job(payload: Payload) -> Told:
    """Tell one job of a run."""
    job = payload.part("workflow_job")
    name = text(job, "name") or "without a name"
    times = (instant(job, "started_at") or instant(job, "created_at"), instant(job, "completed_at"))
    return _run(payload, job, f"Job {name}", name, times, (text(job, "id") or "", ""))


def check_run(payload: Payload) -> Told:
    """Tell one check of a commit, by any app."""
    run = payload.part("check_run")
    name = text(run, "name") or "without a name"
    times = (instant(run, "started_at"), instant(run, "completed_at"))
    return _again(payload, run, name, "check_suite") or _run(
        payload, run, f"Check {name}", "", times, (text(run, "id") or "", "")
    )


def check_suite(payload: Payload) -> Told:
    """Tell all checks that one app runs on a commit."""
    suite = payload.part("check_suite")
    name = text(suite, "app", "name") or text(suite, "app", "slug") or "without a name"
    times = (instant(suite, "created_at"), instant(suite, "updated_at"))
    again = _again(payload, suite, name, None)
    return again or _run(payload, suite, f"Checks of {name}", "", times, (text(suite, "id") or "", ""))


def _run(
    payload: Payload,
    run: Mapping,
    what: str,
    name: str,
    times: tuple[Instant | None, Instant | None],
    identity: tuple[str, str],
) -> Told:
    repository, sha = payload.repository, text(run, "head_sha")
    branch = text(run, "head_branch") or text(run, "check_suite", "head_branch")
    state = text(run, "conclusion") or text(run, "status") or payload.action
    failed = state in FAILED
    started, ended = times
    deploys = bool(name) and DEPLOYS.search(name.replace("_", " ")) is not None
    undoes = bool(name) and ROLLS_BACK.search(name) is not None
    url = text(run, "html_url") or text(run, "details_url")
    key = f"{payload.event}:{repository}:{identity[0]}{f'/{identity[1]}' if identity[1] else ''}"
    outcome = f" {'was cancelled' if state == 'cancelled' else 'failed'}" if failed else ""
    return Told(
        Kind.ROLLBACK if undoes else Kind.DEPLOYMENT if deploys else Kind.CHECK,
        Lane.CHANGE,
        (ended or started) if failed else started or ended,
        f"{what} on {branch or short(sha)}{outcome}",
        (*identity, state, str(ended if state not in UNDER_WAY else started)),
        keys=(f"{key}/{state}" if failed else key,),
        links=tuple(link for link in (f"commit:{sha}" if sha else None, url) if link),
        details=ChangeDetails(repository, sha, None, branch, text(run, "environment"), state, url),
        ended_at=None if failed or state in UNDER_WAY else ended,
        service=payload.service,
        part=payload.event,
    )


def _again(payload: Payload, run: Mapping, name: str, suite: str | None) -> Told | None:
    """Tell that a check was asked to run again. It holds no time of that, but its suite was touched by it."""
    if payload.action not in {"rerequested", "requested_action"}:
        return None
    touched = instant(run, suite, "updated_at") if suite else instant(run, "updated_at")
    at = payload.received_at or touched or instant(run, "completed_at")
    sha = text(run, "head_sha")
    return Told(
        Kind.CHECK,
        Lane.CHANGE,
        at,
        f"Check {name} was asked {'to run again' if payload.action == 'rerequested' else 'for an action'}",
        (text(run, "id") or "", payload.action, str(touched)),
        links=(f"commit:{sha}",) if sha else (),
        details=ChangeDetails(payload.repository, sha, state=payload.action, url=text(run, "html_url")),
        service=payload.service,
        part=payload.event,
    )


def status(payload: Payload) -> Told:
    """Tell what a tool says of a commit."""
    body, sha, state = payload.body, text(payload.body, "sha"), text(payload.body, "state") or ""
    context, said, url = text(body, "context") or "default", text(body, "description"), text(body, "target_url")
    return Told(
        Kind.CHECK,
        Lane.CHANGE,
        instant(body, "updated_at") or instant(body, "created_at") or payload.received_at,
        f"Status {context} of {short(sha)}: {state}{f' ({said})' if said else ''}",
        (sha or "", context, state, text(body, "id") or ""),
        keys=(f"status:{payload.repository}:{text(body, 'id') or f'{sha}:{context}:{state}'}",),
        links=tuple(link for link in (f"commit:{sha}" if sha else None, url) if link),
        details=ChangeDetails(payload.repository, sha, state=state, url=url),
        service=payload.service,
    )


def release(payload: Payload) -> Told:
    """Tell a release. GitHub's `created_at` is the date of its commit, so what counts is when it was published.

    When one was edited, deleted or drafted no payload tells, but for newer ones' `updated_at`.
    """
    told, action = payload.part("release"), payload.action
    tag = text(told, "tag_name") or ""
    name = text(told, "name") or first_line(text(told, "body"))
    out = action in {"published", "released", "prereleased", "created"} and instant(told, "published_at") is not None
    at = instant(told, "published_at") if out else payload.received_at or instant(told, "updated_at")
    url = text(told, "html_url")
    word = "" if out else f" {action}"
    return Told(
        Kind.RELEASE,
        Lane.CHANGE,
        at,
        f"Release {tag}{word}{f': {name}' if name and name != tag else ''}",
        (text(told, "id") or tag, action, str(at)),
        keys=(f"release:{payload.repository}:{tag}",) if out else (),
        links=tuple(link for link in (tag, url, *links_in(text(told, "body") or "")) if link),
        details=ChangeDetails(payload.repository, None, None, tag, state=action, url=url),
        service=payload.service,
        actor=text(told, "author", "login") if out else None,
        part="release",
    )


def workflow_dispatch(payload: Payload) -> Told:
    """Tell that somebody started a workflow by hand. Its payload has no time: it is when it was received."""
    path = text(payload.body, "workflow") or ""
    name = path.rsplit("/", 1)[-1].removesuffix(".yml").removesuffix(".yaml")
    ref = (text(payload.body, "ref") or "").removeprefix("refs/heads/")
    return _dispatched(payload, name, f"Workflow {name} started by hand on {ref}", ref)


def repository_dispatch(payload: Payload) -> Told:
    """Tell that a program asked the repository for something. Its payload has no time either."""
    return _dispatched(payload, payload.action, f"Dispatch of {payload.action}", text(payload.body, "branch"))


def _dispatched(payload: Payload, name: str, summary: str, ref: str | None) -> Told:
    words = name.replace("_", " ").replace("-", " ")
    kind = Kind.ROLLBACK if ROLLS_BACK.search(words) else Kind.DEPLOYMENT if DEPLOYS.search(words) else Kind.CHECK
    return Told(
        kind,
        Lane.CHANGE,
        payload.received_at,
        summary,
        (name, str(payload.received_at)),
        details=ChangeDetails(payload.repository, None, None, ref, state="requested"),
        service=payload.service,
    )
