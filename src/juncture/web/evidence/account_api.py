"""Accounts over the API: one's own alone, until they are released."""

from __future__ import annotations

import datetime as dt

from django.http import HttpResponse
from msgspec import UNSET, Struct, UnsetType

from juncture.web.access.problems import answered, body_of, endpoint, listed
from juncture.web.access.requests import ViewerRequest
from juncture.web.api.describing import Listed, describe
from juncture.web.evidence import remembering
from juncture.web.evidence.account_selectors import AccountView, own_account, own_accounts
from juncture.web.evidence.artefact_api import Queued


class NewAccount(Struct, forbid_unknown_fields=True):
    """An account: `text` with times as exact as memory is, and `speaker`, the role or name that the timeline gives."""

    text: str = ""
    speaker: str = ""


class AccountChange(Struct, forbid_unknown_fields=True):
    """What is to be another: fields that are absent stay. `day` is that of times without one; null: the incident's."""

    text: str | UnsetType = UNSET
    speaker: str | UnsetType = UNSET
    day: dt.date | UnsetType | None = UNSET
    timezone: str | UnsetType = UNSET


@describe("List your own accounts of an incident; nobody else's are there.", answer=Listed[AccountView], refuses=(403,))
def _list(request: ViewerRequest, incident: str) -> HttpResponse:
    return listed(own_accounts(request.viewer, incident), None)


@describe(
    "Begin an account of what you saw, thought and tried: yours alone until you release it.",
    answer=AccountView,
    body=NewAccount,
    status=201,
    refuses=(400, 403, 413, 422),
)
def _begin(request: ViewerRequest, incident: str) -> HttpResponse:
    given = body_of(request, NewAccount)
    account = remembering.begin_account(request.viewer, incident, text=given.text, speaker=given.speaker)
    return answered(own_account(request.viewer, account.public_id), 201)


@describe("Return one of your own accounts.", answer=AccountView, refuses=(403,))
def _one(request: ViewerRequest, account: str) -> HttpResponse:
    return answered(own_account(request.viewer, account))


@describe("Change one of your own accounts.", answer=AccountView, body=AccountChange, refuses=(400, 403, 409, 413, 422))
def _change(request: ViewerRequest, account: str) -> HttpResponse:
    given, now = body_of(request, AccountChange), own_account(request.viewer, account)
    remembering.write_account(
        request.viewer,
        account,
        text=now.text if given.text is UNSET else given.text,
        speaker=now.speaker if given.speaker is UNSET else given.speaker,
        day=now.day if given.day is UNSET else given.day,
        zone=now.timezone if given.timezone is UNSET else given.timezone,
    )
    return answered(own_account(request.viewer, account))


@describe("Throw one of your own accounts away, before it is released.", status=204, refuses=(403, 409))
def _withdraw(request: ViewerRequest, account: str) -> HttpResponse:
    remembering.withdraw_account(request.viewer, account)
    return HttpResponse(status=204)


@describe(
    "Release an account: it becomes evidence of its incident.", answer=Queued, status=202, refuses=(403, 409, 412, 422, 507)
)
def _release(request: ViewerRequest, account: str) -> HttpResponse:
    return answered(Queued(remembering.release_account(request.viewer, account).public_id), 202)


accounts = endpoint(GET=_list, POST=_begin)
one_account = endpoint(GET=_one, PATCH=_change, DELETE=_withdraw)
release = endpoint(POST=_release)
