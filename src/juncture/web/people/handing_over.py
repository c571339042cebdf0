"""What somebody who leaves has open, for handing over: as far as who asks may see it."""

from __future__ import annotations

from django.urls import reverse
from msgspec import Struct

from juncture.web.access.viewer import Viewer
from juncture.web.actions.models import UNFINISHED, ActionItem

_SHOWN = 100


class LeftBehind(Struct, frozen=True):
    """An open action: its title and its address."""

    title: str
    url: str


def left_behind(viewer: Viewer, person: int) -> list[LeftBehind]:
    """Return the open actions of a person that the viewer may see, those due first first."""
    rows = ActionItem.objects.visible_to(viewer).filter(owner=person, state__in=UNFINISHED)
    found = rows.order_by("due", "pk").values_list("title", "public_id")[:_SHOWN]
    return [LeftBehind(title, reverse("action", args=(public_id,))) for title, public_id in found]
