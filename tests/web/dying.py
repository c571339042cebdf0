"""Dies before each step: `python -m tests.web.dying DATA ACT [HOW_MANY SEED]`.

A step is a statement for the database or a change of a file in the data folder. For each step (or for so many of them) a copy
of the prepared folder is worked on by a process that kills itself before that step; another one then works off what is due. What is
there after that must be as if the act had been done undisturbed; or, of what a person asked and nobody acknowledged, as if it
had never been asked. Prints a line for each step at which it is neither, and ends with how many there were.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

from juncture.web.setup import migrate, set_up

EMAIL = "sam@example.org"
SECRET = "zzsecret customer wrote from a place that nobody is to know"
_FILE_EVENTS = frozenset({"open", "os.rename", "os.remove", "os.truncate", "os.mkdir", "os.rmdir"})
_DUMP = {
    "events": "SELECT summary, lane, key, hidden, occurred_at FROM timeline_storedevent ORDER BY 5, 1",
    "sightings": "SELECT sighting_id, body FROM evidence_storedsighting ORDER BY id",
    "timelines": "SELECT milestones, phases, notes, due FROM timeline_storedtimeline",
    # What is added by hand is kept with the time of now, which is written in more digits or fewer.
    "items": "SELECT name, sha256, CASE WHEN name LIKE 'added-%' THEN 0 ELSE size END, recognised, events, erased_at IS NULL, "
    "erased_reason FROM evidence_evidenceitem ORDER BY id",
    "runs": "SELECT task, state, events, read_by, left_out, notes, failure, remark FROM evidence_importrun ORDER BY id",
    "changes": "SELECT DISTINCT action, object_kind FROM journal_change WHERE action NOT LIKE '%draft%' ORDER BY 1, 2",
    "counts": "SELECT action, count(*) FROM journal_change WHERE action NOT LIKE '%draft%' GROUP BY 1 ORDER BY 1",
    "postmortems": "SELECT title, state, published_number FROM postmortems_postmortem ORDER BY id",
    "sections": "SELECT heading, markdown FROM postmortems_section ORDER BY postmortem_id, position",
    "publications": "SELECT number, record FROM postmortems_publication ORDER BY id",
    "corrections": "SELECT kind, why, before FROM timeline_correction ORDER BY id",
    "actions": "SELECT title, state FROM actions_actionitem ORDER BY id",
    "search": "SELECT kind, audience, title, body FROM library_searchentry ORDER BY 1, 2, 3, 4",
    "incidents": "SELECT title FROM incidents_incident ORDER BY id",
}
_RANDOM = re.compile(r"added-[\w-]+\.txt|sha256:[0-9a-f]{64}")


def main(data, act, how_many=0, seed=0):
    data = data.absolute()
    set_up(data)
    migrate()
    from django.db import connections

    connections.close_all()  # a child must not have its parent's
    _in_child(lambda: _prepare(act))
    kept = data.with_name("kept")
    shutil.copytree(data, kept)
    _in_child(_work)
    without = None if act in _OF_THE_WORKER else _dump(data)
    steps = _rounds(data, kept, act, None)
    done = _dump(data)
    assert done != without, f"{act} changes nothing"
    chosen = range(1, steps + 1)
    if how_many:
        chosen = sorted(random.Random(seed).sample(chosen, min(how_many, steps)))
    wrong = 0
    for step in chosen:
        _rounds(data, kept, act, step)
        found = _dump(data)
        if found not in (done, without):
            wrong += 1
            like = done if without is None else min((done, without), key=lambda one: len(_differences(found, one)))
            print(f"{act}, step {step} of {steps}: {json.dumps(_differences(found, like))[:3000]}")
    print(f"{act}: {wrong} of {len(chosen)} steps leave something half done, of {steps} in all")
    return 1 if wrong else 0


def _rounds(data, kept, act, step):
    """Do an act on a fresh copy, dying before `step`, and work off what is left; return how many steps there were."""
    shutil.rmtree(data)
    shutil.copytree(kept, data)
    count = data.with_name("count")
    count.unlink(missing_ok=True)
    _in_child(lambda: _dying(data, act, step, count), dies=step is not None)
    _in_child(_work)
    return int(count.read_text()) if count.exists() else 0


def _in_child(what, *, dies=False):
    """Do something in a process of its own, with connections of its own."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        status = 1
        try:
            from juncture.web.evidence import leases

            leases.WORKER = f"{leases._HOST}:{os.getpid()}:{os.urandom(6).hex()}"
            what()
            status = 0
        except BaseException:  # noqa: BLE001 - whatever it is, it is shown
            import traceback

            traceback.print_exc()
        finally:
            sys.stdout.flush()
            os._exit(status)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) if dies else status == 0, status


def _dying(data, act, step, count):
    from django.db import connection

    seen = 0

    def pass_by():
        nonlocal seen
        seen += 1
        if seen == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def on_file(event, arguments):
        if event in _FILE_EVENTS and str(arguments[0]).startswith(str(data)) and ".sqlite3" not in str(arguments[0]):
            if event == "open" and not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                return
            pass_by()

    def on_statement(execute, sql, params, many, context):
        pass_by()
        return execute(sql, params, many, context)

    connection.ensure_connection()
    sys.addaudithook(on_file)
    with connection.execute_wrapper(on_statement):
        (_work if act in _OF_THE_WORKER else _ACTS[act])()
    if step is None:
        count.write_text(str(seen))


