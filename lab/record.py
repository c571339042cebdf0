"""Records one incident from start to end."""

from __future__ import annotations

import json
import random
import shutil
import signal
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from lab.chat import Chat
from lab.director import Director, Side
from lab.evidence import write_evidence
from lab.faults import habits
from lab.faults.play import Fault, Play
from lab.journal import Journal
from lab.people import cast
from lab.phrases import Phrases
from lab.programs import Programs
from lab.repository import start_repository
from lab.scene import Scene
from lab.stack import running_stack
from lab.truth import truth

REQUESTS_PER_SECOND = 9.0
LIMIT_SECONDS = 14.5 * 60


class TooLong(Exception):  # noqa: N818 - it says what was met, like BadEvidence
    """The recording did not end in time."""


def record(programs: Programs, fault: Fault, seed: int, out: Path) -> dict[str, object]:
    """Play `fault` with `seed` and write `out/evidence/` and `out/truth.json`; returns the truth.

    Raises:
        StackFailed: when a part of the system does not start or ends by itself.
        TooLong: when it takes longer than 14.5 minutes.
        ValueError: when users never felt the fault.

    """
    rng = random.Random(f"{fault.name}-{seed}")
    play = fault.build(rng)
    director = make_director(rng, play, fault.name, seed)
    people, journal = director.people, director.journal
    authors = [people[role] for role in ("dev", "right", "other", "db")]
    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(int(LIMIT_SECONDS))
    try:
        with running_stack(
            programs,
            scene=play.scene,
            plan=play.plan,
            journal=journal,
            announce=director.announce_delivery,
            make_repository=lambda folder: start_repository(
                programs.git, folder, scene=play.scene, authors=authors, rng=rng, settings=play.plan.settings
            ),
        ) as stack:
            director.enter(stack)
            stack.start_load(REQUESTS_PER_SECOND, seed)
            director.until(lambda: len(stack.measurements()) > 5, 30)
            play.run(director)
            found = truth(journal, stack.measurements(), fault=fault.name, seed=seed, scene=_scene(play.scene))
            if (out / "evidence").exists():
                shutil.rmtree(out / "evidence")
            write_evidence(out / "evidence", stack, director)
    finally:
        signal.alarm(0)
    (out / "truth.json").write_text(json.dumps(found, indent=2, ensure_ascii=False) + "\n")
    return found


def make_director(rng: random.Random, play: Play, fault: str, seed: int) -> Director:
    """Give the director of a play, with the cast, the chat and its channels, and an empty journal."""
    people = cast(rng, play.roles)
    aside = random.Random(f"{fault}-{seed}-aside")
    director = Director(
        rng=rng,
        scene=play.scene,
        people=people,
        chat=Chat(random.Random(f"{fault}-{seed}-chat"), list(people.values())),
        journal=Journal(),
        phrases=Phrases(rng, play.phrases),
        side=Side(aside, Phrases(aside, ("common",))),
    )
    habits.open_channels(director)
    return director


def _scene(scene: Scene) -> dict[str, str]:
    return {name: value for name, value in asdict(scene).items() if isinstance(value, str)}


def _too_long(_number: int, _frame: FrameType | None) -> None:
    raise TooLong(f"the recording took longer than {LIMIT_SECONDS / 60:.1f} minutes")
