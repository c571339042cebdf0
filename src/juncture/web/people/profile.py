"""What everybody changes of themselves."""

from __future__ import annotations

from zoneinfo import available_timezones

from django.db import transaction

from juncture.web.access.errors import Invalid, NotAllowed
from juncture.web.access.texts import is_storable
from juncture.web.access.viewer import Scope, Viewer
from juncture.web.journal.operations import record_change
from juncture.web.people.models import User
from juncture.web.people.selectors import own_row


def change_profile(viewer: Viewer, *, name: str, zone: str) -> User:
    """Change the viewer's own name and zone. Raises SignInNeeded, NotAllowed or Invalid."""
    if viewer.scope < Scope.WRITE:
        raise NotAllowed("Your token only reads. Changing who you are needs one of the scope write.")
    name, zone = person_name(name), zone.strip()
    if zone not in available_timezones():
        raise Invalid(f"{zone[:60]!r} is no zone. Write one such as Europe/Berlin, or UTC.")
    with transaction.atomic():
        row = own_row(viewer)
        before = {"name": row.name, "zone": row.zone}
        after = {"name": name, "zone": zone}
        if before != after:
            row.name, row.zone = name, zone
            row.save(update_fields=["name", "zone"])
            record_change(viewer, action="change", object_kind="person", object_id=str(row.pk), before=before, after=after)
    return row


def zone_said(zone: str) -> str:
    """Return the zone that a browser says it is in, UTC where that is no zone."""
    return zone if zone in available_timezones() else "UTC"


def person_name(name: str) -> str:
    """Return a name in one line. Raises Invalid."""
    name = " ".join(name.split())
    if not name or len(name) > 200 or not is_storable(name):
        raise Invalid("A name has 1 to 200 characters.")
    return name
