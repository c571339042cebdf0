"""An incident whose chat has been read, and many events without evidence."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from tests.web.conftest import CHAT

from juncture.model.evidence import Citation, Kind, Lane, LogDetails, MessageDetails, Sighting
from juncture.model.identity import sighting_id
from juncture.web.access.selectors import viewer_of
from juncture.web.bulk import upsert
from juncture.web.evidence.models import StoredSighting
from juncture.web.evidence.operations import pasted, receive_into_new
from juncture.web.incidents.operations import declare
from juncture.web.timeline.models import StoredEvent, StoredTimeline
from juncture.web.timeline.operations import rebuild_timeline

START = datetime(2026, 3, 10, 14, tzinfo=UTC)


@pytest.fixture
def incident(viewer, work):
    """The id of an incident with six messages."""
    from datetime import date

    run = receive_into_new(viewer, [pasted(CHAT)], title="Checkout fails", date=date(2026, 3, 10), zone="UTC")
    work()
    return run.incident.public_id


def sighting(number, *, source="log", template="", said="", at=None, **more):
    at = at or START + timedelta(seconds=5 * number)
    lane, kind = (Lane.PEOPLE, Kind.MESSAGE) if source == "slack" else (Lane.SIGNAL, Kind.LOG)
    details = MessageDetails(channel="incident") if source == "slack" else LogDetails(template=template or None)
    return Sighting(
        id=sighting_id("test", str(number), source), source=source, kind=kind, lane=lane, occurred_at=at, earliest=at, latest=at,
        summary=said or f"{template} {number}", citation=Citation("sha256:" + "0" * 64, f"{source}.txt", f"line:{number + 1}"),
        details=details, **more,
    )  # fmt: skip


@pytest.fixture
def incident_of(viewer):
    def make(sightings, **fields):
        row = declare(viewer, title="Orders wait", **fields)
        rows = [(row.pk, each.id, msgspec.json.encode(each)) for each in sightings]
        upsert(StoredSighting, ("incident", "sighting_id", "body"), rows, unique=("incident", "sighting_id"), update=False)
        rebuild_timeline(row)
        return row

    return make


@pytest.fixture
def ids(db):
    """Return a function that gives the ids of an incident's events in order."""

    def of(incident):
        return list(
            StoredEvent.objects.filter(incident__public_id=incident)
            .order_by("moment", "event_id")
            .values_list("event_id", flat=True)
        )

    return of


def derived(row):
    """What is stored of a timeline, whole: for comparing a rebuild with what corrections left."""
    events = list(
        StoredEvent.objects.filter(incident=row).order_by("event_id").values_list("event_id", "body", "hidden", "moment", "key")
    )
    timeline = StoredTimeline.objects.get(incident=row)
    return [tuple(map(str, each)) for each in events], bytes(timeline.milestones), bytes(timeline.phases)


@pytest.fixture
def as_role(client, person):
    """Return a function that signs somebody of a role in, and gives the client and who they are."""

    def sign_in(role):
        user = person(role)
        client.force_login(user)
        return client, viewer_of(user)

    return sign_in
