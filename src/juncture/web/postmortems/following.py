"""The draft that follows an import: paste, and read."""

from __future__ import annotations

import logging
from collections.abc import Callable

from juncture.web.access.errors import Refused
from juncture.web.access.selectors import viewer_of
from juncture.web.access.trouble import is_passing
from juncture.web.access.viewer import Viewer
from juncture.web.evidence.models import ImportRun
from juncture.web.postmortems.models import Postmortem
from juncture.web.postmortems.operations import draft_anew, follow_evidence, is_untouched, start_postmortem

log = logging.getLogger(__name__)


def draft_that_follows(run: ImportRun, beat: Callable[[], None]) -> str:
    """Draft the incident for whoever asked for the import; draft anew what nobody has touched. Return what to tell of it.

    May be called again for the same import, after a worker died: it then finds the draft untouched.
    """
    if not run.draft_follows or run.requested_by is None:
        return ""
    beat()
    viewer = viewer_of(run.requested_by, through="import")
    rows = list(Postmortem.objects.get_queryset().filter(incident=run.incident))
    try:
        if not rows:
            start_postmortem(viewer, run.incident.public_id)
        else:
            return " ".join(filter(None, (_followed(viewer, row) for row in rows)))
    except Refused as refused:
        return f"No draft was written: {refused.sentence}"
    except Exception as error:
        if is_passing(error):
            raise
        # The events are there, and worth having without a draft; the log tells the operator what broke.
        log.exception("no draft followed import %s", run.public_id)
        return "The draft could not be written; the log of the server says why. The events are all there."
    return ""


def _followed(viewer: Viewer, row: Postmortem) -> str:
    """Bring one postmortem to what the evidence says now; return what to tell of it."""
    if is_untouched(row):
        draft_anew(viewer, row.public_id)
        return ""
    if not row.drafted:
        return "The postmortem was written elsewhere, so it stays as it is. The new events can be cited in it."
    followed = follow_evidence(viewer, row.public_id)
    if not followed.proposed:
        return "" if followed.updated else "The postmortem says all this already."
    many = followed.proposed != 1
    return (
        "What somebody wrote in the postmortem stays as it is. "
        f"{followed.proposed} {'changes are' if many else 'change is'} proposed to it."
    )