def _work():
    from juncture.web.timeline.models import StoredTimeline
    from juncture.web.worker import tidy, work_once

    tidy()
    while work_once():
        pass
    # As if the time had passed after which the worker takes over.
    if StoredTimeline.objects.filter(due=True, due_from__isnull=False).update(due_from=None):
        while work_once():
            pass


def _viewer():
    from juncture.web.access.selectors import viewer_of
    from juncture.web.people.models import User

    return viewer_of(User.objects.get(email=EMAIL))


def _prepare(act):
    """Make what an act needs; an act of the worker is left due."""
    import io

    from tests.web.killed import CHAT, export

    from juncture.web.access.operations import add_person
    from juncture.web.access.viewer import SYSTEM
    from juncture.web.evidence.operations import Received, receive_into_new

    add_person(SYSTEM, email=EMAIL, name="Sam Sample", role="author", password="a long enough passphrase")
    texts = [CHAT.replace("checkout answers 500 since the deploy", SECRET), CHAT.replace("ack", "aye")]
    files = [Received(f"chat-{number}.txt", io.BytesIO(text.encode())) for number, text in enumerate(texts)]
    files.append(Received("export.zip", io.BytesIO(export("zzk1x", 12))))
    receive_into_new(_viewer(), files, title="", visibility="organisation", date=None, zone="UTC")
    if act == "import":
        return
    _work()
    from juncture.web.postmortems import operations

    operations.set_state(_viewer(), _section()[1], "published")
    event = _event(SECRET[:8])
    from juncture.web.timeline.operations import Asked, correct

    correct(_viewer(), _incident(), Asked(kind="text", event=event, text=f"{SECRET} in other words", why=f"why {SECRET}"))
    _work()
    if act == "removal":
        _remove()


def _incident():
    from juncture.web.incidents.models import Incident

    return Incident.objects.get_queryset().first().public_id


def _section():
    from juncture.web.postmortems.models import Section

    section = Section.objects.select_related("postmortem").order_by("id").first()
    return section, section.postmortem.public_id


def _event(begins):
    from juncture.web.timeline.models import StoredEvent

    return StoredEvent.objects.filter(summary__contains=begins).first().event_id


def _remove():
    from juncture.web.evidence.keeping import remove_artefact
    from juncture.web.evidence.models import EvidenceItem

    remove_artefact(_viewer(), _incident(), EvidenceItem.objects.get(name="chat-0.txt").sha256, reason="asked for")


def _correct(**asked):
    from juncture.web.timeline.operations import Asked, correct

    correct(_viewer(), _incident(), Asked(**asked))


def _write():
    from juncture.web.postmortems import operations

    section, document = _section()
    operations.apply(_viewer(), document, section.pk, base=section.markdown, text=f"{section.markdown}\n\nAs it was.\n")


def _publish():
    from juncture.web.postmortems import operations

    operations.set_state(_viewer(), _section()[1], "published", reason="again")


def _receive():
    import io

    from juncture.web.evidence.operations import Received, receive_into_new

    files = [Received(f"log-{n}.txt", io.BytesIO(b"2026-03-02T14:05:00Z ERROR payment failed\n" * n)) for n in (1, 2)]
    receive_into_new(_viewer(), files, title="", visibility="organisation", date=None, zone="UTC")


_OF_THE_WORKER = frozenset({"import", "removal"})
_ACTS = {
    "add": lambda: _correct(kind="add", time="14:30", lane="people", text="somebody called", why="it is missing"),
    "time": lambda: _correct(kind="time", event=_event("error rate"), time="14:59", why="by the clock"),
    "join": lambda: _correct(kind="join", event=_event("error rate"), other=_event("back to normal"), why="the same"),
    "write": _write,
    "publish": _publish,
    "receive": _receive,
    "remove": _remove,
}


def _dump(data):
    with closing(sqlite3.connect(data / "juncture.sqlite3")) as held:
        found = {name: _plain(held.execute(sql).fetchall()) for name, sql in _DUMP.items()}
        words = [
            table
            for (table,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            for row in held.execute(f'SELECT * FROM "{table}"')
            if any(SECRET.encode() in (value if isinstance(value, bytes) else str(value).encode()) for value in row)
        ]
    found["words"] = sorted(set(words))
    files = [path for path in sorted(data.rglob("*")) if path.is_file()]
    found["bytes"] = [str(path.relative_to(data)) for path in files if SECRET.encode() in path.read_bytes()]
    found["left over"] = [path.name for path in (data / "evidence" / "incoming").glob("*")]
    from juncture.casework.verification import verify_store
    from juncture.stores.folder import FolderStore

    found["broken"] = [str(one) for one in verify_store(FolderStore(data / "evidence")) if one.broken]
    return found


def _plain(rows):
    return [[_RANDOM.sub("…", value.decode() if isinstance(value, bytes) else str(value)) for value in row] for row in rows]


def _differences(found, like):
    return {
        name: [[one for one in found[name] if one not in like[name]], [one for one in like[name] if one not in found[name]]]
        for name in found
        if found[name] != like[name]
    }


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], *map(int, sys.argv[3:])))
