"""What must hold of a data folder at the moment at which its server was killed, and once it has settled again."""

from __future__ import annotations

import json
import time
from collections import Counter

from tests.web.killed import MESSAGES, Database

from juncture.casework.verification import verify_store
from juncture.stores.folder import FolderStore

_CHANGES = "SELECT before, after, object_id, incident_id FROM journal_change WHERE object_kind = %s AND action = %s ORDER BY id"


class Seen:
    """What the tables of a server hold, for one look."""

    def __init__(self, client) -> None:
        self.client = client
        self.rows = client.rows

    def changes(self, kind, action):
        return [
            (_value(before), _value(after), number, incident) for before, after, number, incident in self.rows(_CHANGES, kind, action)
        ]  # fmt: skip

    def acked(self, kind):
        return set(self.client.acked.get(kind, ()))

    def sent(self, kind):
        return set(self.client.sent.get(kind, ()))


def half_there(client):
    """Yield what is wrong at the moment of death: what was acknowledged and is gone, and what is there by half."""
    seen = Seen(client)
    for check in (_sections, _publications, _corrections, _actions, _objects, _file, _imports, _erasures):
        for wrong in check(seen):
            yield f"{check.__name__.strip('_')}: {wrong}"


def _sections(seen):
    client = seen.client
    changes = [after["markdown"] for _, after, number, _ in seen.changes("section", "write") if number == str(client.section)]
    for mark in seen.acked("section"):
        if sum(f"{mark}." in text for text in changes) != 1:
            yield f"{mark} was acknowledged and is in no version"
    ((text, version),) = seen.rows("SELECT markdown, version FROM postmortems_section WHERE id = %s", client.section)
    if changes and (changes[-1] != text or version != 1 + len(changes)):
        yield f"the section is not what the journal says: {version} {text[-30:]!r} {changes[-1][-30:]!r}"
    if changes:
        mark = changes[-1].strip().rpartition(" ")[2].strip(".")
        found = seen.rows(
            "SELECT body FROM library_searchentry WHERE object_id = %s AND audience IN ('writers', 'everybody')", client.document
        )  # fmt: skip
        if not any(mark in body for (body,) in found):
            yield f"{mark} is not what is searched"


def _publications(seen):
    found = seen.rows(
        "SELECT p.published_number, p.id FROM postmortems_postmortem p WHERE p.public_id = %s", seen.client.document
    )
    ((number, key),) = found
    frozen = [
        n for (n,) in seen.rows("SELECT number FROM postmortems_publication WHERE postmortem_id = %s ORDER BY number", key)
    ]
    told = [after for _, after, postmortem, _ in seen.changes("postmortem", "set_state") if postmortem == seen.client.document]
    if not frozen == list(range(1, number + 1)) == [after["publication"] for after in told]:
        yield f"{frozen} {number} {[after['publication'] for after in told]}"
    if lost := seen.acked("publish") - {after["reason"] for after in told}:
        yield f"lost {lost}"


def _corrections(seen):
    rows = seen.rows("SELECT why, kind, event_id, after FROM timeline_correction ORDER BY id")
    whys = Counter(why for why, *_ in rows)
    told = Counter(
        after["why"] for kind in ("text", "add", "time") for _, after, *_ in seen.changes("event", f"correct {kind}")
    )
    if whys != told:
        yield f"journal and corrections differ: {whys - told} {told - whys}"
    if lost := seen.acked("correct") - set(whys):
        yield f"lost {lost}"
    if doubled := [why for why, count in whys.items() if count > 1]:
        yield f"doubled {doubled}"
    added = [event for _, kind, event, _ in rows if kind == "add"]
    items = [name for (name,) in seen.rows("SELECT name FROM evidence_evidenceitem") if name.startswith("added-")]
    if len(items) != len(added):
        yield f"{len(items)} artefacts of {len(added)} events that were added"
    there = {event for (event,) in seen.rows("SELECT event_id FROM timeline_storedevent")}
    if missing := set(added) - there:
        yield f"added and not on the timeline: {missing}"


