"""Key events and milestones of recorded incidents against what is true of them.

    python bench/key_events.py examples/checkout-lock DIR...

Each folder has `evidence/` and `truth.json`; the truth is read here, never by the program. Printed for each recording: how far
each milestone is from the nearest key event and from the milestone that the timeline asserts, how far the trigger and each
decision are from a key event, how many key events there are, and whether all are cited. Limits are those of the targets:
milestones within 60 s, trigger and decisions within 30 s of a key event, at most 60 key events, no milestone asserted where there
is none. The exit status is 1 if one is missed.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from juncture.cli.evidence import Asked, reading_of, sightings_of
from juncture.model.evidence import Event
from juncture.model.instants import Instant, parse_instant, seconds_between
from juncture.model.record import Timeline
from juncture.timeline.build import build_timeline

MILESTONE_SECONDS, ACT_SECONDS, MOST = 60, 30, 60


def main(folders: list[str]) -> int:
    missed: list[str] = []
    measured = 0
    for folder in folders:
        path = Path(folder)
        if not (path / "truth.json").is_file() or not (path / "evidence").is_dir():
            print(f"{folder}: no recording (evidence/ and truth.json)")
            continue
        measured += 1
        begun = time.perf_counter()
        timeline = read(path / "evidence")
        print(f"\n== {path.name}: {len(timeline.events)} events in {time.perf_counter() - begun:.1f} s")
        for line, held in judged(timeline, json.loads((path / "truth.json").read_text("utf-8"))):
            print(f"{'  ' if held else '✗ '}{line}")
            if not held:
                missed.append(f"{path.name}: {line}")
    print(f"\n{measured} recordings, {len(missed)} limits missed")
    for line in missed:
        print(f"  ✗ {line}")
    return 1 if missed else 0


def read(evidence: Path) -> Timeline:
    asked = Asked((str(evidence),), None, None, masked=True)
    reading = reading_of(asked)
    return build_timeline(sightings_of(reading, asked), reading.series)


def judged(timeline: Timeline, truth: dict[str, object]) -> Iterator[tuple[str, bool]]:
    """Yield a line for each thing that is true, and whether the timeline holds the limit."""
    keys = [event for event in timeline.events if event.key]
    asserted = {f"{milestone.name}_at": milestone for milestone in timeline.milestones}
    for name, text in dict(truth["milestones"]).items():
        mine = asserted[name]
        if text is None:
            yield f"{name:16} absent, asserted {mine.at and mine.at.time()} {mine.reason if mine.at else ''}", mine.at is None
            continue
        at = parse_instant(text)
        own = f"asserted {seconds_between(at, mine.at):+7.1f} s ({mine.reason})" if mine.at else f"not asserted: {mine.reason}"
        near = nearest(keys, at)
        yield f"{name:16} nearest key event {near:6.1f} s, {own}", near <= MILESTONE_SECONDS and mine.at is not None
    trigger = dict(truth["trigger"])
    near = nearest(keys, parse_instant(trigger["at"]))
    yield f"trigger          nearest key event {near:6.1f} s", near <= ACT_SECONDS
    for decision in list(truth["decisions"]):
        near = nearest(keys, parse_instant(decision["at"]))
        yield f"decision         nearest key event {near:6.1f} s ({decision['question']})", near <= ACT_SECONDS
    yield f"key events       {len(keys)} of {len(timeline.events)}", len(keys) <= MOST
    yield (
        f"cited            {sum(bool(event.citations) for event in keys)} of {len(keys)}",
        all(event.citations for event in keys),
    )


def nearest(keys: list[Event], at: Instant) -> float:
    return min((abs(seconds_between(at, event.occurred_at)) for event in keys), default=float("inf"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
