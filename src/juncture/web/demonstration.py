"""Loads a recorded incident into an empty data folder, by the same operations as everything else."""

from __future__ import annotations

from pathlib import Path

from msgspec import Struct

from juncture.web.access.operations import add_person, sign_in_link
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM
from juncture.web.evidence.importing import run_import
from juncture.web.evidence.leases import take_import
from juncture.web.evidence.operations import Received, receive
from juncture.web.incidents.operations import UNTITLED, declare
from juncture.web.people.models import Role
from juncture.web.postmortems.operations import set_state, start_postmortem


class Loaded(Struct, frozen=True):
    """What was loaded: the postmortem's id, and the token of a link that signs its administrator in."""

    postmortem: str
    token: str


def load(evidence: Path) -> Loaded:
    """Declare the incident, import its evidence, draft and publish its postmortem; return how to get in."""
    user = add_person(SYSTEM, email="demo@example.org", name="Demo administrator", role=Role.ADMINISTRATOR, password=None)
    viewer = viewer_of(user)
    incident = declare(viewer, title=UNTITLED)
    paths = sorted(path for path in evidence.rglob("*") if path.is_file())
    files = (Received(str(path.relative_to(evidence)), path.open("rb")) for path in paths)
    receive(viewer, incident.public_id, files, date=None, zone="UTC")
    run = take_import()
    if run is None:
        raise RuntimeError("the import of the recorded incident was not queued")
    run_import(run)
    row = start_postmortem(viewer, incident.public_id)
    set_state(viewer, row.public_id, "published")
    return Loaded(row.public_id, sign_in_link(user))