def _actions(seen):
    found = seen.rows("SELECT public_id, title, state FROM actions_actionitem")
    rows = {number: (title, state) for number, title, state in found if title.startswith("Add a lock zzk")}
    told = {number for _, after, number, _ in seen.changes("action", "add") if "Add a lock" in str(after)}
    if told != set(rows):
        yield f"journal and actions differ: {told ^ set(rows)}"
    states = {title.rpartition(" ")[2]: state for title, state in rows.values()}
    if lost := seen.acked("action") - set(states):
        yield f"lost {lost}"
    if lost := [mark for mark in seen.acked("close") if states.get(mark) != "done"]:
        yield f"not closed {lost}"
    done = {number for number, (_, state) in rows.items() if state == "done"}
    changed = seen.rows("SELECT object_id, after FROM journal_change WHERE object_kind = 'action'")
    closed = {number for number, after in changed if (_value(after) or {}).get("state") == "done"}
    if done != closed:
        yield f"journal and states differ: {done ^ closed}"
    searched = dict(
        seen.rows("SELECT object_id, state FROM library_searchentry WHERE kind = 'action' AND audience <> 'readers'")
    )
    if wrong := [number for number, (_, state) in rows.items() if searched.get(number) != state]:
        yield f"not searched as they are: {wrong}"


_TABLES = {"decisions": "decision", "weak-points": "weakpoint", "participants": "participant", "lessons": "statement",
           "not-known": "statement", "questions": "statement", "factors": "factor", "figures": "figure"}  # fmt: skip
_STANDING = {"accept": "accepted", "dismiss": "dismissed"}


def _objects(seen):
    acked = seen.acked("accept")
    for kind, number in seen.client.objects:
        ((standing, touched),) = seen.rows(f"SELECT standing, touched FROM postmortems_{_TABLES[kind]} WHERE id = %s", number)
        told = seen.rows(
            "SELECT before, after FROM journal_change WHERE object_kind = %s AND object_id = %s"
            " AND action IN ('accept', 'dismiss') ORDER BY id",
            kind.removesuffix("s").replace("-", "_"), str(number),
        )  # fmt: skip
        first = _value(told[0][0]) if told else {"standing": standing, "touched": touched}
        stands = [first["standing"] if first["touched"] else "", *(_value(after)["standing"] for _, after in told)]
        if told and stands[-1] != standing:
            yield f"{kind} {number} is {standing}, and the journal says {stands}"
        asked = [mark for mark in seen.client.sent.get("accept", ()) if mark.startswith(f"{kind} {number} ")]
        if not led_to(stands, [(_STANDING[mark.split()[2]], mark in acked) for mark in asked]):
            yield f"{kind} {number} was {stands}, and asked was {[(mark, mark in acked) for mark in asked]}"


def led_to(stands, acts):
    """Return whether acts lead through exactly these standings, from the first to the last.

    An act is the standing it gives and whether it was acknowledged. One person asks one thing after another, so they count in
    the order in which they were sent. One that was acknowledged has been carried out, in its turn. One that was not may have
    been or not, even if its server was killed over it, but never after one that was sent later and acknowledged. Nothing is
    written where the object stands like that already; "" is an object that nobody has touched.
    """
    at = {0}
    for standing, acked in acts:
        done = {n for n in at if stands[n] == standing}
        done |= {n + 1 for n in at - done if stands[n + 1 : n + 2] == [standing]}
        at = done if acked else at | done
    return len(stands) - 1 in at


def _file(seen):
    acked, sent = seen.client.acked.get("put", []), seen.client.sent.get("put", [])
    ((text, key),) = seen.rows(
        "SELECT t.text, t.postmortem_id FROM postmortems_senttext t JOIN postmortems_postmortem p ON p.id = t.postmortem_id"
        " WHERE p.public_id = %s", seen.client.filed,
    )  # fmt: skip
    text = bytes(text)
    marks = ["zzk0", *sent]
    allowed = marks[marks.index(acked[-1]) if acked else 0 :]
    found = [mark for mark in allowed if f" {mark}.".encode() in text]
    if len(found) != 1:
        yield f"{text!r} is none of {allowed}"
        return
    prose = " ".join(body for (body,) in seen.rows("SELECT markdown FROM postmortems_section WHERE postmortem_id = %s", key))
    actions = [title for (title,) in seen.rows("SELECT title FROM actions_actionitem WHERE postmortem_id = %s", key)]
    if f"It says {found[0]}." not in prose or actions != [f"do {found[0]}"]:
        yield f"the file says {found[0]}; rows say {prose!r} {actions}"
    if len(seen.changes("postmortem", "replace")) < len(acked):
        yield "fewer changes than were acknowledged"


def _imports(seen):
    runs = seen.rows(
        "SELECT r.public_id, i.id, i.title, r.given FROM evidence_importrun r JOIN incidents_incident i ON i.id = r.incident_id"
        " WHERE r.task = 'read'"
    )
    told = {number for _, _, number, _ in seen.changes("evidence", "add")}
    if told != {run for run, *_ in runs}:
        yield "journal and imports differ"
    titles = Counter(title for _, _, title, _ in runs)
    for kind, word in (("upload", "Upload"), ("give", "Erase")):
        if lost := [mark for mark in seen.acked(kind) if titles[f"{word} {mark}"] != 1]:
            yield f"lost or doubled {lost}"
    held = {(incident, sha256) for incident, sha256 in seen.rows("SELECT incident_id, sha256 FROM evidence_evidenceitem")}
    given = {(incident, one["sha256"]) for _, incident, _, items in runs for one in _value(items)}
    if given - held:
        yield f"imports of what is not there: {given - held}"


