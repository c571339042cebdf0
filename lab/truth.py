"""From the lab's own log to `truth.json`: milestones, trigger, decisions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from lab.journal import Entry, Journal, Kind, Mark
from lab.load import Measurement

WINDOW_SECONDS = 10.0
FELT_SHARE = 0.1
FELT_COUNT = 4

NOTE = (
    "The system, its metrics, alerts, logs, deploys and repository are real. The responders are scripted sample "
    "personas: what they say follows a script that reacts to the running system. Computed from the lab's own log."
)


@dataclass(frozen=True)
class Felt:
    """When users felt the fault, in epoch seconds: the first bad request's start, the last one's end."""

    started: float
    ended: float


def iso(at: float | None) -> str | None:
    """ISO 8601 in UTC with milliseconds."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def felt(measurements: Sequence[Measurement], since: float) -> Felt | None:
    """When users felt the fault that was triggered at `since`.

    A stray slow request on a busy machine is not the fault: a bad request counts where, within the ten seconds from
    it (or, for the last, up to it), at least four requests and a tenth of all were bad.
    """
    later = [one for one in measurements if one.sent >= since]
    bad = [one for one in later if one.bad]

    def holds(low: float, high: float) -> bool:
        window = [one for one in later if low <= one.sent <= high]
        count = sum(one.bad for one in window)
        return count >= FELT_COUNT and count >= FELT_SHARE * len(window)

    starts = [one.sent for one in bad if holds(one.sent, one.sent + WINDOW_SECONDS)]
    ends = [one.sent + one.took for one in bad if holds(one.sent - WINDOW_SECONDS, one.sent)]
    if not starts or not ends:
        return None
    return Felt(min(starts), max(ends))


def truth(
    journal: Journal, measurements: Sequence[Measurement], *, fault: str, seed: int, scene: dict[str, str]
) -> dict[str, object]:
    """Give the whole of `truth.json`.

    Raises:
        ValueError: when there was no trigger, or users never felt it: the recording is no incident.

    """
    triggers = journal.entries(Kind.TRIGGER)
    if not triggers:
        raise ValueError("nothing triggered the fault")
    trigger = triggers[0]
    seen = felt(measurements, trigger.at)
    if seen is None:
        raise ValueError("users never felt the fault")
    posts = journal.entries(Kind.POST)
    pages = journal.entries(Kind.PAGE)
    signals = [entry for entry in posts if entry.mark is Mark.SIGNAL] + pages
    detected = _first([entry for entry in signals if entry.at >= trigger.at])
    resolved = _first(_marked(posts, Mark.RESOLVED))
    closed = journal.entries(Kind.ALERTS_RESOLVED)
    said = resolved is not None
    if resolved is None and closed:
        resolved = closed[-1]
    milestones = {
        "started_at": iso(seen.started),
        "detected_at": _at(detected),
        "acknowledged_at": _at(_first(_marked(posts, Mark.ACKNOWLEDGED))),
        "declared_at": _at(_first(_marked(posts, Mark.DECLARED))),
        "mitigated_at": iso(seen.ended),
        "resolved_at": _at(resolved),
    }
    bad = sum(one.bad for one in measurements if seen.started <= one.sent <= seen.ended)
    return {
        "note": NOTE,
        "fault": fault,
        "seed": seed,
        "recorded": {"from": iso(measurements[0].sent), "to": iso(measurements[-1].sent)},
        "milestones": milestones,
        "reasons": {
            "started_at": "load generator: first failing or slow request of the fault, as sent",
            "detected_at": f"first signal in front of a responder: {detected.text if detected else 'none'}",
            "acknowledged_at": _why(_first(_marked(posts, Mark.ACKNOWLEDGED)), "nobody said so in words"),
            "declared_at": _why(_first(_marked(posts, Mark.DECLARED)), "nobody called it an incident"),
            "mitigated_at": "load generator: end of the last failing or slow request of the fault",
            "resolved_at": _why(resolved, "neither said nor did the alerts resolve")
            if said
            else "nobody said so; end of the last alert that resolved",
        },
        "trigger": {"at": iso(trigger.at), "what": trigger.text},
        "decisions": [
            {"at": iso(entry.at), "question": entry.text, "chosen": entry.details["chosen"]}
            for entry in journal.entries(Kind.DECISION)
        ],
        "measured": {
            "requests": len(measurements),
            "requests_in_incident": sum(seen.started <= one.sent <= seen.ended for one in measurements),
            "bad_requests_in_incident": bad,
        },
        "scene": scene,
    }


def _marked(entries: Sequence[Entry], mark: Mark) -> list[Entry]:
    return [entry for entry in entries if entry.mark is mark]


def _first(entries: Sequence[Entry]) -> Entry | None:
    return min(entries, key=lambda entry: entry.at, default=None)


def _at(entry: Entry | None) -> str | None:
    return iso(entry.at) if entry else None


def _why(entry: Entry | None, otherwise: str) -> str:
    return f"message: {entry.text}" if entry else otherwise
