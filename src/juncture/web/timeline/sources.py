"""What a source of events is called on a page, and the picture beside it."""

from __future__ import annotations

from msgspec import Struct

from juncture.model.evidence import Event, MessageDetails


class SourceLook(Struct, frozen=True):
    """A source's name, and its picture as the path of a 16 px drawing."""

    name: str
    path: str


_SAID = "M2.5 3.5h11v7.25H7.25L4.5 13.25v-2.5h-2Z"
_RUNG = "M4 11V7.25a4 4 0 0 1 8 0V11l1.25 1.25H2.75ZM6.75 14.25h2.5"
_RAISED = "M8 12.75V3.5M4.5 6.75 8 3.25l3.5 3.5M3 14h10"
_LINES = "M3 4.25h10M3 8h7.5M3 11.75h9"
_CURVE = "M2.75 2.75v10.5h10.5M5 9.75l2.5-3.25 2.25 2 3-4.5"
_TOLD = "M2.25 4h11.5v8H2.25ZM2.5 4.25 8 8.75l5.5-4.5"
_BRANCH = "M4.5 2.5v7M4.5 9.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM11.5 2.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4ZM11.5 6.5c0 3-3 2.5-5 4"
_PROMPT = "M2.5 3.25h11v9.5h-11ZM5 6.25 7 8l-2 1.75M8 10.25h3"
_HAND = "m3 13 .75-3 7-7 2.25 2.25-7 7ZM9 4.75 11.25 7"
_PLAIN = "M4 2.5h5.5L12 5v8.5H4ZM9.25 2.75V5.5H12"

_LOOKS = {
    "slack": SourceLook("Slack", _SAID),
    "discord": SourceLook("Discord", _SAID),
    "teams": SourceLook("Teams", _SAID),
    "mattermost": SourceLook("Mattermost", _SAID),
    "irc": SourceLook("IRC", _SAID),
    "chat": SourceLook("Chat", _SAID),
    "transcript": SourceLook("Transcript", _SAID),
    "pagerduty": SourceLook("PagerDuty", _RUNG),
    "opsgenie": SourceLook("Opsgenie", _RUNG),
    "alertmanager": SourceLook("Alertmanager", _RUNG),
    "prometheus": SourceLook("Prometheus", _CURVE),
    "git": SourceLook("Git", _BRANCH),
    "github": SourceLook("GitHub", _BRANCH),
    "gitlab": SourceLook("GitLab", _BRANCH),
    "log": SourceLook("Log", _LINES),
    "jsonl": SourceLook("JSON lines", _LINES),
    "shell": SourceLook("Shell", _PROMPT),
    "email": SourceLook("E-mail", _TOLD),
    "added by hand": SourceLook("Added by hand", _HAND),
}
_KINDS = {"deployment": _RAISED, "rollback": _RAISED, "release": _RAISED, "message": _SAID, "turn": _CURVE, "alert": _RUNG}


def source_look(source: str) -> SourceLook:
    """Return how a source looks; one that is not known is called by its own name."""
    return _LOOKS.get(source) or SourceLook(source[:1].upper() + source[1:], _PLAIN)


def event_source(event: Event) -> SourceLook:
    """Return how the source of an event looks: a channel by its own name, a log or table by its file's."""
    look = source_look(event.source)
    path = _KINDS.get(str(event.kind), look.path) if look.path in {_PLAIN, _LINES} else look.path
    if isinstance(event.details, MessageDetails) and event.details.channel:
        return SourceLook(f"#{event.details.channel.lstrip('#')}", look.path)
    if look.path == _LINES and event.citations and event.citations[0].path:
        return SourceLook(event.citations[0].path.replace("!/", "/").rpartition("/")[2][:60], path)
    return SourceLook(look.name, path)
