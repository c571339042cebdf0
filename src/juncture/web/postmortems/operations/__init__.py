"""What changes postmortems: a module a kind of change. Each function authorises, validates, writes, and appends one Change."""

from juncture.web.postmortems.operations.publishing import rename, set_state
from juncture.web.postmortems.operations.starting import PRACTICES, draft_anew, is_untouched, start_postmortem
from juncture.web.postmortems.operations.whole import import_file, replace_file, replace_record
from juncture.web.postmortems.operations.writing import SECTION_LIMIT, apply, cite, lines

__all__ = [
    "PRACTICES",
    "SECTION_LIMIT",
    "apply",
    "cite",
    "draft_anew",
    "import_file",
    "is_untouched",
    "lines",
    "rename",
    "replace_file",
    "replace_record",
    "set_state",
    "start_postmortem",
]
