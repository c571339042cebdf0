"""Loads what there is to look at before there is anything of one's own: a recorded incident, and sample postmortems.

By the same operations as everything else. The samples are dated so that the newest is a few days old.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from msgspec import Struct

from juncture.stores.examples import recorded_incident, sample_postmortems
from juncture.web.access.errors import InTheWay, NotAllowed
from juncture.web.access.operations import add_person, sign_in_link
from juncture.web.access.selectors import viewer_of
from juncture.web.access.viewer import SYSTEM, Viewer
from juncture.web.evidence.models import ImportRun
from juncture.web.evidence.operations import Received, receive_into_new
from juncture.web.incidents.models import Incident
from juncture.web.people.models import Role
from juncture.web.postmortems.operations import import_file, set_state
from juncture.web.postmortems.selectors import postmortems
from juncture.web.worker import work_once

_NEWEST = dt.timedelta(days=6)
_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}(?=[T\s]|$)", re.MULTILINE)


class Loaded(Struct, frozen=True):
    """What was loaded: the postmortem's id, and the token of a link that signs its administrator in."""

    postmortem: str
    token: str


def load() -> Loaded:
    """Load everything into an empty folder, read and drafted and published; return how to get in."""
    user = add_person(SYSTEM, email="demo@example.org", name="Demo administrator", role=Role.ADMINISTRATOR, password=None)
    viewer = viewer_of(user)
    load_for(viewer)
    if not work_once():
        raise RuntimeError("the import of the recorded incident was not queued")
    newest = postmortems(viewer, limit=1)[0][0].id
    set_state(viewer, newest, "published")
    return Loaded(newest, sign_in_link(user))


def load_for(viewer: Viewer) -> ImportRun:
    """Import the samples, and queue the recorded incident, whose draft follows.

    Raises NotAllowed for everybody but administrators, InTheWay where there is an incident already.
    """
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator loads the demo.")
    with transaction.atomic():
        if Incident.objects.visible_to(viewer).exists():
            raise InTheWay("The demo is for an empty server, and this one has an incident already.")
        for text in _samples(timezone.now()):
            row, value = import_file(viewer, text)
            if value.metadata.get("state") == "published":
                set_state(viewer, row.public_id, "published")
    folder = recorded_incident()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    files = (Received(str(path.relative_to(folder)), path.open("rb")) for path in paths)
    return receive_into_new(viewer, files, title="", visibility="organisation", date=None, zone="UTC")


def _samples(now: dt.datetime) -> Iterator[bytes]:
    """Yield the sample files, oldest incident first, all moved by the same number of days."""
    texts = [path.read_text(encoding="utf-8") for path in sample_postmortems()]
    begun = {text: min(map(dt.date.fromisoformat, _DATE.findall(text.partition("\n---\n")[0]))) for text in texts}
    moved = (now - _NEWEST).date() - max(begun.values())

    def shifted(found: re.Match[str]) -> str:
        return (dt.date.fromisoformat(found[0]) + moved).isoformat()

    for text in sorted(texts, key=begun.__getitem__):
        yield _DATE.sub(shifted, text).encode()
