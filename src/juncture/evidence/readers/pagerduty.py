"""PagerDuty: V3 webhooks (https://developer.pagerduty.com/docs/webhooks-overview) and log entries of its REST API.

One sighting a step in the life of a page (an incident of PagerDuty): triggered, acknowledged, escalated, resolved are events of
their own. The same step told by webhook and by log entry is one event: their keys name the incident, the step, who took it
where several may (acknowledged, notified), and the time to within half a minute.

**When it was known.** Whoever takes a step knows of it then. A page is known to its assignees when it is triggered, assigned or
escalated, since PagerDuty notifies them at once, unless its urgency is low: then the rules of a person may wait, and what shows
that they know is a notification (`notify_log_entry`) or a step of their own. Nobody is shown to know of what timers do.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from juncture.evidence.artefact import Artefact, Head
from juncture.evidence.deliveries import Delivery, deliveries, holds_delivery, near_keys
from juncture.evidence.fields import Mapping, instant, items, mapping, number, text
from juncture.evidence.links import links_in
from juncture.evidence.reader import Confidence, Found, Settings
from juncture.model.evidence import Kind, Lane, LeftOut, PageDetails, Sighting
from juncture.model.identity import sighting_id
from juncture.model.instants import Instant, to_iso


class _Step(NamedTuple):
    """What a step is called. `tells` are those who know of it beside its agent: `assignees` or `user`."""

    name: str
    kind: Kind
    lane: Lane
    phrase: str
    tells: str = ""


_TRIGGERED = _Step("triggered", Kind.PAGE, Lane.SIGNAL, "Paged", "assignees")
_ACKNOWLEDGED = _Step("acknowledged", Kind.ACKNOWLEDGEMENT, Lane.PEOPLE, "Acknowledged")
_UNACKNOWLEDGED = _Step("unacknowledged", Kind.NOTE, Lane.SIGNAL, "No longer acknowledged")
_RESOLVED = _Step("resolved", Kind.RESOLUTION, Lane.PEOPLE, "Resolved")
_ESCALATED = _Step("escalated", Kind.ESCALATION, Lane.PEOPLE, "Escalated", "assignees")
_DELEGATED = _Step("delegated", Kind.ESCALATION, Lane.PEOPLE, "Handed to another escalation policy", "assignees")
_REASSIGNED = _Step("assigned", Kind.ESCALATION, Lane.PEOPLE, "Reassigned", "assignees")
_ASSIGNED = _Step("assigned", Kind.PAGE, Lane.SIGNAL, "Assigned", "assignees")
_ANNOTATED = _Step("annotated", Kind.NOTE, Lane.PEOPLE, "Note")
_PRIORITY = _Step("priority", Kind.NOTE, Lane.PEOPLE, "Priority")
_UPDATED = _Step("status_update", Kind.NOTE, Lane.PEOPLE, "Status update")

STEPS = {
    "incident.triggered": _TRIGGERED,
    "incident.acknowledged": _ACKNOWLEDGED,
    "incident.unacknowledged": _UNACKNOWLEDGED,
    "incident.resolved": _RESOLVED,
    "incident.reopened": _Step("reopened", Kind.PAGE, Lane.SIGNAL, "Reopened", "assignees"),
    "incident.escalated": _ESCALATED,
    "incident.delegated": _DELEGATED,
    "incident.reassigned": _REASSIGNED,
    "incident.annotated": _ANNOTATED,
    "incident.priority_updated": _PRIORITY,
    "incident.status_update_published": _UPDATED,
    "incident.responder.added": _Step("responder_added", Kind.ESCALATION, Lane.PEOPLE, "Asked for help", "user"),
    "incident.responder.replied": _Step("responder_replied", Kind.NOTE, Lane.PEOPLE, "Answered the request for help", "user"),
    "service.created": _Step("service_created", Kind.CONFIGURATION, Lane.CHANGE, "Service created in PagerDuty"),
    "service.updated": _Step("service_updated", Kind.CONFIGURATION, Lane.CHANGE, "Service changed in PagerDuty"),
    "service.deleted": _Step("service_deleted", Kind.CONFIGURATION, Lane.CHANGE, "Service deleted in PagerDuty"),
    "trigger_log_entry": _TRIGGERED,
    "acknowledge_log_entry": _ACKNOWLEDGED,
    "acknowledgement_log_entry": _ACKNOWLEDGED,
    "unacknowledge_log_entry": _UNACKNOWLEDGED,
    "resolve_log_entry": _RESOLVED,
    "escalate_log_entry": _ESCALATED,
    "delegate_log_entry": _DELEGATED,
    "assign_log_entry": _ASSIGNED,
    "notify_log_entry": _Step("notified", Kind.PAGE, Lane.SIGNAL, "Notified", "user"),
    "annotate_log_entry": _ANNOTATED,
    "snooze_log_entry": _Step("snoozed", Kind.NOTE, Lane.PEOPLE, "Snoozed"),
    "priority_change_log_entry": _PRIORITY,
    "urgency_change_log_entry": _Step("urgency", Kind.NOTE, Lane.PEOPLE, "Urgency changed"),
    "status_update_log_entry": _UPDATED,
    "exhaust_escalation_path_log_entry": _Step("exhausted", Kind.NOTE, Lane.SIGNAL, "Nobody left to escalate to"),
    "repeat_escalation_path_log_entry": _Step("repeated", Kind.ESCALATION, Lane.SIGNAL, "Escalation began anew"),
    "reach_trigger_limit_log_entry": _Step("limit", Kind.NOTE, Lane.SIGNAL, "Too many triggers"),
    "reach_ack_limit_log_entry": _Step("limit", Kind.NOTE, Lane.SIGNAL, "Too many acknowledgements"),
}
CHANNELS = {"sms": "SMS", "phone": "phone", "email": "e-mail", "push_notification": "push", "slack": "Slack"}

_NUMBERED = re.compile(r"^\[#(\d+)\]\s*")


class PagerDutyReader:
    """Recognises webhooks and log entries; `Reader` says what each part is for."""

    name = "pagerduty"
    title = "PagerDuty"
    reads = "PagerDuty V3 webhooks as received, and answers of its REST API with log entries (`/incidents/ID/log_entries`)."

    def recognise(self, head: Head) -> Confidence:
        """Return how sure it is."""
        hook = holds_delivery(head, _is_body, ('"event_type"', '"occurred_at"', '"incident.'))
        return hook or holds_delivery(head, _is_body, ("_log_entry", '"created_at"', '"agent"'))

    def session(self, settings: Settings) -> PagerDutySession:  # noqa: ARG002 - every instant has its zone
        """Return a reading session."""
        return PagerDutySession()


class PagerDutySession:
    """Reads steps; nothing is remembered between files."""

    def order(self, head: Head) -> int:  # noqa: ARG002 - no file explains another
        """Return 1: all alike."""
        return 1

    def read(self, artefact: Artefact) -> Iterator[Found]:
        """Yield one sighting a step."""
        for delivery in deliveries(artefact, _is_body, "PagerDuty webhook or log entry"):
            yield delivery if isinstance(delivery, LeftOut) else _found(delivery, artefact)


class _Told(NamedTuple):
    """One step as either form tells it."""

    identity: tuple[str, str]
    word: str
    at: Instant | None
    agent: Mapping
    incident: Mapping
    data: Mapping
    pointer: tuple[str, ...]

    @property
    def step(self) -> _Step:
        """The step, or what an unknown word says."""
        words = self.word.removeprefix("incident.").removesuffix("_log_entry").replace("_", " ").replace(".", " ")
        step = STEPS.get(self.word) or _Step(self.word, Kind.NOTE, Lane.PEOPLE, words.capitalize())
        if self.word == "incident.responder.replied" and text(self.data, "state") == "accepted":
            return step._replace(kind=Kind.ACKNOWLEDGEMENT)
        if step.lane is Lane.PEOPLE and not _is_person(self.agent):
            return step._replace(lane=Lane.SIGNAL)
        return _REASSIGNED if step is _ASSIGNED and _is_person(self.agent) else step

    @property
    def said(self) -> str | None:
        """The words that came with the step."""
        if self.step.name == "priority":
            return text(self.data, "priority", "summary")
        if self.step.name == "notified":
            channel = text(self.data, "channel", "notification", "type") or text(self.data, "channel", "type") or ""
            return f"by {CHANNELS[channel]}" if channel in CHANNELS else None
        if self.step.name in {"annotated", "status_update", "responder_added", "responder_replied"}:
            channel_text = text(self.data, "channel", "content") or text(self.data, "channel", "summary")
            return text(self.data, "content") or text(self.data, "message") or channel_text
        return None

    @property
    def known_by(self) -> tuple[str, ...]:
        """Who knows of the step when it is taken."""
        told: list[object] = [self.agent]
        if self.step.tells == "user":
            told.append(mapping(self.data, "user"))
        if self.step.tells == "assignees" and text(self.incident, "urgency") != "low":
            told.extend(items(self.data, "assignees"))
        return tuple(dict.fromkeys(name for person in told if _is_person(person) and (name := text(person, "summary"))))


def _told(delivery: Delivery) -> _Told:
    body = delivery.body
    if isinstance(entry := body.get("log_entry"), dict):
        return _of_log_entry(entry, ("log_entry",))
    if "event_type" not in body and not isinstance(body.get("event"), dict):
        return _of_log_entry(body, ())
    pointer = () if "event_type" in body else ("event",)
    event = body if "event_type" in body else mapping(body, "event")
    data = mapping(event, "data")
    return _Told(
        ("event", text(event, "id") or ""),
        text(event, "event_type") or "",
        instant(event, "occurred_at") or delivery.received_at,
        mapping(event, "agent"),
        mapping(data, "incident") or data,
        data,
        pointer,
    )


def _of_log_entry(entry: Mapping, pointer: tuple[str, ...]) -> _Told:
    incident = {**mapping(entry, "incident")}
    if "service" not in incident:
        incident["service"] = entry.get("service")
    return _Told(
        ("log_entry", text(entry, "id") or ""),
        text(entry, "type") or "",
        instant(entry, "created_at"),
        mapping(entry, "agent"),
        incident,
        entry,
        pointer,
    )


def _found(delivery: Delivery, artefact: Artefact) -> Sighting | LeftOut:
    told = _told(delivery)
    citation = delivery.cite(artefact, *told.pointer)
    if told.word == "pagey.ping":
        return LeftOut(artefact.at(citation.place), "a test message of PagerDuty")
    if told.at is None:
        return LeftOut(artefact.at(citation.place), f"{told.word} has no time that a timeline could show", damaged=True)
    step, incident = told.step, told.incident
    incident_id = text(incident, "id") or "unknown"
    title, count = _title(incident)
    known_by = told.known_by
    url = text(incident, "html_url")
    assignees = (text(person, "summary") for person in items(told.data, "assignees"))
    identity = told.identity if told.identity[1] else (incident_id, f"{told.word}@{to_iso(told.at)}")
    return Sighting(
        id=sighting_id("pagerduty", *identity),
        source="pagerduty",
        kind=step.kind,
        lane=step.lane,
        occurred_at=told.at,
        earliest=told.at,
        latest=told.at,
        summary=": ".join(part for part in (_headline(step, told.said), title) if part),
        citation=citation,
        recorded_at=told.at,
        known_at=told.at if known_by else None,
        known_by=known_by,
        actor=text(told.agent, "summary"),
        service=text(incident, "service", "summary") or (text(incident, "summary") if step.lane is Lane.CHANGE else None),
        keys=_keys(incident_id, told),
        links=tuple(dict.fromkeys(link for link in (f"pagerduty:{incident_id}", url, *links_in(title)) if link)),
        details=PageDetails(incident_id, count, text(incident, "urgency"), tuple(name for name in assignees if name), url),
    )


def _headline(step: _Step, said: str | None) -> str:
    if not said:
        return step.phrase
    if step.name in {"priority", "notified"}:
        return f"{step.phrase} {'set to ' if step.name == 'priority' else ''}{said}"
    return f"{step.phrase} “{said}”"


def _title(incident: Mapping) -> tuple[str, int | None]:
    """Return title and number: webhooks tell both, references in log entries say `[#2187] Title`."""
    title = text(incident, "title") or text(incident, "summary") or ""
    told = _NUMBERED.match(title)
    return _NUMBERED.sub("", title), number(incident, "number") or (int(told[1]) if told else None)


def _keys(incident: str, told: _Told) -> tuple[str, ...]:
    step = told.step.name
    if step == "triggered":
        return (f"pagerduty:{incident}/{step}",)
    who = {"acknowledged": told.agent, "notified": mapping(told.data, "user")}.get(step, {})
    what = text(who, "id") or (sighting_id("note", told.said)[:12] if step == "annotated" and told.said else None)
    named = f"pagerduty:{incident}/{step}/{what}" if what else f"pagerduty:{incident}/{step}"
    return near_keys(named, told.at) if told.at else ()


def _is_person(reference: object) -> bool:
    return (text(reference, "type") or "").startswith("user")


def _is_body(body: Mapping) -> bool:
    event = body if "event_type" in body else body.get("event")
    if isinstance(event, dict):
        return isinstance(event.get("event_type"), str) and "." in event["event_type"] and "data" in event
    entry = body.get("log_entry", body)
    return isinstance(entry, dict) and str(entry.get("type", "")).endswith("_log_entry") and "created_at" in entry


READER = PagerDutyReader()
