"""What the evidence shows of how an incident was found and handled, for the criteria to judge."""

from __future__ import annotations

from juncture.inquiry.acts import Form, act_of
from juncture.inquiry.criteria import Signs
from juncture.inquiry.effect import instant_of, milestone
from juncture.inquiry.people import is_by_a_person
from juncture.model.evidence import Event, Kind
from juncture.model.instants import clock_time
from juncture.model.record import MilestoneName, Timeline

_WATCHED = frozenset({Kind.ALERT, Kind.PAGE, Kind.TURN, Kind.LOG, Kind.LOG_BURST, Kind.LOG_PATTERN})
_NEVER_AN_ACT = frozenset({Kind.LOG, Kind.LOG_BURST, Kind.LOG_PATTERN, Kind.TURN, Kind.ALERT, Kind.CHECK, Kind.RECORD})
_STEPS = {
    "undo": "on call rolled something back",
    "restart": "on call restarted something",
    "reroute": "on call rerouted an alert",
    "failover": "on call failed over",
    "shield": "on call held traffic back",
    "cancel": "on call stopped something by hand",
}
_TAKEN = "on call took a page"


def signs_of(timeline: Timeline) -> Signs:
    """Return what a timeline shows. The intervention is the first step on the system; else the first page that was taken."""
    detected = milestone(timeline, MilestoneName.DETECTED)
    event = next((one for one in timeline.events if detected and one.id == detected.event), None)
    return Signs(
        started_at=instant_of(timeline, MilestoneName.STARTED),
        detected_at=instant_of(timeline, MilestoneName.DETECTED),
        mitigated_at=instant_of(timeline, MilestoneName.MITIGATED),
        resolved_at=instant_of(timeline, MilestoneName.RESOLVED),
        found_by=_found_by(event),
        intervention=_intervention(timeline),
    )


def _found_by(event: Event | None) -> str:
    if event is None:
        return ""
    if event.kind in _WATCHED or not is_by_a_person(event):
        return "alert"
    return "person"


def _intervention(timeline: Timeline) -> str:
    begun = instant_of(timeline, MilestoneName.STARTED) or instant_of(timeline, MilestoneName.DETECTED)
    taken = ""
    for event in timeline.events:
        if event.kind in _NEVER_AN_ACT or (begun is not None and event.occurred_at < begun):
            continue
        if event.kind is Kind.ACKNOWLEDGEMENT:
            taken = taken or _said(_TAKEN, event)
            continue
        act = act_of(event)
        if act is None or act.form not in {Form.COMMIT, Form.DO, Form.DONE}:
            continue
        step = next((words for kind, words in _STEPS.items() if kind in act.kinds), None)
        if step:
            return _said(step, event)
    return taken


def _said(words: str, event: Event) -> str:
    return f"{words} at {clock_time(event.occurred_at)[:5]} UTC"
