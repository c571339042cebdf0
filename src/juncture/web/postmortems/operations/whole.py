"""Replace a whole document by another version of it, and import one that was written elsewhere."""

from __future__ import annotations

from django.db import transaction

from juncture.document.record_file import read
from juncture.model import record
from juncture.web.access.errors import ConditionNeeded, Stale
from juncture.web.access.viewer import Viewer
from juncture.web.actions.operations import replace_actions
from juncture.web.incidents.models import Incident, Visibility
from juncture.web.incidents.operations import declare, require_author
from juncture.web.incidents.selectors import incident_row
from juncture.web.journal.operations import record_change
from juncture.web.postmortems.file_text import decoded, etag_of, file_of, keep_sent
from juncture.web.postmortems.live_text.rows import text_held
from juncture.web.postmortems.mapping import from_record, to_record
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.operations.indexed import index
from juncture.web.postmortems.operations.starting import public_id_for
from juncture.web.postmortems.selectors import postmortem_row
from juncture.web.postmortems.storing import record_rewritten, store_new, store_over

UNNAMED = "Postmortem without a title yet"


def replace_record(
    viewer: Viewer, postmortem_id: str, value: record.Postmortem, *, expected_etag: str, text: bytes | None = None
) -> Postmortem:
    """Make a record of a postmortem's file the postmortem. Each section that changes is in its history.

    `expected_etag` is that of the file which was changed (`*`: whatever it is). `text` is the file that gave `value`: it comes
    back byte for byte. Raises ConditionNeeded without a tag, Stale where the file is another by now, NotFound, NotAllowed.
    """
    require_author(viewer, "write")
    seen = postmortem_row(viewer, postmortem_id)
    if not expected_etag:
        raise ConditionNeeded("Send If-Match with the ETag of the file that you changed, so that nobody's words are lost.")
    with transaction.atomic(), text_held(viewer, seen):
        row = Postmortem.objects.whole().select_for_update(no_key=True).get(pk=seen.pk)
        before = to_record(row)
        tags = {tag.strip() for tag in expected_etag.split(",")}
        if "*" not in tags and etag_of(file_of(row, before)) not in tags:
            raise Stale("The postmortem was changed since you read it. Get it again, and bring your changes into that.")
        rows = from_record(row, value)
        row.title = value.title or before.title
        row.renamed = row.renamed or row.title != before.title
        row.save()
        rewritten = store_over(viewer, row, rows, by_person=True)
        replace_actions(viewer, row, value.actions)
        _finish(row, text)
        record_rewritten(viewer, row, rewritten)
        record_change(
            viewer,
            action="replace",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=row.incident_id,
            postmortem_id=row.pk,
            before={"title": before.title},
            after={"title": row.title, "sections": [one.heading for one in rewritten]},
        )
    return row


def replace_file(viewer: Viewer, postmortem_id: str, text: bytes, *, expected_etag: str) -> record.Postmortem:
    """Make a Markdown file the postmortem; return the record that it gave, whose notes name what stays text."""
    require_author(viewer, "write")
    postmortem_row(viewer, postmortem_id)
    value = read(decoded(text)).record
    replace_record(viewer, postmortem_id, value, expected_etag=expected_etag, text=text)
    return value


def import_file(viewer: Viewer, text: bytes, *, incident_id: str = "") -> tuple[Postmortem, record.Postmortem]:
    """Keep a Markdown postmortem that was written elsewhere; without an incident, declare one from its front matter.

    Return the row, and the record that the file gave: its notes name the lines that stay text. Raises NotFound, NotAllowed,
    or Invalid for bytes that are no text.
    """
    require_author(viewer, "import postmortems")
    incident = incident_row(viewer, incident_id) if incident_id else None
    value = read(decoded(text)).record
    with transaction.atomic():
        of = incident or _declared(viewer, value)
        row = Postmortem(incident=of, public_id=public_id_for(of), created_by_id=viewer.user_id)
        rows = from_record(row, value)
        row.title = value.title or UNNAMED
        row.renamed = True
        row.save()
        store_new(rows)
        replace_actions(viewer, row, value.actions)
        _finish(row, text)
        record_change(
            viewer,
            action="import",
            object_kind="postmortem",
            object_id=row.public_id,
            incident_id=of.pk,
            postmortem_id=row.pk,
            after={"title": row.title, "practice": row.practice},
        )
    return row, value


def _declared(viewer: Viewer, value: record.Postmortem) -> Incident:
    """Declare the incident that a file speaks of. What it says of who may see it is followed."""
    visibility = value.metadata.get("visibility", "").lower()
    team = value.metadata.get("team", "")
    if visibility not in Visibility.values or (visibility == Visibility.TEAM and not team):
        visibility = Visibility.ORGANISATION
    return declare(
        viewer,
        title=" ".join((value.title or UNNAMED).split())[:300],
        severity=value.incident.severity or "",
        services=value.incident.services,
        visibility=visibility,
        team=team if visibility == Visibility.TEAM else "",
        started_at=value.incident.started_at,
        near_miss=value.metadata.get("near_miss", "").lower() in {"yes", "true"},
    )


def _finish(row: Postmortem, text: bytes | None) -> None:
    if text is not None:
        keep_sent(row, text, to_record(row))
    index(row)
