"""Take an action back that was just made: one key undoes what one key did."""

from __future__ import annotations

from django.db import transaction

from juncture.web.access.errors import InTheWay
from juncture.web.access.viewer import Viewer
from juncture.web.actions.changing import KIND, action_row, journal
from juncture.web.actions.models import ActionItem
from juncture.web.incidents.operations import require_author
from juncture.web.journal.models import Change
from juncture.web.library.indexing import index_actions


def take_back(viewer: Viewer, action_id: str) -> None:
    """Remove an action that nobody has changed since this viewer made it.

    Raises NotFound, NotAllowed, or InTheWay where it has a history: then it is closed as won't do, with a reason.
    """
    require_author(viewer, "change actions")
    with transaction.atomic():
        row = action_row(viewer, action_id)
        changes = list(
            Change.objects.filter(object_kind=KIND, object_id=row.public_id).order_by("id").values_list("action", "by_id")[:2]
        )
        if changes != [("add", viewer.user_id)] or row.published:
            raise InTheWay("This action has a history by now. Close it as won't do, with a reason.")
        journal(viewer, row, "take_back", {"title": row.title}, {"title": None})
        postmortem = row.postmortem_id
        ActionItem.objects.get_queryset().filter(pk=row.pk).delete()
        index_actions(postmortem)