def _erasures(seen):
    marked = {f"{incident} {sha256[7:]}" for incident, sha256 in seen.rows(
        "SELECT incident_id, sha256 FROM evidence_evidenceitem WHERE erased_at IS NOT NULL"
    )}  # fmt: skip
    runs = {f"{incident} {one['sha256'][7:]}" for incident, given in seen.rows(
        "SELECT incident_id, given FROM evidence_importrun WHERE task = 'remove'"
    ) for one in _value(given)}  # fmt: skip
    told = {f"{incident} {number}" for _, _, number, incident in seen.changes("artefact", "remove")}
    if not marked == runs == told:
        yield f"marked, queued and told differ: {marked} {runs} {told}"
    if len(marked) < len(seen.acked("erase")):
        yield "an acknowledged one is lost"


def settled(client, seconds=120):
    """Wait until nothing is due any more."""
    deadline = time.monotonic() + seconds
    asked = (
        "SELECT (SELECT count(*) FROM evidence_importrun WHERE state IN ('queued', 'running'))"
        " + (SELECT count(*) FROM timeline_storedtimeline WHERE due) + (SELECT count(*) FROM library_derivation WHERE version < 1)"
    )
    while client.rows(asked)[0][0]:
        assert time.monotonic() < deadline, client.server.said()
        time.sleep(0.2)


def unfinished(client):
    """Yield what is wrong once all has settled: imports that differ from an undisturbed one, and words that were erased."""
    for run, task, state, failure in client.rows("SELECT public_id, task, state, failure FROM evidence_importrun"):
        if state != "done":
            yield f"{task} {run} is {state}: {failure}"
    shapes = {}
    for mark in client.acked.get("upload", ()):
        events = client.rows(
            "SELECT e.event_id, e.summary FROM timeline_storedevent e JOIN incidents_incident i ON i.id = e.incident_id"
            " WHERE i.title = %s ORDER BY e.event_id", f"Upload {mark}",
        )  # fmt: skip
        shape = tuple((event, summary.replace(mark, "MARK")) for event, summary in events)
        shapes.setdefault(shape, []).append(mark)
    if len(shapes) > 1:
        yield f"imports differ: {[(len(shape), marks) for shape, marks in shapes.items()]}"
    if any(len(shape) < MESSAGES * 0.9 for shape in shapes):
        yield f"events are missing: {[len(shape) for shape in shapes]}"
    for finding in verify_store(FolderStore(client.server.data / "evidence")):
        if finding.broken:
            yield f"verify: {finding}"
    yield from _not_erased(client)
    yield from _not_rebuilt(client)
    for folder in ("uploads", "evidence/incoming"):
        for path in (client.server.data / folder).glob("*"):
            yield f"left over: {path}"


def _not_rebuilt(client):
    """Have every timeline rebuilt; yield where that changes what was there."""
    asked = (
        "SELECT incident_id, event_id, body, hidden FROM timeline_storedevent ORDER BY incident_id, event_id",
        "SELECT incident_id, milestones, phases, notes FROM timeline_storedtimeline ORDER BY incident_id",
    )
    before = [client.rows(one) for one in asked]
    Database(client.server).write("UPDATE timeline_storedtimeline SET due = %s", True)
    settled(client)
    for one, old, new in zip(asked, before, map(client.rows, asked), strict=True):
        if changed := [row for row in new if row not in old]:
            yield f"rebuilding changes {len(changed)} rows of {one}: {changed[:1]}"


def _not_erased(client):
    gone = {
        title.removeprefix("Erase ")
        for (title,) in client.rows(
            "SELECT i.title FROM evidence_importrun r JOIN incidents_incident i ON i.id = r.incident_id WHERE r.task = 'remove'"
        )
    }
    needles = [f"zzsecret {mark} ".encode() for mark in gone]
    for where, data in Database(client.server).everything():
        for needle in needles:
            if needle in data:
                yield f"{needle} is in {where}: {data[:300]!r}"
    for path in client.server.data.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            yield from (f"{needle} is in {path}" for needle in needles if needle in data)


def _value(held):
    return json.loads(held) if isinstance(held, str | bytes) else held
