"""Index a postmortem with its actions, in the transaction that changed them."""

from __future__ import annotations

from juncture.web.library.indexing import index_actions, index_postmortem
from juncture.web.postmortems.models import Postmortem


def index(row: Postmortem) -> None:
    """Index a postmortem and its actions anew."""
    index_postmortem(row.pk)
    index_actions(row.pk)
