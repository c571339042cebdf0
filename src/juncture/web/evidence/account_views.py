"""Pages of accounts: one's own, written until released."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from juncture.web.access.errors import Refused
from juncture.web.access.requests import ViewerRequest
from juncture.web.evidence.account_selectors import own_account, own_accounts, released_accounts, understood_in
from juncture.web.evidence.forms import date_of
from juncture.web.evidence.remembering import begin_account, release_account, withdraw_account, write_account
from juncture.web.incidents.selectors import incident as incident_of
from juncture.web.pages.answers import page


@require_http_methods(["GET", "POST"])
@page
def accounts(request: ViewerRequest, incident: str) -> HttpResponse:
    """Show one's own accounts of an incident, and that others were released; begin one."""
    if request.method == "POST":
        return redirect("account", begin_account(request.viewer, incident).public_id)
    own = own_accounts(request.viewer, incident)
    released, may_open = released_accounts(request.viewer, incident)
    told = {
        "here": "incidents",
        "incident": incident_of(request.viewer, incident),
        "drafts": [one for one in own if one.released_at is None],
        "released": released,
        "may_open": may_open,
    }
    return render(request, "evidence/accounts.html", told)


@require_http_methods(["GET", "POST"])
@page
def account(request: ViewerRequest, account: str) -> HttpResponse:
    """Show one's own account for writing; keep what was written."""
    complaint, status = "", 200
    if request.method == "POST":
        try:
            _write(request, account)
            return redirect("account", account)
        except Refused as refused:
            if refused.status not in {409, 412, 422}:
                raise
            complaint, status = refused.sentence, refused.status
    told = _told(request, account) | {"complaint": complaint, "given": request.POST if complaint else None}
    return render(request, "evidence/account.html", told, status=status)


@require_POST
@page
def save(request: ViewerRequest, account: str) -> HttpResponse:
    """Keep what was written as it is written; return what is understood of it, or what is wrong."""
    complaint = ""
    try:
        _write(request, account)
    except Refused as refused:
        if refused.status not in {409, 412, 422}:
            raise
        complaint = refused.sentence
    return render(
        request, "evidence/understood.html", _told(request, account) | {"saved": not complaint, "complaint": complaint}
    )


@require_POST
@page
def release(request: ViewerRequest, account: str) -> HttpResponse:
    """Make an account evidence. What stands in the form is kept first."""
    if "text" in request.POST:
        _write(request, account)
    incident = own_account(request.viewer, account).incident
    release_account(request.viewer, account)
    return redirect("accounts", incident)


@require_POST
@page
def withdraw(request: ViewerRequest, account: str) -> HttpResponse:
    """Throw an account away."""
    incident = own_account(request.viewer, account).incident
    withdraw_account(request.viewer, account)
    return redirect("accounts", incident)


def _write(request: ViewerRequest, account: str) -> None:
    given = request.POST
    version = given.get("version", "")
    write_account(
        request.viewer,
        account,
        text=given.get("text", "").replace("\r\n", "\n"),
        speaker=given.get("speaker", ""),
        day=date_of(given.get("day", "")),
        zone=given.get("timezone", "").strip() or request.viewer.zone,
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
    )


def _told(request: ViewerRequest, account: str) -> dict[str, object]:
    own = own_account(request.viewer, account)
    return {
        "here": "incidents",
        "account": own,
        "incident": incident_of(request.viewer, own.incident),
        "understood": understood_in(request.viewer, account) if own.released_at is None else [],
    }
