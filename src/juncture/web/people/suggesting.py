"""Names seen in evidence that nobody here has yet."""

from __future__ import annotations

import msgspec
from django.db.models.functions import Lower
from msgspec import Struct

from juncture.web.access.errors import NotAllowed
from juncture.web.access.viewer import Viewer
from juncture.web.incidents.models import Incident, Visibility
from juncture.web.people.models import Identity, User
from juncture.web.timeline.models import StoredEvent

_INCIDENTS = 10
_EVENTS = 1000
_SHOWN = 12
_LONGEST = 60


class _Actor(Struct):
    actor: str | None = None


_read = msgspec.json.Decoder(_Actor)


def unclaimed_names(viewer: Viewer) -> list[str]:
    """Return names that nobody here has, of people in the newest incidents that the viewer sees and that are not restricted.

    In the order of the alphabet, so that it says nothing of who was on what, or how often.
    """
    if not viewer.may_administer:
        raise NotAllowed("Only an administrator says who is who.")
    newest = Incident.objects.visible_to(viewer).exclude(visibility=Visibility.RESTRICTED).order_by("-id")
    of = list(newest.values_list("pk", flat=True)[:_INCIDENTS])
    bodies = StoredEvent.objects.filter(incident__in=of, lane="people").values_list("body", flat=True)[:_EVENTS]
    seen = {name for body in bodies if (name := (_read.decode(bytes(body)).actor or "").strip()) and len(name) <= _LONGEST}
    keys = {name.lower().removeprefix("@") for name in seen}
    taken = set(Identity.objects.annotate(key=Lower("value")).filter(key__in=keys).values_list("key", flat=True))
    taken |= set(User.objects.annotate(key=Lower("name")).filter(key__in=keys).values_list("key", flat=True))
    taken |= set(User.objects.annotate(key=Lower("email")).filter(key__in=keys).values_list("key", flat=True))
    return sorted(name for name in seen if name.lower().removeprefix("@") not in taken)[:_SHOWN]
