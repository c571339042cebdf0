"""What changes postmortems: a module a kind of change. Each function authorises, validates, writes, and appends one Change."""

from juncture.web.postmortems.operations.evidence_followed import Followed, follow_evidence, recount_proposals
from juncture.web.postmortems.operations.making import Made, make_object, take_back
from juncture.web.postmortems.operations.objects import (
    accept_object,
    add_object,
    dismiss_object,
    edit_object,
    remove_object,
    undo_object,
)
from juncture.web.postmortems.operations.proposals import accept_proposal, dismiss_proposal, undo_proposal
from juncture.web.postmortems.operations.publishing import rename, set_state
from juncture.web.postmortems.operations.restoring import Restored, restore_text, undo_change
from juncture.web.postmortems.operations.sections import add_section, move_section, remove_section, rename_section
from juncture.web.postmortems.operations.starting import PRACTICES, draft_anew, is_untouched, start_postmortem
from juncture.web.postmortems.operations.typing import (
    Live,
    LiveTextGone,
    Refusal,
    Sent,
    Taken,
    enter,
    numbers_of,
    open_live,
    require_still,
    settle_live,
    settle_next,
    settle_text,
    take_in,
)
from juncture.web.postmortems.operations.whole import import_file, replace_file, replace_record
from juncture.web.postmortems.operations.writing import SECTION_LIMIT, apply, cite, lines

__all__ = [
    "PRACTICES",
    "SECTION_LIMIT",
    "Followed",
    "Live",
    "LiveTextGone",
    "Made",
    "Refusal",
    "Restored",
    "Sent",
    "Taken",
    "accept_object",
    "accept_proposal",
    "add_object",
    "add_section",
    "apply",
    "cite",
    "dismiss_object",
    "dismiss_proposal",
    "draft_anew",
    "edit_object",
    "enter",
    "follow_evidence",
    "import_file",
    "is_untouched",
    "lines",
    "make_object",
    "move_section",
    "numbers_of",
    "open_live",
    "recount_proposals",
    "remove_object",
    "remove_section",
    "rename",
    "rename_section",
    "replace_file",
    "replace_record",
    "require_still",
    "restore_text",
    "set_state",
    "settle_live",
    "settle_next",
    "settle_text",
    "start_postmortem",
    "take_back",
    "take_in",
    "undo_change",
    "undo_object",
    "undo_proposal",
]
