"""What evidence says: citations, sightings, events and series.

A reader turns an artefact into sightings; the timeline joins sightings of one happening into an event.
"""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

from juncture.model.identity import ArtefactHash, EventId
from juncture.model.instants import Instant

SUMMARY_LIMIT = 1000
"""An event's summary is one line of at most so many characters, cut with `…`."""


class Lane(StrEnum):
    """The row of the timeline that an event stands in."""

    SIGNAL = "signal"
    CHANGE = "change"
    PEOPLE = "people"
    DECISION = "decision"
    CUSTOMER = "customer"


class Kind(StrEnum):
    """What happened, in one word of a closed set."""

    MESSAGE = "message"
    MEMBERSHIP = "membership"
    UTTERANCE = "utterance"
    ALERT = "alert"
    PAGE = "page"
    ACKNOWLEDGEMENT = "acknowledgement"
    ESCALATION = "escalation"
    RESOLUTION = "resolution"
    NOTE = "note"
    COMMIT = "commit"
    PUSH = "push"
    BRANCH = "branch"
    PULL_REQUEST = "pull_request"
    MERGE = "merge"
    REVIEW = "review"
    DEPLOYMENT = "deployment"
    ROLLBACK = "rollback"
    RELEASE = "release"
    CHECK = "check"
    CONFIGURATION = "configuration"
    ISSUE = "issue"
    COMMENT = "comment"
    COMMAND = "command"
    LOG = "log"
    LOG_PATTERN = "log_pattern"
    LOG_BURST = "log_burst"
    TURN = "turn"
    CUSTOMER_UPDATE = "customer_update"
    ACCOUNT = "account"
    RECORD = "record"


class Citation(Struct, frozen=True, gc=False):
    """One place in one artefact.

    `path` is as the caller gave it, members as `export.zip!/day.json`, None when read from a store. `place` is a JSON
    pointer (`/alerts/0`), `line:12`, `line:12-19` (both included) or `bytes:100-180` (end excluded).
    """

    artefact: ArtefactHash
    path: str | None
    place: str


class MessageDetails(Struct, frozen=True, tag="message", tag_field="type", omit_defaults=True):
    """A chat message or a spoken line. `thread` is the id of the message it answers, in the source's own form."""

    channel: str | None = None
    thread: str | None = None
    bot: bool = False
    edited_at: Instant | None = None
    deleted_at: Instant | None = None
    files: tuple[str, ...] = ()
    reactions: tuple[str, ...] = ()


class AlertDetails(Struct, frozen=True, tag="alert", tag_field="type", omit_defaults=True):
    """An alert. `state` is `firing` or `resolved`; `receiver` is who the router sent it to."""

    name: str
    state: str
    severity: str | None = None
    receiver: str | None = None
    labels: dict[str, str] = {}
    annotations: dict[str, str] = {}
    url: str | None = None


class PageDetails(Struct, frozen=True, tag="page", tag_field="type", omit_defaults=True):
    """One step in the life of a page (an incident of a paging system)."""

    incident: str
    number: int | None = None
    urgency: str | None = None
    assignees: tuple[str, ...] = ()
    url: str | None = None


class ChangeDetails(Struct, frozen=True, tag="change", tag_field="type", omit_defaults=True):
    """A change to code, configuration or what runs. `state` is the source's own word (`success`, `started`, `merged`)."""

    repository: str | None = None
    revision: str | None = None
    previous: str | None = None
    reference: str | None = None
    environment: str | None = None
    state: str | None = None
    url: str | None = None
    files: tuple[str, ...] = ()
    lines_added: int | None = None
    lines_removed: int | None = None


class LogDetails(Struct, frozen=True, tag="log", tag_field="type", omit_defaults=True):
    """Log lines. `template` has `<*>` where lines differ; `count` lines are meant, from `occurred_at` to `ended_at`."""

    level: str | None = None
    template: str | None = None
    count: int = 1


class TurnDetails(Struct, frozen=True, tag="turn", tag_field="type", omit_defaults=True):
    """A series left its usual range or came back. `direction` is `up`, `down` or `back`; values in the series' own unit."""

    metric: str
    direction: str
    labels: dict[str, str] = {}
    usual: float | None = None
    value: float | None = None
    extreme: float | None = None


class CommandDetails(Struct, frozen=True, tag="command", tag_field="type", omit_defaults=True):
    """A command that somebody ran."""

    command: str
    host: str | None = None


class RecordDetails(Struct, frozen=True, tag="record", tag_field="type", omit_defaults=True):
    """A row of a table or a JSON line: its other fields as text."""

    fields: dict[str, str] = {}


Details = (
    MessageDetails | AlertDetails | PageDetails | ChangeDetails | LogDetails | TurnDetails | CommandDetails | RecordDetails
)


class Sighting(Struct, frozen=True, gc=False, kw_only=True):
    """One thing that one reader read at one place of one artefact.

    `earliest` and `latest` bound when it happened, as exactly as the source is (a minute-exact stamp is 60 s wide);
    `occurred_at` is the best single instant between them. `recorded_at` is when a system first held it, `known_at` when the
    evidence first shows it in front of a responder and `known_by` whom (None and () where nothing shows that).

    `summary` is the text as found: masking, folding to one line and cutting happen after the reader.

    `keys` name the happening itself: sightings that share a key are one event (`alert:a1b2@2026-03-02T14:02:00Z`,
    `commit:<sha>`). `links` name what it speaks of: a key of another event, a URL, a commit hash, an alert's name.
    """

    id: EventId
    source: str
    kind: Kind
    lane: Lane
    occurred_at: Instant
    earliest: Instant
    latest: Instant
    summary: str
    citation: Citation
    recorded_at: Instant | None = None
    known_at: Instant | None = None
    known_by: tuple[str, ...] = ()
    ended_at: Instant | None = None
    actor: str | None = None
    service: str | None = None
    keys: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    details: Details | None = None


class Event(Struct, frozen=True, gc=False, kw_only=True):
    """The sightings of one happening, joined. Field order is the order of `timeline --format jsonl`.

    `id` is that of its first-ingested sighting and never changes; ids merged later stand in `aliases`. `key` is true for
    what a careful author would put into the document, and `why_key` says for what reason.
    """

    id: EventId
    aliases: tuple[EventId, ...] = ()
    occurred_at: Instant
    earliest: Instant
    latest: Instant
    recorded_at: Instant | None = None
    known_at: Instant | None = None
    known_by: tuple[str, ...] = ()
    ended_at: Instant | None = None
    lane: Lane
    kind: Kind
    source: str
    actor: str | None = None
    service: str | None = None
    summary: str
    key: bool = False
    why_key: str | None = None
    citations: tuple[Citation, ...]
    links: tuple[str, ...] = ()
    details: Details | None = None


class Series(Struct, frozen=True, kw_only=True):
    """Samples of one metric, in time order. `values[i]` belongs to `instants[i]`; not-a-number samples are left out."""

    metric: str
    labels: dict[str, str]
    instants: tuple[Instant, ...]
    values: tuple[float, ...]
    citation: Citation
    source: str = "prometheus"


class LeftOut(Struct, frozen=True):
    """Something that was not read: `where` names file and place, `why` says the reason and, where it helps, what to do.

    `count` things are meant. `damaged` is true when the file was recognised and this part of it is broken or beyond a
    limit: the exit status is then 1. Unknown formats, duplicates and things of no use for a timeline are not damage.
    """

    where: str
    why: str
    count: int = 1
    damaged: bool = False


class Note(Struct, frozen=True):
    """Something that a reader of the output should know: an assumption, a doubt, an absence."""

    where: str
    why: str
