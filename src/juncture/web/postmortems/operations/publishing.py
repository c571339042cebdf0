"""Bring postmortems to another state, publish them, and name them."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from juncture.web.access.errors import InTheWay, Invalid
from juncture.web.access.viewer import Viewer
from juncture.web.actions.operations import show_published
from juncture.web.evidence.store import artefact_store
from juncture.web.incidents.operations import require_author
from juncture.web.journal.operations import record_change
from juncture.web.library.indexing import index_postmortem
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import frozen, to_record
from juncture.web.postmortems.models import Postmortem, Publication, State
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.selectors import postmortem_row

_NEXT = {
    State.DRAFT: {State.IN_REVIEW, State.PUBLISHED},
    State.IN_REVIEW: {State.DRAFT, State.REVIEWED, State.PUBLISHED},
    State.REVIEWED: {State.IN_REVIEW, State.PUBLISHED},
    State.PUBLISHED: {State.DRAFT, State.PUBLISHED, State.CLOSED},
    State.CLOSED: {State.PUBLISHED},
}


def set_state(viewer: Viewer, postmortem_id: str, to: str, *, reason: str = "") -> Postmortem:
    """Bring a postmortem to another state; to `published` freezes a publication. Raises Invalid, InTheWay, NotFound."""
    require_author(viewer, "publish")
    if to not in State.values:
        raise Invalid(f"{to!r} is no state: {', '.join(State.values)}")
    seen = postmortem_row(viewer, postmortem_id)
    with transaction.atomic(), text_held(viewer, seen):
        row = Postmortem.objects.whole().select_for_update(no_key=True).get(pk=seen.pk)
        if to not in _NEXT[State(row.state)]:
            raise InTheWay(
                f"From {State(row.state).label.lower()} it goes to {_said(row.state)}, not to {State(to).label.lower()}."
            )
        before, row.state = row.state, to
        if to == State.PUBLISHED and before != State.CLOSED:
            row.published_number += 1
            row.published_title = row.title
            Publication.objects.create(
                postmortem=row,
                number=row.published_number,
                record=frozen(to_record(row)),
                ledger_head=artefact_store().head().hash,
                published_by_id=viewer.user_id,
            )
            show_published(row)
        row.save(update_fields=["state", "published_number", "published_title"])
        index(row)
        record_change(
            viewer,
            action="set_state",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before={"state": before},
            after={"state": to, "reason": reason, "publication": row.published_number, "at": timezone.now().isoformat()},
        )
    return row


def rename(viewer: Viewer, postmortem_id: str, title: str) -> None:
    """Give a postmortem another title. Raises Invalid for an empty one."""
    require_author(viewer, "write")
    title = " ".join(title.split())[:300]
    if not title:
        raise Invalid("A postmortem needs a title.")
    row = postmortem_row(viewer, postmortem_id)
    with transaction.atomic():
        before, row.title, row.renamed = row.title, title, True
        row.save(update_fields=["title", "renamed"])
        index_postmortem(row.pk)
        record_change(
            viewer,
            action="rename",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before={"title": before},
            after={"title": title},
        )


def _said(state: str) -> str:
    return " or ".join(sorted(State(name).label.lower() for name in _NEXT[State(state)]))
