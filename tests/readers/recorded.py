"""Reads a folder of recorded documents the way the product does, and writes what it found as lines of JSON.

A case is a folder `tests/readers/<reader>/<case>/`: documents, `expected.jsonl`, and, where the documents do not say it
themselves, `settings.json` with `today`, `date` and `timezone`. `make expectations` rewrites every `expected.jsonl`; review the diff.
"""

import datetime as dt
import hashlib
import json
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec

from juncture.evidence.artefact import Artefact
from juncture.evidence.reader import Confidence, Settings
from juncture.evidence.registry import installed_readers, reader_for
from juncture.model.evidence import Series
from juncture.model.identity import ArtefactHash

HERE = Path(__file__).parent
OWN_FILES = {"expected.jsonl", "settings.json", "README.md"}


def cases():
    return sorted(path.parent for path in HERE.glob("*/*/expected.jsonl"))


def folders():
    return sorted(path for path in HERE.glob("*/*/") if path.name != "__pycache__" and path.parent.name != "__pycache__")


def settings_of(case):
    given = json.loads(text) if (text := _read(case / "settings.json")) else {}
    return Settings(
        today=dt.date.fromisoformat(given.get("today", "2026-11-01")),
        date=dt.date.fromisoformat(given["date"]) if "date" in given else None,
        zone=ZoneInfo(given["timezone"]) if "timezone" in given else None,
    )


def artefacts(case):
    for path in sorted(case.rglob("*")):
        if path.is_file() and path.name not in OWN_FILES:
            data = path.read_bytes()
            label = str(path.relative_to(case))
            digest = ArtefactHash(f"sha256:{hashlib.sha256(data).hexdigest()}")
            yield Artefact(digest, label, len(data), lambda path=path: path.open("rb"), label)


def found_in(case):
    """Yield what the readers find in a case's documents, one JSON text each. Every document must be recognised."""
    sessions, queue = {}, []
    for artefact in artefacts(case):
        head = artefact.head()
        reader = reader_for(head, installed_readers())
        assert reader is not None, f"nobody recognises {artefact.label}"
        assert reader.recognise(head) > Confidence.NO
        session = sessions.setdefault(reader.name, reader.session(settings_of(case)))
        queue.append((session.order(head), artefact.label, session, artefact))
    for _, _, session, artefact in sorted(queue, key=lambda item: item[:2]):
        for item in session.read(artefact):
            if isinstance(item, Series):
                short = msgspec.structs.replace(item, instants=item.instants[:1] + item.instants[-1:], values=())
                yield json.dumps({"series": msgspec.to_builtins(short), "samples": len(item.instants)}, ensure_ascii=False)
            else:
                body = json.loads(msgspec.json.encode(item))
                yield json.dumps({type(item).__name__: body}, ensure_ascii=False)


def rewrite():
    for case in folders():
        lines = list(found_in(case))
        (case / "expected.jsonl").write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        print(f"{case.relative_to(HERE)}: {len(lines)}")


def _read(path):
    return path.read_text(encoding="utf-8") if path.exists() else ""


if __name__ == "__main__":
    rewrite()
