"""What the front page says waits for a person, over the API."""

from __future__ import annotations

from datetime import UTC, datetime

from django.http import HttpResponse
from msgspec import Struct

from juncture.web.access.problems import answered, endpoint, limit_of
from juncture.web.access.requests import ViewerRequest
from juncture.web.actions.selectors import my_open_actions
from juncture.web.actions.showing import ActionView
from juncture.web.api.describing import LIMIT, describe
from juncture.web.evidence.account_selectors import Awaited, awaited_accounts
from juncture.web.incidents.selectors import Needing, incidents_needing_postmortem
from juncture.web.library.desk import Draft, my_drafts


class Waiting(Struct, frozen=True):
    """What waits for who asks: incidents that need a postmortem, and their own drafts, accounts and open actions."""

    needing: list[Needing]
    drafts: list[Draft]
    accounts: list[Awaited]
    actions: list[ActionView]


@describe(
    "Return what waits for who asks: incidents that need a postmortem, and their own drafts, accounts and open actions.",
    answer=Waiting,
    query=(LIMIT,),
    refuses=(422,),
)
def _waiting(request: ViewerRequest) -> HttpResponse:
    viewer, limit = request.viewer, limit_of(request, default=20, most=100)
    needing = incidents_needing_postmortem(viewer, limit=limit, now=datetime.now(UTC)) if viewer.may_write else []
    return answered(
        Waiting(
            needing,
            my_drafts(viewer, limit=limit),
            awaited_accounts(viewer, limit=limit),
            my_open_actions(viewer, limit),
        )
    )


waiting = endpoint(GET=_waiting)
